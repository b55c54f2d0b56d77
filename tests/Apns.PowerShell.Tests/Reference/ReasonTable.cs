using System;
using System.Linq;
using System.Management.Automation;
using Xunit;

namespace Apns.PowerShell.Tests.Reference;

/// <summary>Statuses and reasons, row by row: outcome, advice, what the cmdlet does (Apple, "Handling notification responses from APNs").</summary>
public sealed class ReasonTable : IDisposable
{
    private readonly Engine _engine = new();

    public void Dispose() => _engine.Dispose();

    [Theory]

    // Final for this notification; the rest goes on.
    [InlineData(400, "BadCollapseId", "FixRequest")]
    [InlineData(400, "BadDeviceToken", "FixRequest")]
    [InlineData(400, "BadExpirationDate", "FixRequest")]
    [InlineData(400, "BadMessageId", "FixRequest")]
    [InlineData(400, "BadPriority", "FixRequest")]
    [InlineData(400, "DeviceTokenNotForTopic", "FixRequest")]
    [InlineData(400, "DuplicateHeaders", "FixRequest")]
    [InlineData(400, "InvalidPushType", "FixRequest")]
    [InlineData(400, "MissingDeviceToken", "FixRequest")]
    [InlineData(400, "PayloadEmpty", "FixRequest")]
    [InlineData(403, "Forbidden", "FixRequest")]
    [InlineData(404, "BadPath", "FixRequest")]
    [InlineData(405, "MethodNotAllowed", "FixRequest")]
    [InlineData(410, "ExpiredToken", "Drop")]
    [InlineData(410, "Unregistered", "Drop")]
    [InlineData(413, "PayloadTooLarge", "FixRequest")]

    // Nobody knows these yet: data all the same.
    [InlineData(400, "SomethingNew", "FixRequest")]
    [InlineData(418, "SomethingNew", "FixRequest")]
    [InlineData(403, "SomethingNew", "FixCredentials")]
    public void This_answer_is_final_for_its_notification_only(int status, string reason, string advice)
    {
        _engine.Connected($"-Reason @{{ $t = '{status} {reason}' }}");
        EngineResult run = _engine.Run("$tokens[0, 1] | Send-ApnsNotification -Alert hi");
        Assert.Null(run.Failure);
        PSObject result = run.Output.Single(static r => r.Get<int>("Index") == 0);
        Assert.Equal(("Rejected", status, reason, advice, 1), (result.Text("Outcome"), result.Get<int>("Status"), result.Text("Reason"), result.Text("Advice"), result.Get<int>("Attempts")));
        Assert.Equal("Delivered", run.Output.Single(static r => r.Get<int>("Index") == 1).Text("Outcome"));
        Assert.Equal(status == 410, result.Get("InvalidSince") is not null);
        Assert.Equal(advice == "Drop" ? 0 : 1, run.Errors.Count);
    }

    [Theory]

    // What would be said to every notification stops the pipeline.
    [InlineData(400, "BadTopic", "FixRequest")]
    [InlineData(400, "MissingTopic", "FixRequest")]
    [InlineData(400, "TopicDisallowed", "FixRequest")]
    [InlineData(403, "BadCertificate", "FixCredentials")]
    [InlineData(403, "BadCertificateEnvironment", "FixCredentials")]
    [InlineData(403, "InvalidProviderToken", "FixCredentials")]
    [InlineData(403, "MissingProviderToken", "FixCredentials")]
    [InlineData(403, "UnrelatedKeyIdInToken", "FixCredentials")]
    [InlineData(403, "BadEnvironmentKeyIdInToken", "FixCredentials")]
    public void This_answer_stops_the_pipeline(int status, string reason, string advice)
    {
        _engine.Connected($"-Reason @{{ $t = '{status} {reason}' }}");
        EngineResult run = _engine.Run("$tokens[0] | Send-ApnsNotification -Alert hi");
        PSObject result = Assert.Single(run.Output);
        Assert.Equal(("Rejected", status, reason, advice), (result.Text("Outcome"), result.Get<int>("Status"), result.Text("Reason"), result.Text("Advice")));
        Assert.Equal("Refused,Apns.PowerShell.Commands.SendApnsNotificationCommand", run.Failure!.FullyQualifiedErrorId);
        Assert.Contains(reason, run.Failure.Exception.Message, StringComparison.Ordinal);
    }

