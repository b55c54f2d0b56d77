using Xunit;

namespace Apns.Host.Tests;

/// <summary>docs/examples/background-refresh.ps1 with a key and a file of tokens.</summary>
public sealed class BackgroundRefreshTests : ExampleTest
{
    [Fact]
    public void Each_device_is_asked_as_Apple_wants_it()
    {
        string[] lines = WithApple("", $$"""
            $before = [DateTimeOffset]::UtcNow.ToUnixTimeSeconds()
            & '{{Example("background-refresh.ps1")}}' @apple -What mail
            $emulator.GetReceived() | ForEach-Object { "$($_.PushType) $($_.Priority) $($_.CollapseId) $([long] $_.Expiration - $before -ge 3600) $($_.PayloadProblems.Count) $($_.Payload)" }
            """);
        Assert.Equal("10 devices: 10 asked to refresh mail.", lines[^11]);
        Assert.All(lines[^10..], static line => Assert.Equal("""background 5 refresh-mail True 0 {"aps":{"content-available":1},"refresh":"mail"}""", line));
    }
}
