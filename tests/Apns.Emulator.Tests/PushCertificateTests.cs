using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Linq;
using System.Net.Http;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using Apns.Http2;
using Apns.Http2.Frames;
using Xunit;
using static Apns.Emulator.Tests.ClientCertificate;

namespace Apns.Emulator.Tests;

/// <summary>What Apple writes into push certificates: which topics they are good for, and in which environment.</summary>
public sealed class PushCertificateTests
{
    private static readonly Dictionary<string, Func<X509Certificate2>> Certificates = new()
    {
        ["app"] = () => Create((ProductionMark, Null), (DevelopmentMark, Null), (AllTopics, Topics("com.example.app", "com.example.app.voip", "com.example.app.complication"))),
        ["one"] = () => Create((ProductionMark, Null), (AllTopics, Topics("com.example.app"))),
        ["voip"] = () => Create((VoipTopics, Topics("com.example.app.voip"))),
        ["voip string"] = () => Create((VoipTopics, Topic("com.example.app.voip"))),
        ["app and voip"] = () => Create((AllTopics, Topics("com.example.app")), (VoipTopics, Topic("com.example.app.voip"))),
        ["mdm"] = () => Create("UID=com.apple.mgmt.External.1, CN=APSP:1, C=US", (ProductionMark, Null)),
        ["uid and list"] = () => Create("UID=com.example.other, CN=Apple Push Services", (ProductionMark, Null), (AllTopics, Topics("com.example.app"))),
        ["marks only"] = () => Create((ProductionMark, Null)),
        ["unreadable"] = () => Create((AllTopics, [0x30, 0x05, 0x0c])),
        ["empty"] = () => Create((AllTopics, [])),
        ["anybody's"] = () => Create("UID=com.example.app, CN=me"),
    };

    [Theory]
    [InlineData("app", null)]
    [InlineData("app", null, "apns-topic: com.example.app.voip", "apns-push-type: voip")]
    [InlineData("app", null, "apns-topic: com.example.app.complication", "apns-push-type: complication")]
    [InlineData("app", "MissingTopic", "-apns-topic")]
    [InlineData("app", "MissingTopic", "apns-topic:")]
    [InlineData("app", "TopicDisallowed", "apns-topic: com.example.other")]
    [InlineData("app", "TopicDisallowed", "apns-topic: com.example.app.voip-ptt", "apns-push-type: pushtotalk")]
    [InlineData("app", "TopicDisallowed", "apns-topic: app")] // The name of a use
    [InlineData("one", null)]
    [InlineData("one", null, "-apns-topic")]
    [InlineData("one", null, "apns-topic:")]
    [InlineData("one", "TopicDisallowed", "apns-topic: com.example.app.voip", "apns-push-type: voip")]
    [InlineData("one", "TopicDisallowed", "-apns-topic", "apns-push-type: voip")] // Its topic is none for that
    [InlineData("voip", null, "-apns-topic", "apns-push-type: voip")]
    [InlineData("voip", null, "-apns-topic", "-apns-push-type", "body: 5120")]
    [InlineData("voip", "TopicDisallowed")]
    [InlineData("voip string", null, "-apns-topic", "apns-push-type: voip")]
    [InlineData("voip string", "TopicDisallowed")]
    [InlineData("app and voip", null)]
    [InlineData("app and voip", null, "apns-topic: com.example.app.voip", "apns-push-type: voip")]
    [InlineData("app and voip", "MissingTopic", "-apns-topic")]
    [InlineData("mdm", null, "apns-topic: com.apple.mgmt.External.1", "apns-push-type: mdm")]
    [InlineData("mdm", null, "-apns-topic", "apns-push-type: mdm")]
    [InlineData("mdm", "TopicDisallowed", "apns-topic: com.apple.mgmt.External.2", "apns-push-type: mdm")]
    [InlineData("mdm", "TopicDisallowed")]
    [InlineData("uid and list", null, "-apns-topic")]
    [InlineData("uid and list", "TopicDisallowed", "apns-topic: com.example.other")]
    [InlineData("marks only", null, "apns-topic: com.example.other")]
    [InlineData("marks only", null, "-apns-topic")]
    [InlineData("unreadable", null, "apns-topic: com.example.other")]
    [InlineData("empty", null, "apns-topic: com.example.other")]
    [InlineData("anybody's", null, "apns-topic: com.example.other")]
    [InlineData("anybody's", null, "-apns-topic")]
    public async Task A_certificate_is_good_for_its_topics(string name, string? reason, params string[] changes)
    {
        using X509Certificate2 certificate = Certificates[name]();
        using ApnsEmulator emulator = ApnsEmulator.Start();
        using var client = new Stranger(emulator, certificate: certificate);

        Reply reply = await client.SendAsync(changes);

        Assert.Equal((reason is null ? 200 : 400, reason), (reply.Status, reply.Reason));
    }

