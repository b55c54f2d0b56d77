using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using Xunit;

namespace Apns.PowerShell.Tests.Reference;

/// <summary>
/// Broadcasts and channels, row by row (Apple, "Sending broadcast push notification requests to APNs" and "Sending
/// channel management requests to APNs").
/// </summary>
public sealed class BroadcastTable : IDisposable
{
    private const string Update = "-Event Update -Timestamp 1800000000 -ContentState @{ score = 2 }";
    private const string Updated = """{"aps":{"timestamp":1800000000,"event":"update","content-state":{"score":2}}}""";

    private readonly Engine _engine = new();

    public void Dispose() => _engine.Dispose();

    [Theory]
    [InlineData("", "apns-expiration: 0; apns-priority: 10")]
    [InlineData("-Priority 5", "apns-expiration: 0; apns-priority: 5")]
    [InlineData("-Priority 1 -Expiration 1900000000", "apns-expiration: 1900000000; apns-priority: 1")]
    public void A_broadcast_arrives_so(string parameters, string headers)
    {
        _engine.Connected();
        PSObject result = Assert.Single(_engine.Output($"$channel = New-ApnsChannel -MessageStoragePolicy MostRecent; $emulator.ClearReceived(); $channel | Send-ApnsBroadcast {Update} {parameters}"));
        PSObject received = Assert.Single(_engine.Received());
        Assert.Equal(("POST", "/4/broadcasts/apps/com.example.app", Updated), (received.Header(":method"), received.Header(":path"), received.Text("Payload")));
        string[] own = [.. received.OwnHeaders().Split("; ").Order()];
        string channel = _engine.Value<string>("$channel.ChannelId");
        Assert.Equal([$"apns-channel-id: {channel}", .. headers.Split("; "), "apns-push-type: Liveactivity"], own);
        Assert.Equal(("Delivered", channel, received.Text("RequestId")), (result.Text("Outcome"), result.Text("ChannelId"), result.Text("RequestId")));
        Assert.True(Guid.TryParse(result.Text("UniqueId"), out _));
    }

    [Fact]
    public void A_broadcast_may_have_5120_bytes_and_not_one_more()
    {
        _engine.Connected().Run("$channel = New-ApnsChannel").Clean();

        // {"aps":{"event":"end"},"k":"…"} is 30 bytes around the text.
        const string Payload = "-Payload ('{\"aps\":{\"event\":\"end\"},\"k\":\"' + ('x' * ";
        Assert.Equal("Delivered", Assert.Single(_engine.Output($"$channel | Send-ApnsBroadcast {Payload}{5120 - 30}) + '\"}}')")).Text("Outcome"));
        EngineResult run = _engine.Run($"$channel | Send-ApnsBroadcast {Payload}{5120 - 29}) + '\"}}')");
        Assert.Contains("5121 bytes, 1 more than the 5120 that a broadcast may have", run.Failure!.Exception.Message, StringComparison.Ordinal);
        _engine.Output("$channel | Send-ApnsBroadcast -Event End -Alert ('x' * 6000) -Truncate");
        Assert.Equal(5120, System.Text.Encoding.UTF8.GetByteCount(_engine.Received()[^1].Text("Payload")!));
    }

    [Theory]
    [InlineData("-Event Start -ContentState @{ a = 1 }", "cannot start")]
    [InlineData("-Event Update", "needs content-state")]
    [InlineData("-Alert x", "needs an event")]
    [InlineData(Update + " -Priority 7", "The priority is 7")]
    public void What_breaks_a_rule_is_refused_before_the_wire(string parameters, string message)
    {
        _engine.Connected().Run("$channel = New-ApnsChannel; $emulator.ClearReceived()").Clean();
        EngineResult run = _engine.Run($"$channel, $channel | Send-ApnsBroadcast {parameters}");
        Assert.Contains(message, run.Failure!.Exception.Message, StringComparison.Ordinal);
        Assert.Empty(run.Errors);
        Assert.Empty(run.Output);
        Assert.Empty(_engine.Received());
    }

