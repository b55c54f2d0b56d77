using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Language;
using System.Reflection;
using System.Runtime.InteropServices;
using Xunit;

namespace Apns.PowerShell.Tests;

/// <summary>The staged folder, as users get it.</summary>
public sealed class ModuleTests : IDisposable
{
    internal static readonly string[] Cmdlets = [
        "Connect-Apns", "Disconnect-Apns", "Export-ApnsReport", "Get-ApnsChannel", "Get-ApnsJournal", "Get-ApnsSession", "Measure-ApnsResult", "New-ApnsChannel", "New-ApnsNotification", "Remove-ApnsChannel",
        "Send-ApnsBroadcast", "Send-ApnsNotification", "Set-ApnsSession", "Start-ApnsEmulator", "Stop-ApnsEmulator", "Test-ApnsConnection",
    ];

    private readonly Engine _engine = new();

    public void Dispose() => _engine.Dispose();

    [Fact]
    public void The_manifest_is_valid()
    {
        EngineResult result = _engine.Run("Test-ModuleManifest $manifest").Clean();
        PSObject module = Assert.Single(result.Output);
        Assert.Empty(result.Warnings);
        Assert.Equal(StagedModule.Version, module.Text("Version"));
        Assert.Equal("Core", module.Text("CompatiblePSEditions"));
        Assert.Equal("7.6", module.Text("PowerShellVersion"));
    }

    [Fact]
    public void The_manifest_exports_the_cmdlets_and_nothing_else()
    {
        Assert.Equal(Cmdlets, _engine.Output("(Get-Module Apns).ExportedCommands.Keys").Select(static n => n.ToString()).Order());
        Assert.Equal(Cmdlets, _engine.Output("(Get-Command -Module Apns -CommandType Cmdlet).Name").Select(static n => n.ToString()).Order());
        Assert.Equal(0, _engine.Value<int>("(Get-Module Apns).ExportedVariables.Count"));
        Assert.Equal(0, _engine.Value<int>("(Get-Module Apns).ExportedAliases.Count"));
    }

    [Fact]
    public void The_folder_holds_the_module_and_no_package()
    {
        string[] expected =
        [
            "Apns.Format.ps1xml", "Apns.Types.ps1xml", "Apns.psd1", "Apns.psm1", "LICENSE",
            "bin/Apns.Client.dll", "bin/Apns.Emulator.dll", "bin/Apns.Http2.dll", "bin/Apns.PowerShell.dll",
            "en-US/about_Apns.help.txt",
            "en-US/about_Apns_Emulator.help.txt",
            "en-US/about_Apns_Journal.help.txt",
            "en-US/about_Apns_Results.help.txt",
            "en-US/about_Apns_Sessions.help.txt",
        ];
        IEnumerable<string> files = Directory.EnumerateFiles(StagedModule.Folder, "*", SearchOption.AllDirectories)
            .Select(static path => Path.GetRelativePath(StagedModule.Folder, path).Replace('\\', '/'));

        // Documentation of the libraries and more help may lie beside them, and the same assemblies compiled for a platform.
        Assert.Empty(expected.Except(files));
        Assert.All(files.Except(expected), static f => Assert.Matches(@"\.xml$|^en-US/|^bin/[a-z]+-[a-z0-9]+/Apns\.(Client|Emulator|Http2|PowerShell)\.dll$", f));
    }

    [Fact]
    public void The_module_comes_from_the_staged_folder_and_from_the_part_for_this_platform()
    {
        string bin = Path.Combine(StagedModule.Folder, "bin");
        string os = OperatingSystem.IsWindows() ? "win" : OperatingSystem.IsMacOS() ? "osx" : "linux";
        string native = Path.Combine(bin, $"{os}-{RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()}", "Apns.PowerShell.dll");
        Assert.Equal(File.Exists(native) ? native : Path.Combine(bin, "Apns.PowerShell.dll"), _engine.Value<string>("(Get-Command Connect-Apns).DLL"));
    }

    /// <summary>PowerShell writes scripts that it finds suspicious, by words in them, to the system's log at each import.</summary>
    [Fact]
    public void The_root_module_is_not_logged_as_suspicious()
    {
        MethodInfo check = typeof(ScriptBlock).GetMethod("CheckSuspiciousContent", BindingFlags.Static | BindingFlags.NonPublic)!;
        Assert.Equal("Cryptography", Suspicious("[Security.Cryptography.RandomNumberGenerator]::Create()"));
        Assert.Null(Suspicious(File.ReadAllText(Path.Combine(StagedModule.Folder, "Apns.psm1"))));

        object? Suspicious(string script) => check.Invoke(null, [Parser.ParseInput(script, out _, out _)]);
    }

    [Theory]
    [InlineData("about_Apns", "Delivers Apple push notifications")]
    [InlineData("about_Apns_Sessions", "Describes sessions")]
    [InlineData("about_Apns_Results", "Describes results")]
    [InlineData("about_Apns_Emulator", "Describes the emulator")]
    [InlineData("about_Apns_Journal", "Describes journals")]
    public void An_about_topic_is_found(string name, string text) =>
        Assert.Contains(text, _engine.Value<string>($"Get-Help {name}"), StringComparison.Ordinal);