    [Theory]
    [InlineData(200, "com.example.app")]
    [InlineData(200, "com.example.app.voip")]
    [InlineData(200)]
    [InlineData(400, "com.example.other")]
    public async Task The_emulators_topics_have_to_allow_the_certificates(int status, params string[] topics)
    {
        using X509Certificate2 certificate = Certificates["voip"]();
        using ApnsEmulator emulator = ApnsEmulator.Start(new ApnsEmulatorOptions { Topics = topics.Length == 0 ? null : topics });
        using var client = new Stranger(emulator, certificate: certificate);

        Assert.Equal(status, (await client.SendAsync("-apns-topic", "apns-push-type: voip")).Status);
    }

    [Fact]
    public async Task The_topic_taken_from_the_certificate_is_not_made_part_of_the_request()
    {
        using X509Certificate2 certificate = Certificates["one"]();
        using ApnsEmulator emulator = ApnsEmulator.Start();
        using var client = new Stranger(emulator, certificate: certificate);
        await client.SendAsync("-apns-topic");
        Assert.Null(Assert.Single(emulator.GetReceived()).Topic);
    }

    [Theory]
    [InlineData(EmulatedEnvironment.Production, true, DevelopmentMark)]
    [InlineData(EmulatedEnvironment.Development, true, ProductionMark)]
    [InlineData(EmulatedEnvironment.Production, false, ProductionMark)]
    [InlineData(EmulatedEnvironment.Development, false, DevelopmentMark)]
    [InlineData(EmulatedEnvironment.Production, false, ProductionMark, DevelopmentMark)]
    [InlineData(EmulatedEnvironment.Development, false, ProductionMark, DevelopmentMark)]
    [InlineData(EmulatedEnvironment.Production, false)]
    [InlineData(EmulatedEnvironment.Development, false)]
    [InlineData(null, false, DevelopmentMark)]
    [InlineData(null, false, ProductionMark)]
    public void A_certificate_of_the_other_environment_is_turned_away(EmulatedEnvironment? environment, bool refused, params string[] marks)
    {
        using X509Certificate2 certificate = Create([.. marks.Select(mark => (mark, Null))]);
        using ApnsEmulator emulator = ApnsEmulator.Start(new ApnsEmulatorOptions { Environment = environment });
        foreach (int port in new[] { emulator.Port, emulator.ManagementPort })
        {
            using RawClient client = RawClient.Connect(emulator, certificate, port: port);
            Assert.Equal(1000u, client.ReadSettings()[Http2SettingId.MaxConcurrentStreams]);
            client.Request(1, port == emulator.Port ? Push.With() : Push.Manage("POST"));
            client.Flush();
            if (!refused)
            {
                Assert.True(client.ReadReply(1).Reply.Status is 200 or 201);
                continue;
            }

            ReceivedFrame goodbye = client.ReadUntil(static frame => frame.Header.Type == FrameType.GoAway);
            Assert.Equal((Http2ErrorCode.NoError, 0), (goodbye.ErrorCode, BinaryPrimitives.ReadInt32BigEndian(goodbye.Payload)));
            Assert.Equal("""{"reason":"BadCertificateEnvironment"}""", Encoding.UTF8.GetString(goodbye.Payload, 8, goodbye.Payload.Length - 8));
            Assert.Null(client.Read());
        }

        Assert.Equal(refused ? 0 : 2, emulator.GetReceived().Count);
        Assert.True(SpinWait.SpinUntil(() => emulator.Connections == 0, TimeSpan.FromSeconds(30)));
    }

    [Fact]
    public async Task A_client_that_others_wrote_is_turned_away_too()
    {
        using X509Certificate2 certificate = Create((DevelopmentMark, Null));
        using ApnsEmulator emulator = ApnsEmulator.Start(new ApnsEmulatorOptions { Environment = EmulatedEnvironment.Production });
        using var client = new Stranger(emulator, certificate: certificate);

        await Assert.ThrowsAsync<HttpRequestException>(() => client.SendAsync());

        using Stranger withToken = Stranger.WithToken(emulator);
        Assert.Equal(200, (await withToken.SendAsync()).Status);
    }
}