    [Theory]
    [InlineData("None", "0")]
    [InlineData("MostRecent", "1")]
    public void A_channel_is_made_read_listed_and_deleted(string policy, string number)
    {
        _engine.Connected();
        PSObject made = Assert.Single(_engine.Output($"New-ApnsChannel {policy} | ForEach-Object {{ $script:made = $_; $_ }}"));
        Assert.Equal((policy, "com.example.app"), (made.Text("MessageStoragePolicy"), made.Text("BundleId")));
        _engine["id"] = made.Text("ChannelId");
        Assert.Equal(policy, Assert.Single(_engine.Output("Get-ApnsChannel $id")).Text("MessageStoragePolicy"));
        Assert.Equal(made.Text("ChannelId"), Assert.Single(_engine.Output("Get-ApnsChannel")).Text("ChannelId"));
        Assert.Equal(policy, Assert.Single(_engine.Output("Get-ApnsChannel | Get-ApnsChannel")).Text("MessageStoragePolicy"));
        _engine.Output("Get-ApnsChannel | Remove-ApnsChannel -Confirm:$false");
        Assert.Empty(_engine.Output("Get-ApnsChannel"));

        Assert.Equal(
            [
                $"POST /1/apps/com.example.app/channels {{\"message-storage-policy\":{number},\"push-type\":\"LiveActivity\"}} 201",
                "GET /1/apps/com.example.app/channels  200",
                "GET /1/apps/com.example.app/all-channels  200",
                "GET /1/apps/com.example.app/all-channels  200",
                "GET /1/apps/com.example.app/channels  200",
                "GET /1/apps/com.example.app/all-channels  200",
                "DELETE /1/apps/com.example.app/channels  204",
                "GET /1/apps/com.example.app/all-channels  200",
            ],
            _engine.Received().Select(static r => $"{r.Text("Method")} {r.Text("Path")} {r.Text("Payload")} {r.Text("Status")}"));
    }