    [Theory]

    // What may succeed later is sent again, after a pause, with the same apns-id.
    [InlineData("429 TooManyRequests")]
    [InlineData("500 InternalServerError")]
    [InlineData("503 ServiceUnavailable")]
    [InlineData("503 Shutdown")]
    [InlineData("400 IdleTimeout")]
    [InlineData("500")]
    [InlineData("502 Unheard")]

    // An expired provider token is renewed on a new connection.
    [InlineData("403 ExpiredProviderToken")]
    public void This_answer_is_sent_again(string answer)
    {
        _engine.Connected($"-Reason @{{ $t = @('{answer}') }}");
        PSObject result = Assert.Single(_engine.Output("$t | Send-ApnsNotification -Alert hi"));
        Assert.Equal(("Delivered", 2, false), (result.Text("Outcome"), result.Get<int>("Attempts"), result.Get<bool>("PossibleDuplicate")));
        Assert.Single(_engine.Received().Select(static r => r.Text("ApnsId")).Distinct());
    }

    [Theory]
    [InlineData("429 TooManyRequests")]
    [InlineData("429 TooManyProviderTokenUpdates")]
    [InlineData("500 InternalServerError")]
    [InlineData("503 ServiceUnavailable")]
    public void This_answer_is_data_when_the_time_is_over(string answer)
    {
        _engine.Connected($"-Reason @{{ $t = '{answer}' }} {Refusing.ForLong}");

        // What asks for a pause is not waited for. After 500 the second try comes within 1.05 s and the third not before
        // 1.5 s, so none is under way at the end.
        string deadline = answer.StartsWith("500", StringComparison.Ordinal) ? "-Deadline 00:00:01.4" : "";
        EngineResult run = _engine.Run($"$t | Send-ApnsNotification -Alert hi {deadline}");
        PSObject result = Assert.Single(run.Output);
        Assert.Equal(("Rejected", answer.Split(' ')[1], "Retry"), (result.Text("Outcome"), result.Text("Reason"), result.Text("Advice")));
        Assert.Equal("NotAllDelivered,Apns.PowerShell.Commands.SendApnsNotificationCommand", Assert.Single(run.Errors).FullyQualifiedErrorId);
    }

    [Fact]
    public void The_time_of_a_410_is_in_milliseconds_and_UTC()
    {
        _engine.Connected("-Unregistered @{ $t = [datetimeoffset]'2026-05-06T07:08:09.123Z' }");
        PSObject result = Assert.Single(_engine.Output("$t | Send-ApnsNotification -Alert hi"));
        Assert.Equal(new DateTimeOffset(2026, 5, 6, 7, 8, 9, 123, TimeSpan.Zero), result.Get("InvalidSince"));
    }

    [Fact]
    public void Fifty_bad_tokens_at_the_start_raise_the_question_of_the_environment()
    {
        _engine["many"] = Engine.Tokens(60);
        _engine.Run("$reasons = @{}; foreach ($token in $many) { $reasons[$token] = 'BadDeviceToken' }").Clean();
        _engine.Connected("-Reason $reasons");
        EngineResult stopped = _engine.Run("$many | Send-ApnsNotification -Alert hi");
        Assert.Contains("the other environment", stopped.Failure!.Exception.Message, StringComparison.Ordinal);
        EngineResult run = _engine.Run("$many | Send-ApnsNotification -Alert hi -SkipEnvironmentCheck");
        Assert.Null(run.Failure);
        Assert.Equal(60, run.Output.Count(static r => r.Text("Reason") == "BadDeviceToken"));
    }

    [Fact]
    public void The_unique_id_is_on_the_result()
    {
        _engine.Connected("-UniqueId");
        PSObject result = Assert.Single(_engine.Output("$t | Send-ApnsNotification -Alert hi"));
        Assert.True(Guid.TryParse(result.Text("UniqueId"), out _));
    }
}
