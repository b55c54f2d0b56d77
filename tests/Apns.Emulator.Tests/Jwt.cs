using System;
using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Apns.Emulator.Tests;

/// <summary>Provider tokens, right and wrong ones, made here so that neither the client nor the emulator judges itself.</summary>
internal static class Jwt
{
    /// <summary>A good authorization header.</summary>
    internal static string Good(ApnsEmulator emulator) => Issued(emulator, DateTimeOffset.UtcNow);

    /// <summary>A good authorization header but for its age.</summary>
    internal static string Issued(ApnsEmulator emulator, DateTimeOffset time) =>
        "bearer " + Signed(emulator, Header(ApnsEmulator.KeyId), Claims(ApnsEmulator.TeamId, time));

    internal static string Header(string keyId, string algorithm = "ES256") => $$"""{"alg":"{{algorithm}}","kid":"{{keyId}}"}""";

    internal static string Claims(string teamId, DateTimeOffset issued) =>
        $$"""{"iss":"{{teamId}}","iat":{{issued.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture)}}}""";

    internal static string Signed(ApnsEmulator emulator, string header, string claims)
    {
        using var key = ECDsa.Create();
        key.ImportFromPem(emulator.ExportSigningKey());
        return Signed(key, header, claims);
    }

    internal static string Signed(ECDsa key, string header, string claims, DSASignatureFormat format = DSASignatureFormat.IeeeP1363FixedFieldConcatenation)
    {
        string text = $"{Encode(header)}.{Encode(claims)}";
        return $"{text}.{Base64Url.EncodeToString(key.SignData(Encoding.ASCII.GetBytes(text), HashAlgorithmName.SHA256, format))}";
    }

    internal static string Encode(string json) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json));
}
