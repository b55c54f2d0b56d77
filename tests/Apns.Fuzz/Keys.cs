using System;
using System.Security.Cryptography;
using System.Text;
using Apns.Client;

namespace Apns.Fuzz;

/// <summary>What several targets need one of. The key is the corpus's, made for it and for nothing else.</summary>
internal static class Keys
{
    public const string KeyId = "FUZZKEY001";
    public const string TeamId = "FUZZTEAM01";

    public static string Pem { get; } = Encoding.ASCII.GetString(Corpus.Read("keys/key.p8"));

    public static ECDsa Signing { get; } = NewSigning();

    public static ApnsKeyCredential Credential { get; } = new(Pem.AsSpan(), KeyId, TeamId);

    public static string Token { get; } = new('a', 64);

    private static ECDsa NewSigning()
    {
        var key = ECDsa.Create();
        key.ImportFromPem(Pem);
        return key;
    }
}
