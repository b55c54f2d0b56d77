using System;
using System.Linq;
using System.Management.Automation;
using System.Security;
using System.Security.Cryptography;
using System.Text;
using Xunit;

namespace Apns.PowerShell.Tests;

/// <summary>Connect-Apns -Key: the signing key itself, in whatever a vault or a variable holds.</summary>
public sealed class KeyParameterTests : IDisposable
{
    private const string Ids = "-KeyId EMULATOR01 -TeamId TEAM000001";
    private const string Server = "-Endpoint localhost -Port $emulator.Port -TrustedRoot $emulator.RootCertificate -Topic com.example.app";

    private readonly Engine _engine = new();
    private readonly string _pem;
    private readonly byte[] _der;

    public KeyParameterTests()
    {
        _engine.Run("$emulator = Start-ApnsEmulator").Clean();
        _pem = _engine.Value<string>("$emulator.ExportSigningKey()");
        using var key = ECDsa.Create();
        key.ImportFromPem(_pem);
        _der = key.ExportPkcs8PrivateKey();
    }

    public void Dispose() => _engine.Dispose();

    [Theory]
    [InlineData("text")]
    [InlineData("base64")]
    [InlineData("base64 of the file")]
    [InlineData("lines")]
    [InlineData("wrapped text")]
    [InlineData("bytes of text")]
    [InlineData("bytes of base64")]
    [InlineData("bytes of DER")]
    [InlineData("bytes one by one")]
    [InlineData("secure text")]
    [InlineData("secure base64")]
    public void A_key_is_taken_in_every_form(string form)
    {
        string base64 = Convert.ToBase64String(_der);
        _engine["key"] = form switch
        {
            "text" => _pem,
            "base64" => base64,
            "base64 of the file" => Convert.ToBase64String(Encoding.UTF8.GetBytes(_pem)),
            "lines" => _pem.Split('\n').Select(static line => (object)new PSObject(line)).ToArray(), // As of Get-Content
            "wrapped text" => new PSObject(_pem),
            "bytes of text" => Encoding.UTF8.GetBytes(_pem), // As of Get-Content -AsByteStream -Raw
            "bytes of base64" => Encoding.UTF8.GetBytes(base64),
            "bytes of DER" => _der,
            "bytes one by one" => Encoding.UTF8.GetBytes(_pem).Select(static b => (object)b).ToArray(), // As of Get-Content -AsByteStream
            "secure text" => Secrets.Secure(_pem), // As of Get-Secret
            _ => Secrets.Secure(base64),
        };
        PSObject session = Assert.Single(_engine.Output($"Connect-Apns -Key $key {Ids} {Server}"));
        Assert.Equal("key EMULATOR01 of team TEAM000001", session.Text("Credential"));
        Assert.Equal("Delivered", Assert.Single(_engine.Output("$t | Send-ApnsNotification -Alert hi")).Text("Outcome"));
    }

    [Fact]
    public void What_the_caller_gave_stays_as_it_was()
    {
        using SecureString secure = Secrets.Secure(_pem);
        byte[] bytes = [.. _der];
        _engine["secure"] = secure;
        _engine["bytes"] = bytes;
        Assert.Equal(2, _engine.Output($"Connect-Apns -Key $secure {Ids} {Server}; Connect-Apns -Key $bytes {Ids} {Server}").Count);
        Assert.Equal(_pem.Length, secure.Copy().Length);
        Assert.Equal(_der, bytes);
    }

    [Fact]
    public void Both_ids_have_to_be_given_with_it() => Assert.Equal(
        ["Key", "KeyId", "TeamId"],
        _engine.Output("(Get-Command Connect-Apns).ParameterSets.Where{ $_.Name -eq 'KeyText' }.Parameters.Where{ $_.IsMandatory }.Name").Select(static n => n.ToString()).Order());

    [Theory]
    [InlineData("''")]
    [InlineData("'no key'")]
    [InlineData("'AAAA'")]
    [InlineData("[byte[]] (1, 2, 3)")]
    [InlineData("[securestring]::new()")]
    public void What_is_no_key_is_an_error_of_the_key(string expression)
    {
        ErrorRecord error = _engine.Failure($"Connect-Apns -Key ({expression}) {Ids} {Server}");
        Assert.Equal("InvalidKey,Apns.PowerShell.Commands.ConnectApnsCommand", error.FullyQualifiedErrorId);
        Assert.Equal(ErrorCategory.AuthenticationError, error.CategoryInfo.Category);
        Assert.StartsWith("The key is ", error.Exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("'keys/AuthKey_ABC123DEFG.p8'", "-Key takes the key itself")]
    [InlineData("42", "A Int32 is no signing key")]
    [InlineData("@{ Key = 'secret-a' }", "A Hashtable is no signing key")]
    [InlineData("[pscustomobject]@{ Key = 'secret-a' }", "A PSCustomObject is no signing key")]
    [InlineData("'secret-a', 7", "A list of other things than lines or bytes")]
    [InlineData("('secret-a' * 10000)", "too long")]
    [InlineData("[byte[]]::new(100000)", "too long")]
    public void What_cannot_be_a_key_is_refused_without_being_repeated(string expression, string message)
    {
        _engine.Run($"$key = {expression}").Clean();
        ErrorRecord error = _engine.Failure($"Connect-Apns -Key $key {Ids} {Server}");
        Assert.Equal("ParameterArgumentTransformationError,Apns.PowerShell.Commands.ConnectApnsCommand", error.FullyQualifiedErrorId);
        Assert.Contains(message, error.Exception.Message, StringComparison.Ordinal);
        Assert.Contains("-KeyPath", error.Exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret-a", error.ToString() + error.Exception, StringComparison.Ordinal);
    }

    [Fact]
    public void A_secure_string_that_was_disposed_is_refused()
    {
        SecureString secure = Secrets.Secure(_pem);
        secure.Dispose();
        _engine["key"] = secure;
        Assert.StartsWith("ParameterArgumentTransformationError,", _engine.Failure($"Connect-Apns -Key $key {Ids} {Server}").FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    [Fact]
    public void Key_and_path_exclude_each_other()
    {
        _engine["key"] = _pem;
        Assert.StartsWith("AmbiguousParameterSet,", _engine.Failure($"Connect-Apns -Key $key -KeyPath key.p8 {Ids}").FullyQualifiedErrorId, StringComparison.Ordinal);
    }
}
