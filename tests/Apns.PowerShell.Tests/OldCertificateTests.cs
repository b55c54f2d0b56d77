using System;
using System.IO;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Threading.Tasks;
using Xunit;

namespace Apns.PowerShell.Tests;

/// <summary>.p12 files in the encryptions that keychains and OpenSSL used to write.</summary>
public sealed class OldCertificateTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly X509Certificate2 _certificate = Secrets.NewPushCertificate();

    public void Dispose()
    {
        _certificate.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("PBE-SHA1-RC2-40")]
    [InlineData("PBE-SHA1-RC2-128")]
    [InlineData("PBE-SHA1-3DES")]
    public async Task An_old_file_connects(string encryption)
    {
        string path = await WriteOld(encryption);
        AssertConnects(path);
    }

    [Fact]
    public async Task A_file_that_the_system_cannot_decrypt_is_told_how_to_write_anew()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only where OpenSSL does the work can RC2 be taken away from it.");
        string old = await WriteOld("PBE-SHA1-RC2-40");
        Directory.CreateDirectory(_folder["nothing"]);
        string script = _folder.Write("connect.ps1", $$"""
            Import-Module '{{StagedModule.Manifest}}'
            $password = [securestring]::new()
            foreach ($c in [char[]] 'sesame') { $password.AppendChar($c) }
            try { Connect-Apns -CertificatePath '{{old}}' -CertificatePassword $password -Endpoint localhost:1 } catch { $_.Exception.Message }
            """);
        ProcessResult run = await Processes.RunScript(script, ("OPENSSL_MODULES", _folder["nothing"]));
        Assert.StartsWith($"The file '{old}' is encrypted with RC2, which this system does not decrypt any more", run.Text, StringComparison.Ordinal);

        // What it says to do is done, word for word but for the passwords, which openssl would ask for.
        Assert.EndsWith(": openssl pkcs12 -legacy -in old.p12 -out new.pem", run.Text.TrimEnd(), StringComparison.Ordinal);
        ProcessResult openssl = await Processes.Run("openssl", _folder.Path, ["pkcs12", "-legacy", "-in", "old.p12", "-out", "new.pem", "-passin", "pass:sesame", "-passout", "pass:sesame"]);
        Assert.True(openssl.ExitCode == 0, openssl.Text);
        AssertConnects(_folder["new.pem"]);
    }

    [Fact]
    public async Task A_wrong_password_is_not_taken_for_an_old_encryption()
    {
        using var engine = new Engine();
        engine["path"] = await WriteOld("PBE-SHA1-RC2-40");
        engine["password"] = Secrets.Secure("closed");
        string message = engine.Failure("Connect-Apns -CertificatePath $path -CertificatePassword $password -Endpoint localhost:1").Exception.Message;
        Assert.Contains("or the password is wrong", message, StringComparison.Ordinal);
        Assert.DoesNotContain("openssl", message, StringComparison.Ordinal);
    }

    private static void AssertConnects(string path)
    {
        using var engine = new Engine();
        engine["path"] = path;
        engine["password"] = Secrets.Secure("sesame");
        engine.Run("$emulator = Start-ApnsEmulator; $server = @{ Endpoint = 'localhost'; Port = $emulator.Port; TrustedRoot = $emulator.RootCertificate }").Clean();
        Assert.Equal(Engine.Topic, Assert.Single(engine.Output("Connect-Apns -CertificatePath $path -CertificatePassword $password @server")).Text("Topic"));
        Assert.Equal("Delivered", Assert.Single(engine.Output("$t | Send-ApnsNotification -Alert hi")).Text("Outcome"));
    }

    /// <summary>Has OpenSSL write old.p12: .NET reads these encryptions, but writes none of them.</summary>
    private async Task<string> WriteOld(string encryption)
    {
        using RSA key = _certificate.GetRSAPrivateKey()!;
        _folder.Write("push.pem", $"{_certificate.ExportCertificatePem()}\n{key.ExportPkcs8PrivateKeyPem()}\n");
        ProcessResult run = await Processes.Run(
            "openssl",
            _folder.Path,
            ["pkcs12", "-export", "-legacy", "-keypbe", encryption, "-certpbe", encryption, "-macalg", "sha1", "-in", "push.pem", "-out", "old.p12", "-passout", "pass:sesame"]);
        Assert.SkipUnless(run.ExitCode == 0, $"This openssl does not write {encryption}: {run.Text}");
        return _folder["old.p12"];
    }
}
