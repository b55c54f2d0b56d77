using System;
using System.Text;
using Xunit;

namespace Apns.Client.Tests.Diagnosis;

/// <summary>The push that tests a credential, and what its answers mean.</summary>
public class TestPushTests
{
    [Fact]
    public void It_is_for_nobody_and_shows_nothing()
    {
        EngineHarness harness = EngineHarness.Active();
        Assert.True(harness.TryPost(TestPush.Request("com.example.app", Samples.Certificate, harness.Now)));
        harness.Pump();
        PeerRequest request = harness.Peer.Last;
        Assert.Equal(new string('0', 64), request.Token);
        Assert.Equal("""{"aps":{"content-available":1}}""", Encoding.UTF8.GetString([.. request.Body]));
        Assert.Equal(("background", "5", "0", "com.example.app"), (request["apns-push-type"], request["apns-priority"], request["apns-expiration"], request["apns-topic"]));
    }

    [Theory]
    [InlineData("com.example.app", "background", """{"aps":{"content-available":1}}""")]
    [InlineData("com.example.app.voip", "voip", """{"aps":{}}""")]
    [InlineData("com.example.app.complication", "complication", """{"aps":{}}""")]
    [InlineData("com.example.app.pushkit.fileprovider", "fileprovider", "{}")]
    [InlineData("com.example.app.location-query", "location", """{"aps":{}}""")]
    [InlineData("com.example.app.voip-ptt", "pushtotalk", """{"aps":{}}""")]
    [InlineData("com.example.app.push-type.controls", "controls", """{"aps":{"content-changed":true}}""")]
    [InlineData("com.example.app.push-type.widgets", "widgets", """{"aps":{"content-changed":true}}""")]
    [InlineData("com.example.app.push-type.liveactivity", "liveactivity", """{"aps":{"timestamp":0,"event":"end"}}""")]
    [InlineData("com.apple.mgmt.External.7aee8f34-01a9-4d92-9c5a-5b4ac9f1f5f3", "mdm", """{"mdm":"test"}""")]
    public void Its_push_type_is_the_topics(string topic, string type, string payload)
    {
        RequestTemplate template = TestPush.Request(topic, Samples.Key, 0).Template!;
        Assert.Equal((topic, type, payload), (Header(template, "apns-topic"), Header(template, "apns-push-type"), Encoding.UTF8.GetString(template.Payload)));
    }

    [Theory]
    [InlineData("com.example.app", "com.example.app.voip", "voip")]
    [InlineData("com.example.app.voip", "com.example.app.voip", "voip")]
    [InlineData("com.example.app", "com.example.app.complication", "complication")]
    public void It_goes_to_what_the_certificate_is_for(string topic, string named, string type)
    {
        var credential = new ApnsCertificateCredential(PushCertificates.Create(null, PushCertificates.Topics((named, type))));
        RequestTemplate template = TestPush.Request(topic, credential, 0).Template!;
        Assert.Equal((named, type), (Header(template, "apns-topic"), Header(template, "apns-push-type")));
    }

    [Fact]
    public void A_topic_that_the_certificate_does_not_name_is_found_here()
    {
        var credential = new ApnsCertificateCredential(PushCertificates.Create(null, PushCertificates.Usual));
        var error = Assert.Throws<ApnsException>(() => TestPush.Request("com.example.other", credential, 0));
        Assert.Contains("does not name the topic 'com.example.other'", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(400, "BadDeviceToken")]
    [InlineData(400, "DeviceTokenNotForTopic")]
    [InlineData(410, "Unregistered")]
    [InlineData(410, "ExpiredToken")]
    [InlineData(200, null)]
    public void A_credential_that_gets_as_far_as_the_token_is_accepted(int status, string? reason)
    {
        StepVerdict verdict = Judge(status, reason);
        Assert.Equal((true, null), (verdict.Succeeded, verdict.Remedy));
        Assert.Contains(reason ?? "200", verdict.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(403, "InvalidProviderToken", "Refused: 403 InvalidProviderToken.", "-KeyId")]
    [InlineData(403, "BadCertificateEnvironment", "Refused: 403 BadCertificateEnvironment.", "-Environment")]
    [InlineData(403, "NewReason", "Refused: 403 NewReason.", "Check key")]
    [InlineData(403, null, "Refused: 403.", "Check key")]
    [InlineData(400, "TopicDisallowed", "Not usable so: 400 TopicDisallowed.", "topic")]
    [InlineData(400, "BadTopic", "Not usable so: 400 BadTopic.", "bundle id")]
    [InlineData(404, null, "Not usable so: 404.", "request")]
    [InlineData(503, "ServiceUnavailable", "Undecided: 503 ServiceUnavailable.", "later")]
    [InlineData(429, "TooManyRequests", "Undecided: 429 TooManyRequests.", "later")]
    public void Any_other_answer_has_its_remedy(int status, string? reason, string detail, string remedy)
    {
        StepVerdict verdict = Judge(status, reason);
        Assert.Equal((false, detail), (verdict.Succeeded, verdict.Detail));
        Assert.Contains(remedy, verdict.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void What_the_connection_knows_beside_the_reason_is_part_of_the_remedy()
    {
        var failure = new ApnsException(ApnsErrorKind.Refused, "It was refused.") { Reason = "InvalidProviderToken", Remedy = "Check the key. Look at the clock." };
        Assert.Equal("Check the key. Look at the clock.", TestPush.Judge(new ApnsRequest { Status = 403, Reason = "InvalidProviderToken", Failure = failure }).Remedy);
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(299, true)]
    [InlineData(-299, true)]
    [InlineData(300, false)]
    [InlineData(-86_400, false)]
    public void A_clock_is_wrong_when_it_would_make_provider_tokens_useless(int seconds, bool right)
    {
        var noon = new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
        StepVerdict verdict = TestPush.JudgeClock(noon.AddSeconds(seconds), noon);
        Assert.Equal((right, right), (verdict.Succeeded, verdict.Remedy is null));
        Assert.Contains("that of the server 2026-03-01 12:00:00Z", verdict.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void A_server_that_tells_no_time_says_nothing_against_the_clock()
    {
        StepVerdict verdict = TestPush.JudgeClock(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero), null);
        Assert.Equal((true, "The server tells no time; here it is 2026-03-01 12:00:00Z."), (verdict.Succeeded, verdict.Detail));
    }

    private static string Header(RequestTemplate template, string name) =>
        Encoding.ASCII.GetString(Array.Find(template.Headers, header => Encoding.ASCII.GetString(header.Name) == name).Value);

    private static StepVerdict Judge(int status, string? reason) => TestPush.Judge(new ApnsRequest { Status = status, Reason = reason });
}
