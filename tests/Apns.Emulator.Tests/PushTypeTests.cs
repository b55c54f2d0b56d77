using System;
using System.Collections.Generic;
using System.Linq;
using System.Security.Cryptography.X509Certificates;
using System.Threading.Tasks;
using Xunit;

namespace Apns.Emulator.Tests;

/// <summary>The push types, row by row as in Apple's table: topic, priorities, limit, and who may push them.</summary>
public sealed class PushTypeTests : IClassFixture<RequestRuleTests.Fixture>
{
    private const string Any = "- 10 5 1";

    // Type, topic, priorities ("-" is none given), payload limit in bytes, whether a certificate will do.
    private static readonly Row[] Table =
    [
        new("alert", "com.example.app", Any, 4096, true),
        new("background", "com.example.app", "5", 4096, true),
        new("voip", "com.example.app.voip", Any, 5120, true),
        new("complication", "com.example.app.complication", Any, 4096, true),
        new("fileprovider", "com.example.app.pushkit.fileprovider", Any, 4096, true),
        new("mdm", "com.apple.mgmt.External.8d3bd7b1", Any, 4096, true),
        new("location", "com.example.app.location-query", Any, 4096, false),
        new("liveactivity", "com.example.app.push-type.liveactivity", Any, 4096, false),
        new("pushtotalk", "com.example.app.voip-ptt", Any, 4096, true),
        new("controls", "com.example.app.push-type.controls", Any, 4096, true),
        new("widgets", "com.example.app.push-type.widgets", Any, 4096, true),
    ];

    private readonly RequestRuleTests.Fixture _fixture;

    public PushTypeTests(RequestRuleTests.Fixture fixture) => _fixture = fixture;

    public static IEnumerable<TheoryDataRow<string>> Types => Table.Select(static row => new TheoryDataRow<string>(row.Type));

    [Theory]
    [MemberData(nameof(Types))]
    public async Task A_type_goes_to_its_topic_and_to_no_other(string type)
    {
        foreach (Row other in Table)
        {
            bool right = other.Topic == Find(type).Topic;
            Reply reply = await _fixture.Client.SendAsync([.. Right(type), "apns-topic: " + other.Topic]);
            Assert.Equal((other.Type, right ? 200 : 400, right ? null : "TopicDisallowed"), (other.Type, reply.Status, reply.Reason));
        }
    }

    [Theory]
    [MemberData(nameof(Types))]
    public async Task A_type_has_its_priorities(string type)
    {
        foreach (string priority in new[] { "-", "10", "5", "1", "0", "2", "05", "5.0", "" })
        {
            bool right = Find(type).Priorities.Split(' ').Contains(priority);
            Reply reply = await _fixture.Client.SendAsync([.. Right(type), Priority(priority)]);
            Assert.Equal((priority, right ? 200 : 400, right ? null : "BadPriority"), (priority, reply.Status, reply.Reason));
        }
    }

    [Theory]
    [MemberData(nameof(Types))]
    public async Task A_type_has_its_limit_and_without_the_header_its_topics_suffix_tells_it(string type)
    {
        foreach (string header in new[] { "apns-push-type: " + type, "-apns-push-type" })
        {
            Reply fits = await _fixture.Client.SendAsync([.. Right(type), header, $"body: {Find(type).Limit}"]);
            Reply exceeds = await _fixture.Client.SendAsync([.. Right(type), header, $"body: {Find(type).Limit + 1}"]);
            Assert.Equal(200, fits.Status);
            Assert.Equal((413, "PayloadTooLarge"), (exceeds.Status, exceeds.Reason));
        }
    }

    [Theory]
    [MemberData(nameof(Types))]
    public async Task A_certificate_will_do_for_some_and_not_for_others(string type)
    {
        using X509Certificate2 certificate = ClientCertificate.Create();
        using var client = new Stranger(_fixture.Emulator, certificate: certificate);
        (int, string?) expected = Find(type).ByCertificate ? (200, null) : (400, "TopicDisallowed");
        foreach (string change in new[] { "x-test: none", "-apns-push-type", "-apns-topic" })
        {
            Reply reply = await client.SendAsync([.. Right(type), change]);
            Assert.Equal((change, expected), (change, (reply.Status, reply.Reason)));
        }
    }

    [Theory]
    [InlineData("alert", "com.example.voip.app")]
    [InlineData("alert", "com.example.appvoip")]
    [InlineData("alert", ".voip")] // Nothing that it could be appended to
    [InlineData("alert", "com.example.com.apple.mgmt.app")]
    [InlineData("voip", "com.example.app.voip-ptt.voip")]
    public async Task Only_the_end_of_a_topic_is_a_suffix(string type, string topic) =>
        Assert.Equal(200, (await _fixture.Client.SendAsync([.. Right(type), "apns-topic: " + topic])).Status);

    [Theory]
    [InlineData("voip", "com.example.app.VOIP")]
    [InlineData("liveactivity", "com.example.apppush-type.liveactivity")]
    [InlineData("pushtotalk", "com.example.app.voip")]
    [InlineData("mdm", "com.apple.mgmt")]
    public async Task A_suffix_is_taken_by_the_letter(string type, string topic)
    {
        Reply reply = await _fixture.Client.SendAsync([.. Right(type), "apns-topic: " + topic]);
        Assert.Equal((400, "TopicDisallowed"), (reply.Status, reply.Reason));
    }

    [Theory]
    [InlineData("loud")]
    [InlineData("Alert")]
    [InlineData("Liveactivity")] // So it is spelled for broadcasts
    [InlineData("alert,voip")]
    [InlineData("")]
    public async Task There_are_no_other_types(string type)
    {
        Reply reply = await _fixture.Client.SendAsync("apns-push-type: " + type);
        Assert.Equal((400, "InvalidPushType"), (reply.Status, reply.Reason));
    }

    private static Row Find(string type) => Table.Single(row => row.Type == type);

    private static string Priority(string value) => value == "-" ? "-apns-priority" : "apns-priority: " + value;

    /// <summary>What makes a push of the type right: its topic, and the first of its priorities.</summary>
    private static string[] Right(string type)
    {
        Row row = Find(type);
        return ["apns-push-type: " + type, "apns-topic: " + row.Topic, Priority(row.Priorities.Split(' ')[0])];
    }

    private sealed record Row(string Type, string Topic, string Priorities, int Limit, bool ByCertificate);
}