    /// <summary>Status, reason, advice, category of the error about channels, and whether the reason speaks of all broadcasts.</summary>
    public static TheoryData<int, string, string, ErrorCategory, bool> Refusals => new()
    {
        { 400, "FeatureNotEnabled", "FixRequest", ErrorCategory.InvalidArgument, true },
        { 400, "MissingChannelId", "FixRequest", ErrorCategory.InvalidArgument, false },
        { 400, "BadChannelId", "FixRequest", ErrorCategory.InvalidArgument, false },
        { 400, "ChannelNotRegistered", "FixRequest", ErrorCategory.ObjectNotFound, false },
        { 400, "BadRequestParams", "FixRequest", ErrorCategory.InvalidArgument, false },
        { 400, "BadRequestPayload", "FixRequest", ErrorCategory.InvalidArgument, false },
        { 400, "PayloadEmpty", "FixRequest", ErrorCategory.InvalidArgument, false },
        { 400, "BadMessageId", "FixRequest", ErrorCategory.InvalidArgument, false },
        { 400, "MissingPushType", "FixRequest", ErrorCategory.InvalidArgument, false },
        { 400, "InvalidPushType", "FixRequest", ErrorCategory.InvalidArgument, false },
        { 400, "CannotCreateChannelConfig", "FixRequest", ErrorCategory.InvalidArgument, false },
        { 400, "MissingChannelQueueSize", "FixRequest", ErrorCategory.InvalidArgument, false },
        { 400, "BadExpirationDate", "FixRequest", ErrorCategory.InvalidArgument, false },
        { 400, "TopicDisallowed", "FixRequest", ErrorCategory.InvalidArgument, true },
        { 400, "BadPriority", "FixRequest", ErrorCategory.InvalidArgument, false },
        { 403, "BadCertificate", "FixCredentials", ErrorCategory.PermissionDenied, true },
        { 403, "BadCertificateEnvironment", "FixCredentials", ErrorCategory.PermissionDenied, true },
        { 403, "TopicMismatch", "FixCredentials", ErrorCategory.PermissionDenied, true },
        { 403, "MissingProviderToken", "FixCredentials", ErrorCategory.PermissionDenied, true },
        { 403, "InvalidProviderToken", "FixCredentials", ErrorCategory.PermissionDenied, true },
        { 403, "ExpiredProviderToken", "FixCredentials", ErrorCategory.PermissionDenied, true },
        { 404, "BadPath", "FixRequest", ErrorCategory.InvalidArgument, false },
        { 405, "MethodNotAllowed", "FixRequest", ErrorCategory.InvalidArgument, false },
        { 413, "PayloadTooLarge", "FixRequest", ErrorCategory.InvalidArgument, false },
        { 429, "TooManyRequests", "Retry", ErrorCategory.LimitsExceeded, false },
        { 429, "TooManyProviderTokenUpdates", "Retry", ErrorCategory.LimitsExceeded, false },
        { 500, "InternalServerError", "Retry", ErrorCategory.ResourceUnavailable, false },
        { 503, "ServiceUnavailable", "Retry", ErrorCategory.ResourceUnavailable, false },
        { 503, "Shutdown", "Retry", ErrorCategory.ResourceUnavailable, false },
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public void A_refusal_about_channels_is_an_error_whose_id_is_the_reason(int status, string reason, string advice, ErrorCategory category, bool all)
    {
        _ = (advice, all);
        _engine.Connected($"-Reason @{{ 'com.example.app' = '{status} {reason}' }} {Refusing.ForLong}", $"-Topic com.example.app {Patience($"{status}")}");
        EngineResult run = _engine.Run("New-ApnsChannel");
        ErrorRecord error = Assert.Single(run.Errors);
        Assert.Equal($"{reason},Apns.PowerShell.Commands.NewApnsChannelCommand", error.FullyQualifiedErrorId);
        Assert.Equal(category, error.CategoryInfo.Category);
        Assert.Contains($"{status} {reason}", error.Exception.Message, StringComparison.Ordinal);
        Assert.Empty(run.Output);
    }

    [Theory]
    [InlineData("500", "Rejected", ErrorCategory.ResourceUnavailable)]
    [InlineData("418 SomethingNew", "SomethingNew", ErrorCategory.InvalidArgument)]
    [InlineData("403 SomethingNew", "SomethingNew", ErrorCategory.PermissionDenied)]
    public void A_refusal_that_nobody_knows_is_judged_by_its_status(string answer, string id, ErrorCategory category)
    {
        _engine.Connected($"-Reason @{{ 'com.example.app' = '{answer}' }}", $"-Topic com.example.app {Patience(answer)}");
        ErrorRecord error = Assert.Single(_engine.Run("Get-ApnsChannel").Errors);
        Assert.Equal((id, category), (error.FullyQualifiedErrorId.Split(',')[0], error.CategoryInfo.Category));
    }

    [Theory]
    [MemberData(nameof(Refusals))]
    public void A_refused_broadcast_is_a_result(int status, string reason, string advice, ErrorCategory category, bool all)
    {
        _ = category;
        _engine.Connected($"-Reason @{{ 'com.example.app' = '{status} {reason}' }} {Refusing.ForLong}", $"-Topic com.example.app {Patience($"{status}")}");
        EngineResult run = _engine.Run($"'dHN0LXNyY2gtY2hubA==' | Send-ApnsBroadcast {Update}");
        PSObject result = Assert.Single(run.Output);
        Assert.Equal(("Rejected", status, reason, advice), (result.Text("Outcome"), result.Get<int>("Status"), result.Text("Reason"), result.Text("Advice")));
        ErrorRecord error = all ? run.Failure! : Assert.Single(run.Errors);
        Assert.Equal($"{(all ? "Refused" : "NotAllDelivered")},Apns.PowerShell.Commands.SendApnsBroadcastCommand", error.FullyQualifiedErrorId);
        Assert.Equal(all, run.Errors.Count == 0);
        Assert.Contains(reason, error.Exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "ChannelNotRegistered")]
    [InlineData("-BroadcastApp com.other", "FeatureNotEnabled")]
    public void What_an_emulator_refuses_by_itself_has_the_same_reasons(string emulatorParameters, string reason)
    {
        _engine.Connected(emulatorParameters);
        PSObject result = Assert.Single(_engine.Run($"'dHN0LXNyY2gtY2hubA==' | Send-ApnsBroadcast {Update}").Output);
        Assert.Equal(("Rejected", 400, reason), (result.Text("Outcome"), result.Get<int>("Status"), result.Text("Reason")));
    }

    [Theory]
    [InlineData("429 TooManyRequests")]
    [InlineData("500 InternalServerError")]
    [InlineData("503 ServiceUnavailable")]
    [InlineData("503 Shutdown")]
    [InlineData("403 ExpiredProviderToken")]
    public void What_may_succeed_later_is_sent_again(string answer)
    {
        _engine.Connected($"-Reason @{{ 'com.example.app' = @('{answer}') }}");
        Assert.Empty(_engine.Output("Get-ApnsChannel"));
        IEnumerable<string?> statuses = _engine.Received().Select(static r => r.Text("Status"));
        Assert.Equal([answer[..3], "200"], statuses);
    }

    [Fact]
    public void A_channel_that_stores_nothing_refuses_an_expiration()
    {
        _engine.Connected();
        EngineResult run = _engine.Run($"New-ApnsChannel None | Send-ApnsBroadcast {Update} -Expiration 1900000000");
        Assert.Equal("BadExpirationDate", Assert.Single(run.Output).Text("Reason"));
    }

    [Fact]
    public void Removing_asks_first_as_it_cannot_be_undone()
    {
        _engine.Connected().Run("$channel = New-ApnsChannel").Clean();
        _engine.Host.Answers.Enqueue("No");
        _engine.Output("$channel | Remove-ApnsChannel");
        Assert.Single(_engine.Host.Questions);
        Assert.Single(_engine.Output("Get-ApnsChannel"));
        _engine.Output("$channel | Remove-ApnsChannel -WhatIf; New-ApnsChannel -WhatIf; $channel | Send-ApnsBroadcast -Event End -WhatIf");
        Assert.Single(_engine.Output("Get-ApnsChannel"));
    }

    [Fact]
    public void An_app_has_at_most_so_many_channels()
    {
        _engine.Connected("-MaxChannels 2");
        EngineResult run = _engine.Run("1..3 | ForEach-Object { New-ApnsChannel }");
        Assert.Equal(2, run.Output.Count);
        Assert.StartsWith("CannotCreateChannelConfig,", Assert.Single(run.Errors).FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_topic_the_app_has_to_be_named()
    {
        _engine.Connected(connectParameters: "");
        Assert.StartsWith("MissingBundleId,", _engine.Failure("New-ApnsChannel").FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal("com.other", Assert.Single(_engine.Output("New-ApnsChannel -BundleId com.other")).Text("BundleId"));
    }

    [Fact]
    public void Many_channels_are_served_at_once_and_each_has_its_result()
    {
        _engine.Connected("-Latency 00:00:00.1").Run("$ids = 1..250 | ForEach-Object { [Convert]::ToBase64String([BitConverter]::GetBytes($_)) }").Clean();
        dynamic emulator = _engine.Object("emulator");
        using Engine.Running running = _engine.Begin($"$ids | Send-ApnsBroadcast {Update}");
        Eventually.True(() => emulator.InFlight > 1, "several are under way at once");
        IReadOnlyList<PSObject> results = running.End().Output;
        Assert.Equal(250, results.Select(static r => r.Text("ChannelId")).Distinct().Count());
        Assert.All(results, static r => Assert.Equal("ChannelNotRegistered", r.Text("Reason")));
    }

    /// <summary>What may succeed later, and is not asked to wait long, is tried until the time is over, so that should be soon.</summary>
    private static string Patience(string answer) => answer.StartsWith("500", StringComparison.Ordinal) ? "-TimeoutSec 4" : "";
}
