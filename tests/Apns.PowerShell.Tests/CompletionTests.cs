using System;
using System.Linq;
using System.Security.Cryptography.X509Certificates;
using Xunit;

namespace Apns.PowerShell.Tests;

/// <summary>What Tab offers.</summary>
public sealed class CompletionTests : IDisposable
{
    private readonly Engine _engine = new();
    private readonly TempFolder _folder = new();

    public void Dispose()
    {
        _engine.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("Send-ApnsNotification -Session ", "news", "sport")]
    [InlineData("Send-ApnsNotification -Session s", "sport")]
    [InlineData("Disconnect-Apns -Session ", "news", "sport")]
    [InlineData("Disconnect-Apns ", "news", "sport")]
    [InlineData("Set-ApnsSession -Session n", "news")]
    [InlineData("Test-ApnsConnection -Session ", "news", "sport")]
    [InlineData("New-ApnsChannel -Session ", "news", "sport")]
    [InlineData("Send-ApnsBroadcast -Session ", "news", "sport")]
    [InlineData("Get-ApnsSession -Name S", "sport")]
    [InlineData("Send-ApnsNotification -Topic ", "com.example.news", "com.example.sport")]
    [InlineData("New-ApnsNotification -Topic com.example.s", "com.example.sport")]
    [InlineData("Connect-Apns -Topic ", "com.example.news", "com.example.sport")]
    [InlineData("Get-ApnsChannel -BundleId ", "com.example.news", "com.example.sport")]
    [InlineData("Send-ApnsBroadcast -BundleId com.example.n", "com.example.news")]
    [InlineData("Send-ApnsNotification -PushType co", "Complication", "Controls")]
    [InlineData("Send-ApnsNotification -Priority ", "10", "5", "1")]
    [InlineData("Send-ApnsNotification -Sound d", "default")]
    [InlineData("Connect-Apns -Port ", "443", "2197")]
    [InlineData("Send-ApnsNotification -InterruptionLevel t", "TimeSensitive")]
    [InlineData("Send-ApnsNotification -Event ", "Start", "Update", "End")]
    [InlineData("Send-ApnsNotification -Delivery ", "AtLeastOnce", "AtMostOnce")]
    public void Names_topics_and_choices_are_offered(string line, params string[] offered)
    {
        _engine.Run("""
            $emulator = Start-ApnsEmulator
            $null = Connect-Apns -Emulator $emulator -Topic com.example.news -Name news
            $null = Connect-Apns -Emulator $emulator -Topic com.example.sport -Name sport
            """).Clean();
        Assert.Equal(offered, Offered(line));
    }

    [Theory]
    [InlineData("Send-ApnsNotification -Session ", "'it''s news'", "'@all'", "com.example_1")]
    [InlineData("Disconnect-Apns i", "'it''s news'")]
    [InlineData("Disconnect-Apns 'it", "'it''s news'")]
    [InlineData("Disconnect-Apns com", "com.example_1")]
    public void What_is_no_plain_word_is_offered_in_quotes(string line, params string[] offered)
    {
        _engine.Run("""
            $emulator = Start-ApnsEmulator
            foreach ($name in "it's news", '@all', 'com.example_1') { $null = Connect-Apns -Emulator $emulator -Topic com.example.app -Name $name }
            """).Clean();
        Assert.Equal(offered, Offered(line));
        Assert.All(offered, name => Assert.Equal("Open", _engine.Value<string>($"(Get-ApnsSession -Name {name}).State")));
    }

    [Fact]
    public void A_closed_session_is_offered_no_more()
    {
        _engine.Connected(connectParameters: "-Topic com.example.app -Name news");
        _engine.Run("Disconnect-Apns").Clean();
        Assert.DoesNotContain("news", Offered("Send-ApnsNotification -Session "));
    }

    [Fact]
    public void A_certificates_topics_are_offered()
    {
        using X509Certificate2 certificate = Secrets.NewPushCertificate();
        _engine["certificate"] = certificate;
        _engine.Run("$emulator = Start-ApnsEmulator; $null = Connect-Apns -Certificate $certificate -Endpoint localhost:$($emulator.Port) -TrustedRoot $emulator.RootCertificate").Clean();
        Assert.Equal(["com.example.app", "com.example.app.voip"], Offered("Send-ApnsNotification -Topic "));
    }

    [Fact]
    public void A_keys_id_is_read_from_the_name_of_its_file()
    {
        foreach (string name in new[] { "AuthKey_ABC123DEFG.p8", "AuthKey_HIJ456KLMN.p8", "other.p8", "AuthKey_.p8" }) _folder.Write(name, "");
        _engine["folder"] = _folder.Path;
        _engine.Run("$ExecutionContext.SessionState.Path.SetLocation($folder)").Clean();
        Assert.Equal(["ABC123DEFG", "HIJ456KLMN"], Offered("Connect-Apns -KeyId "));
        Assert.Equal(["HIJ456KLMN"], Offered("Connect-Apns -KeyId h"));
        Assert.Equal(["XYZ"], Offered("Connect-Apns -KeyPath /keys/AuthKey_XYZ.p8 -KeyId "));
    }

    private string[] Offered(string line)
    {
        _engine["line"] = line;
        return [.. _engine.Output("[System.Management.Automation.CommandCompletion]::CompleteInput($line, $line.Length, $null).CompletionMatches.CompletionText").Where(static text => text is not null).Select(static text => text.ToString())];
    }
}