    private const string Connection = "KeyPath Key KeyId TeamId CertificatePath CertificateKeyPath CertificatePassword Certificate CertificateThumbprint CertificateStoreLocation "
        + "Emulator Topic Environment Port Endpoint TrustedRoot Proxy ProxyCredential NoProxy IPv4 IPv6 TimeoutSec";

    private const string Content =
        "Alert Title Subtitle Body TitleLocKey TitleLocArgs SubtitleLocKey SubtitleLocArgs LocKey LocArgs Sound InterruptionLevel RelevanceScore "
        + "Event ContentState Timestamp StaleDate DismissalDate Data Truncate Payload Priority Expiration Header";

    private const string Notification =
        Content + " LaunchImage Action ActionLocKey SummaryArg SummaryArgCount Badge Critical Volume ThreadId Category ContentAvailable MutableContent "
        + "TargetContentId FilterCriteria UrlArgs ContentChanged AttributesType Attributes InputPushChannel InputPushToken PushMagic PushType CollapseId Topic";

    [Theory]
    [InlineData("Connect-Apns", "Simulator ManagementEndpoint Connections MaxConnections Delivery Name " + Connection)]
    [InlineData("Disconnect-Apns", "Session WhatIf Confirm")]
    [InlineData("Export-ApnsReport", "InputObject Journal Path Title Session Force NoClobber PassThru WhatIf Confirm")]
    [InlineData("Get-ApnsJournal", "Path LiteralPath Result")]
    [InlineData("Get-ApnsSession", "Name")]
    [InlineData("Get-ApnsChannel", "ChannelId BundleId Session")]
    [InlineData("Measure-ApnsResult", "InputObject PassThru SummaryVariable")]
    [InlineData("New-ApnsChannel", "MessageStoragePolicy BundleId Session WhatIf Confirm")]
    [InlineData("New-ApnsNotification", "InputObject " + Notification)]
    [InlineData("Remove-ApnsChannel", "ChannelId BundleId Session WhatIf Confirm")]
    [InlineData("Send-ApnsBroadcast", "ChannelId InputObject BundleId Session WhatIf Confirm " + Content)]
    [InlineData("Send-ApnsNotification", "Token InputObject Notification ApnsId Session TimeoutSec Deadline Delivery RatePerSecond SkipEnvironmentCheck TotalCount Journal Durable IncludeSkipped WhatIf Confirm " + Notification)]
    [InlineData("Set-ApnsSession", "Session Connections MaxConnections PassThru WhatIf Confirm")]
    [InlineData("Start-ApnsEmulator", "Address Port ManagementPort WithProxy Environment Topic BroadcastApp MaxChannels Unregistered Reason Latency MaxConcurrentStreams Fault Keep ClockOffset ProviderTokenLifetime RetryAfter UniqueId WhatIf Confirm")]
    [InlineData("Stop-ApnsEmulator", "Emulator WhatIf Confirm")]
    [InlineData("Test-ApnsConnection", "Session Quiet " + Connection)]
    public void A_cmdlet_has_these_parameters(string cmdlet, string parameters)
    {
        _engine["cmdlet"] = cmdlet;
        IEnumerable<string> actual = _engine.Output("(Get-Command $cmdlet).Parameters.Keys").Select(static n => n.ToString());
        Assert.Equal(parameters.Split(' ').Order(), actual.Except(Cmdlet.CommonParameters).Order());
    }

    [Theory]
    [InlineData("Connect-Apns", "ApnsSession")]
    [InlineData("Export-ApnsReport", "FileInfo")]
    [InlineData("Get-ApnsJournal", "ApnsJournalSummary ApnsResult")]
    [InlineData("Get-ApnsSession", "ApnsSession")]
    [InlineData("Get-ApnsChannel", "ApnsChannel")]
    [InlineData("Measure-ApnsResult", "ApnsResultSummary ApnsResult ApnsBroadcastResult")]
    [InlineData("New-ApnsChannel", "ApnsChannel")]
    [InlineData("New-ApnsNotification", "ApnsNotification")]
    [InlineData("Send-ApnsBroadcast", "ApnsBroadcastResult")]
    [InlineData("Send-ApnsNotification", "ApnsResult")]
    [InlineData("Set-ApnsSession", "ApnsSession")]
    [InlineData("Start-ApnsEmulator", "ApnsEmulator")]
    public void A_cmdlet_says_what_it_puts_out(string cmdlet, string type)
    {
        _engine["cmdlet"] = cmdlet;
        Assert.Equal(type, _engine.Value<string>("(Get-Command $cmdlet).OutputType.Type.Name -join ' '"));
    }

    [Fact]
    public void Results_have_a_property_that_says_delivered()
    {
        _engine.Connected("-Unregistered @{ $tokens[1] = [datetime]::UtcNow }");
        IEnumerable<PSObject> states = _engine.Output("$tokens[0, 1] | Send-ApnsNotification -Alert hi | ForEach-Object { \"$($_.Index) $($_.IsDelivered)\" }");
        Assert.Equal(["0 True", "1 False"], states.Select(static s => s.ToString()).Order());
    }
}
