using System;
using System.IO;
using System.Linq;
using Xunit;

namespace Apns.Host.Tests;

/// <summary>What tests of docs/examples have in common.</summary>
public abstract class ExampleTest : HostTest
{
    internal static readonly string Examples = Path.Combine(FindRoot(), "docs", "examples");

    /// <summary>An example's script.</summary>
    protected static string Example(string name) => Path.Combine(Examples, name);

    /// <summary>Skips a test that needs a program where that is not installed.</summary>
    protected static void Need(string program)
    {
        string[] folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        Assert.SkipUnless(folders.Any(folder => File.Exists(Path.Join(folder, program)) || File.Exists(Path.Join(folder, $"{program}.exe"))), $"{program} is not installed.");
    }

    /// <summary>
    /// Runs a script in the test's folder that finds an emulator in Apple's place, <c>$emulator</c>, and with it <c>$apple</c>:
    /// the parameters of the examples that have a key in a file, and ten tokens in another.
    /// </summary>
    private protected string[] WithApple(string emulatorParameters, string script) => Lines($$"""
        $ProgressPreference = 'SilentlyContinue'
        Import-Module (Get-ChildItem '{{Examples}}/../../artifacts/Apns/*/Apns.psd1' | Select-Object -Last 1).FullName
        $tokens = @(1..10 | ForEach-Object ToString x64)
        $emulator = Start-ApnsEmulator {{emulatorParameters}}
        $PSDefaultParameterValues['Connect-Apns:Endpoint'] = "localhost:$($emulator.Port)"
        $PSDefaultParameterValues['Connect-Apns:TrustedRoot'] = $emulator.RootCertificate
        $emulator.ExportSigningKey() | Set-Content AuthKey_EMULATOR01.p8
        Set-Content tokens.txt $tokens
        $apple = @{ KeyPath = 'AuthKey_EMULATOR01.p8'; TeamId = $emulator::TeamId; Topic = 'com.example.app'; TokenFile = 'tokens.txt' }
        {{script}}
        """);

    private static string FindRoot()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Directory.Build.props"))) folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException($"No folder above {AppContext.BaseDirectory} is the repository.");
    }
}
