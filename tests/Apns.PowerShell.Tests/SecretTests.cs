using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Xunit;

namespace Apns.PowerShell.Tests;

/// <summary>Keys, passwords and provider tokens appear nowhere.</summary>
public sealed class SecretTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly Engine _engine = new();

    public void Dispose()
    {
        _engine.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Neither_key_nor_provider_token_shows_when_all_goes_well()
    {
        _engine.Run("$emulator = Start-ApnsEmulator -Reason @{ $tokens[3] = 'DeviceTokenNotForTopic' }").Clean();
        string pem = _engine.Value<string>("$emulator.ExportSigningKey()");
        _engine["key"] = _folder.Write("key.p8", pem);
        EngineResult run = RunLoudly(
            """
            $session = Connect-Apns -KeyPath $key -KeyId EMULATOR01 -TeamId TEAM000001 -Endpoint localhost -Port $emulator.Port -TrustedRoot $emulator.RootCertificate -Topic com.example.app -Verbose -Debug
            $session; "$session"; Get-ApnsSession -Verbose -Debug
            $tokens | Send-ApnsNotification -Alert hi -Verbose -Debug
            $emulator.GetReceived()
            Disconnect-Apns -Verbose -Debug
            """);
        Assert.NotEmpty(run.Verbose);
        string text = AssertHides(run, pem);

        // It looks where it should: the key's id is in there.
        Assert.Contains("key EMULATOR01 of team TEAM000001", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Neither_key_nor_provider_token_is_written_down()
    {
        string journal = _folder["run.journal"];
        _engine["journal"] = journal;
        _engine.Run("$emulator = Start-ApnsEmulator -Reason @{ $tokens[3] = 'DeviceTokenNotForTopic' }").Clean();
        string pem = _engine.Value<string>("$emulator.ExportSigningKey()");
        _engine["key"] = _folder.Write("key.p8", pem);
        using var telemetry = new TelemetryText();
        EngineResult run = RunLoudly(
            """
            $session = Connect-Apns -KeyPath $key -KeyId EMULATOR01 -TeamId TEAM000001 -Endpoint localhost -Port $emulator.Port -TrustedRoot $emulator.RootCertificate -Topic com.example.app
            $tokens | Send-ApnsNotification -Alert hi -Journal $journal -Verbose -Debug
            Disconnect-Apns
            Get-ApnsJournal $journal -Verbose -Debug
            Get-ApnsJournal $journal -Result -Verbose -Debug
            """);
        Assert.Null(run.Failure);
        AssertHides(run, pem);
        AssertHides(telemetry.ToString(), pem);
        AssertHides(Encoding.Latin1.GetString(System.IO.File.ReadAllBytes(journal)), pem);

        // They look where they should.
        Assert.Contains("server.port", telemetry.ToString(), StringComparison.Ordinal);
        Assert.Contains("DeviceTokenNotForTopic", Encoding.Latin1.GetString(System.IO.File.ReadAllBytes(journal)), StringComparison.Ordinal);
    }

    [Fact]
    public void Neither_key_nor_provider_token_shows_when_the_key_is_refused()
    {
        string pem = Secrets.NewKey();
        _engine["key"] = _folder.Write("key.p8", pem);
        _engine.Run("$emulator = Start-ApnsEmulator").Clean();
        EngineResult run = RunLoudly(
            """
            $session = Connect-Apns -KeyPath $key -KeyId EMULATOR01 -TeamId TEAM000001 -Endpoint localhost -Port $emulator.Port -TrustedRoot $emulator.RootCertificate -Topic com.example.app -Verbose -Debug
            $tokens | Send-ApnsNotification -Alert hi -Verbose -Debug
            """);
        Assert.NotNull(run.Failure);
        AssertHides(run, pem);
    }

    [Fact]
    public void A_broken_key_does_not_show_in_its_error()
    {
        string pem = Secrets.NewKey();
        foreach (string text in Broken(pem))
        {
            _engine["key"] = _folder.Write("key.p8", text);
            EngineResult run = RunLoudly("Connect-Apns -KeyPath $key -KeyId ABC123DEFG -TeamId DEF123GHIJ -Endpoint localhost:1 -Verbose -Debug");
            Assert.StartsWith("InvalidKey,", run.Failure?.FullyQualifiedErrorId, StringComparison.Ordinal);
            AssertHides(run, pem);
        }
    }

    [Theory]
    [InlineData("text")]
    [InlineData("bytes")]
    [InlineData("secure string")]
    public void A_key_that_is_no_file_does_not_show_either(string form)
    {
        _engine.Run("$emulator = Start-ApnsEmulator").Clean();
        string pem = _engine.Value<string>("$emulator.ExportSigningKey()");
        foreach (string text in new[] { pem, Broken(pem)[0], Broken(pem)[1], Broken(pem)[2], Broken(pem)[3] })
        {
            _engine["key"] = form switch
            {
                "text" => text,
                "bytes" => Encoding.UTF8.GetBytes(text),
                _ => Secrets.Secure(text),
            };
            EngineResult run = RunLoudly(
                """
                $session = Connect-Apns -Key $key -KeyId EMULATOR01 -TeamId TEAM000001 -Endpoint localhost -Port $emulator.Port -TrustedRoot $emulator.RootCertificate -Topic com.example.app -Verbose -Debug
                $session; Get-ApnsSession -Verbose -Debug
                $tokens | Send-ApnsNotification -Alert hi -Verbose -Debug
                """);
            Assert.Equal(text == pem, run.Failure is null);
            AssertHides(run, pem);

            // Nor in base64 once more, as bytes are handed on.
            Assert.DoesNotContain(Convert.ToBase64String(Encoding.UTF8.GetBytes(text))[80..100], TextOf(run), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void The_key_of_a_certificate_does_not_show()
    {
        using X509Certificate2 certificate = Secrets.NewPushCertificate(untilDays: 3);
        using RSA key = certificate.GetRSAPrivateKey()!;
        string pem = key.ExportPkcs8PrivateKeyPem();
        string wrong = Secrets.OtherKey.ExportPkcs8PrivateKeyPem();
        _engine["path"] = _folder.Write("push.pem", certificate.ExportCertificatePem());
        _engine["both"] = _folder.Write("both.pem", $"{certificate.ExportCertificatePem()}\n{pem}");
        _engine["keys"] = new[]
        {
            _folder.Write("right.key", pem),
            _folder.Write("wrong.key", wrong),
            _folder.Write("broken.key", pem.Replace("\n", "\n!", StringComparison.Ordinal)),
        };
        _engine.Run("$emulator = Start-ApnsEmulator; $server = @{ Endpoint = \"localhost:$($emulator.Port)\"; TrustedRoot = $emulator.RootCertificate; Verbose = $true; Debug = $true; WarningAction = 'Continue' }").Clean();
        foreach ((string parameters, bool works) in new[]
        {
            ("-CertificatePath $both", true),
            ("-CertificatePath $path -CertificateKeyPath $keys[0]", true),
            ("-CertificatePath $path -CertificateKeyPath $keys[1]", false),
            ("-CertificatePath $path -CertificateKeyPath $keys[2]", false),
        })
        {
            EngineResult run = RunLoudly($"Connect-Apns {parameters} @server; $tokens | Send-ApnsNotification -Alert hi -Verbose -Debug");
            Assert.Equal(works, run.Failure is null);
            Assert.Equal(works, run.Warnings.Count > 0);
            AssertHides(run, pem);
            AssertHides(run, wrong);
        }
    }

    [Fact]
    public void A_password_does_not_show()
    {
        const string Password = "open-sesame-7391";
        using X509Certificate2 certificate = Secrets.NewCertificate(untilDays: 365);
        _engine["right"] = _folder.Write("right.p12", certificate.Export(X509ContentType.Pkcs12, Password));
        _engine["wrong"] = _folder.Write("wrong.p12", certificate.Export(X509ContentType.Pkcs12, "another"));
        using (ECDsa key = certificate.GetECDsaPrivateKey()!)
        {
            var encryption = new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000);
            _engine["pem"] = _folder.Write("push.pem", certificate.ExportCertificatePem());
            _engine["rightKey"] = _folder.Write("right.key", key.ExportEncryptedPkcs8PrivateKeyPem(Password, encryption));
            _engine["wrongKey"] = _folder.Write("wrong.key", key.ExportEncryptedPkcs8PrivateKeyPem("another", encryption));
        }

        _engine["password"] = Secrets.Secure(Password);
        _engine.Run("$emulator = Start-ApnsEmulator").Clean();
        foreach ((string right, string wrong) in new[] { ("$right", "$wrong"), ("$pem -CertificateKeyPath $rightKey", "$pem -CertificateKeyPath $wrongKey") })
        {
            EngineResult good = RunLoudly($"Connect-Apns -CertificatePath {right} -CertificatePassword $password -Endpoint localhost -Port $emulator.Port -TrustedRoot $emulator.RootCertificate -Verbose -Debug");
            EngineResult bad = RunLoudly($"Connect-Apns -CertificatePath {wrong} -CertificatePassword $password -Endpoint localhost:1 -Verbose -Debug");
            Assert.Null(good.Failure);
            Assert.NotNull(bad.Failure);
            Assert.DoesNotContain(Password, TextOf(good) + TextOf(bad), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_proxys_password_does_not_show_nor_does_the_key_when_a_connection_is_tested()
    {
        const string Password = "open-sesame-7391";
        using var proxy = new StandInProxy($"ann:{Password}");
        _engine.Run("$emulator = Start-ApnsEmulator").Clean();
        string pem = _engine.Value<string>("$emulator.ExportSigningKey()");
        _engine["key"] = _folder.Write("key.p8", pem);
        _engine["right"] = proxy.Address.Replace("//", $"//ann:{Password}@", StringComparison.Ordinal);
        _engine["wrong"] = proxy.Address.Replace("//", $"//bob:{Password}@", StringComparison.Ordinal);
        const string Parameters = "-KeyPath $key -KeyId EMULATOR01 -TeamId TEAM000001 -Endpoint localhost -Port $emulator.Port -TrustedRoot $emulator.RootCertificate -Topic com.example.app -Verbose -Debug";
        EngineResult run = RunLoudly($"Test-ApnsConnection {Parameters} -Proxy $right; Test-ApnsConnection {Parameters} -Proxy $wrong; Connect-Apns {Parameters} -Proxy $right; Connect-Apns {Parameters} -Proxy $wrong");
        Assert.Equal((3, true), (run.Output.Count, run.Failure is not null));
        string text = AssertHides(run, pem);
        Assert.Contains("user name 'bob'", text, StringComparison.Ordinal);
        Assert.DoesNotContain(Password, text, StringComparison.Ordinal);
        Assert.DoesNotContain(Convert.ToBase64String(Encoding.UTF8.GetBytes($"ann:{Password}")), text, StringComparison.Ordinal);
    }

    [Fact]
    public void Device_tokens_are_cut_short_where_only_people_read_them()
    {
        _engine.Connected();
        EngineResult run = RunLoudly("$null = $t | Send-ApnsNotification -Alert hi -Verbose -Debug; $t | Send-ApnsNotification -Alert hi -WhatIf");
        Assert.Contains("aaaaaaaa…", run.HostText, StringComparison.Ordinal);
        Assert.DoesNotContain(Engine.Token(1), string.Concat(run.Verbose) + string.Concat(run.Debug) + run.HostText, StringComparison.Ordinal);
    }

    private static string[] Broken(string pem) =>
    [
        pem.Replace("PRIVATE KEY", "RSA PRIVATE KEY", StringComparison.Ordinal),
        pem[..^80],
        pem.Replace("\n", "\n!", StringComparison.Ordinal),
        $"-----BEGIN PRIVATE KEY-----\n{string.Concat(pem.Split('\n')[1..^1])[24..]}\n-----END PRIVATE KEY-----",
    ];

    private static string AssertHides(EngineResult run, string pem)
    {
        string text = TextOf(run);
        AssertHides(text, pem);
        return text;
    }

    private static void AssertHides(string text, string pem)
    {
        string body = string.Concat(pem.Split('\n').Where(static l => !l.StartsWith('-')));

        // The first 36 characters are the same in every key of the kind.
        for (int i = 36; i + 12 <= body.Length; i += 4) Assert.DoesNotContain(body.Substring(i, 12), text, StringComparison.Ordinal);
        Assert.DoesNotContain("bearer ", text, StringComparison.OrdinalIgnoreCase);

        // How the header of each JWT begins: {"alg":"
        Assert.DoesNotContain("eyJhbGciOi", text, StringComparison.Ordinal);
    }

    private EngineResult RunLoudly(string script) =>
        _engine.Run($"$VerbosePreference = $DebugPreference = $InformationPreference = 'Continue'\n{script}");

    /// <summary>All that a user could come to see.</summary>
    private static string TextOf(EngineResult run)
    {
        var text = new StringBuilder();
        foreach (string line in run.Verbose.Concat(run.Debug).Concat(run.Warnings).Append(run.HostText)) text.AppendLine(line);
        foreach (ProgressRecord record in run.Progress) text.AppendLine(record.ToString());
        IEnumerable<object> objects = run.Output.Concat<object>(run.Errors);
        if (run.Failure is not null) objects = objects.Append(run.Failure);
        foreach (object item in objects) Describe(text, item, 0);
        return text.ToString();
    }

    /// <summary>As Format-List -Force does, and deeper.</summary>
    private static void Describe(StringBuilder text, object? value, int depth)
    {
        if (value is null || depth > 4) return;
        text.AppendLine(value.ToString());
        if (value is string || value.GetType().IsPrimitive || (value as PSObject)?.BaseObject is string) return;
        if (value is System.Collections.IDictionary or X509Certificate2 or Type or System.Reflection.MemberInfo or System.Reflection.Assembly) return;
        foreach (PSPropertyInfo property in PSObject.AsPSObject(value).Properties)
        {
            if (!property.IsGettable || property is PSScriptProperty) continue;
            try
            {
                text.Append(property.Name).Append(": ");
                Describe(text, property.Value, depth + 1);
            }
            catch (GetValueException)
            {
                // Some properties of the engine's own objects throw.
            }
        }
    }
}
