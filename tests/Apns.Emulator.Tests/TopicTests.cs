using System.Threading.Tasks;
using Xunit;

namespace Apns.Emulator.Tests;

/// <summary>Emulators that allow some topics only.</summary>
public sealed class TopicTests
{
    [Theory]
    [InlineData("com.example.app", 200, "com.example.app", "alert")]
    [InlineData("com.example.app", 200, "com.example.app", "background", "apns-priority: 5")]
    [InlineData("com.example.app", 200, "com.example.app.voip", "voip")]
    [InlineData("com.example.app", 200, "com.example.app.complication", "complication")]
    [InlineData("com.example.app", 200, "com.example.app.pushkit.fileprovider", "fileprovider")]
    [InlineData("com.example.app", 200, "com.example.app.location-query", "location")]
    [InlineData("com.example.app", 200, "com.example.app.push-type.liveactivity", "liveactivity")]
    [InlineData("com.example.app", 200, "com.example.app.voip-ptt", "pushtotalk")]
    [InlineData("com.example.app", 200, "com.example.app.push-type.controls", "controls")]
    [InlineData("com.example.app", 200, "com.example.app.push-type.widgets", "widgets")]
    [InlineData("com.example.app", 400, "com.example.app.push-type.other", "alert")]
    [InlineData("com.example.app", 400, "com.example.ap", "alert")]
    [InlineData("com.example.app", 400, "com.example.apps", "alert")]
    [InlineData("com.example.app", 400, "COM.EXAMPLE.APP", "alert")]
    [InlineData("com.example.app", 400, "com.example.other.voip", "voip")]
    [InlineData("com.example.app", 400, "com.apple.mgmt.External.1", "mdm")]
    [InlineData("com.example.app.voip", 200, "com.example.app.voip", "voip")]
    [InlineData("com.example.app.voip", 400, "com.example.app", "alert")]
    [InlineData("com.example.app.voip", 400, "com.example.app.voip.voip", "voip")]
    [InlineData("com.apple.mgmt.External.1", 200, "com.apple.mgmt.External.1", "mdm")]
    [InlineData("com.apple.mgmt.External.1", 400, "com.apple.mgmt.External.1.voip", "voip")]
    [InlineData("com.example.one com.example.two", 200, "com.example.one", "alert")]
    [InlineData("com.example.one com.example.two", 200, "com.example.two.voip", "voip")]
    [InlineData("com.example.one com.example.two", 400, "com.example.three", "alert")]
    [InlineData("", 400, "com.example.app", "alert")]
    public async Task A_bundle_id_allows_its_suffixed_topics_and_a_topic_itself(string allowed, int status, string topic, string type, params string[] changes)
    {
        using ApnsEmulator emulator = ApnsEmulator.Start(new ApnsEmulatorOptions { Topics = allowed.Split(' ', System.StringSplitOptions.RemoveEmptyEntries) });
        using Stranger client = Stranger.WithToken(emulator);

        Reply reply = await client.SendAsync(["apns-topic: " + topic, "apns-push-type: " + type, .. changes]);

        Assert.Equal((status, status == 200 ? null : "TopicDisallowed"), (reply.Status, reply.Reason));
    }
}
