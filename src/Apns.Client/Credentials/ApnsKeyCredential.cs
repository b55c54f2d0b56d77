using System;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Threading;

namespace Apns.Client;

/// <summary>
/// Token-based trust: an APNs signing key (.p8) with its key id and team id. Supports every push type.
/// The key stays in memory as an <see cref="ECDsa"/> object; nothing gives it back. Thread-safe.
/// </summary>
public sealed class ApnsKeyCredential : ApnsCredential
{
    private const string PemBegin = "-----BEGIN PRIVATE KEY-----";
    private const string PemEnd = "-----END PRIVATE KEY-----";

    private readonly Lock _signing = new();
    private readonly ECDsa _key;

    /// <summary>Takes the key's text.</summary>
    /// <param name="key">
    /// What the .p8 file holds, PEM; or base64 of its PKCS#8 or of the whole file. Line ends, blanks and a byte order mark
    /// do no harm. It is only read; whoever gives it clears it.
    /// </param>
    /// <param name="keyId">The key's id, ten letters and digits.</param>
    /// <param name="teamId">The developer team's id, ten letters and digits.</param>
    /// <exception cref="ApnsException"><see cref="ApnsErrorKind.InvalidKey"/>: not an ES256 key, or an id is malformed.</exception>
    public ApnsKeyCredential(ReadOnlySpan<char> key, string keyId, string teamId)
    {
        KeyId = CheckKeyId(keyId);
        TeamId = CheckTeamId(teamId);
        _key = ImportText(key);
    }

    /// <summary>Takes the key's bytes.</summary>
    /// <param name="key">PKCS#8 in DER, or text in UTF-8 as the other constructor takes it. It is only read; whoever gives it clears it.</param>
    /// <param name="keyId">The key's id, ten letters and digits.</param>
    /// <param name="teamId">The developer team's id, ten letters and digits.</param>
    /// <exception cref="ApnsException"><see cref="ApnsErrorKind.InvalidKey"/>: not an ES256 key, or an id is malformed.</exception>
    public ApnsKeyCredential(ReadOnlySpan<byte> key, string keyId, string teamId)
    {
        KeyId = CheckKeyId(keyId);
        TeamId = CheckTeamId(teamId);
        _key = ImportBytes(key);
    }

    /// <summary>The key's id.</summary>
    public string KeyId { get; }

    /// <summary>The team's id.</summary>
    public string TeamId { get; }

    /// <summary>Reads the key from a file.</summary>
    /// <param name="path">The .p8 file, or one with any other form of the key that the constructors take.</param>
    /// <param name="keyId">The key's id.</param>
    /// <param name="teamId">The team's id.</param>
    /// <returns>The credential.</returns>
    /// <exception cref="ApnsException"><see cref="ApnsErrorKind.InvalidKey"/>: the file cannot be read or holds no ES256 key.</exception>
    public static ApnsKeyCredential FromFile(string path, string keyId, string teamId)
    {
        using SecretBuffer<byte> file = SecretFile.Read(path, "key file", ApnsErrorKind.InvalidKey);
        try
        {
            return new ApnsKeyCredential(file.Span, keyId, teamId);
        }
        catch (ApnsException e) when (e.Kind == ApnsErrorKind.InvalidKey && e.InnerException is not null)
        {
            throw new ApnsException(ApnsErrorKind.InvalidKey, $"The file '{path}' is not an APNs signing key. {e.Message}", e.InnerException);
        }
    }

    /// <summary>Says which key it is, not what it holds.</summary>
    /// <returns>Key id and team id.</returns>
    public override string ToString() => $"key {KeyId} of team {TeamId}";

    internal override ProviderToken IssueProviderToken(DateTimeOffset now)
    {
        // The ids are letters and digits, so nothing in here needs escaping.
        long issuedAt = now.ToUnixTimeSeconds();
        string header = Base64Url.EncodeToString(Encoding.ASCII.GetBytes($$"""{"alg":"ES256","kid":"{{KeyId}}"}"""));
        string claims = Base64Url.EncodeToString(Encoding.ASCII.GetBytes($$"""{"iss":"{{TeamId}}","iat":{{issuedAt}}}"""));
        byte[] signed = Encoding.ASCII.GetBytes($"{header}.{claims}");
        byte[] signature;
        lock (_signing) signature = _key.SignData(signed, HashAlgorithmName.SHA256);
        string token = $"bearer {header}.{claims}.{Base64Url.EncodeToString(signature)}";
        return new ProviderToken(Encoding.ASCII.GetBytes(token), DateTimeOffset.FromUnixTimeSeconds(issuedAt));
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing) => _key.Dispose();

    private static ECDsa ImportText(ReadOnlySpan<char> text)
    {
        text = text.Trim().TrimStart('\uFEFF').Trim();
        int begin = text.IndexOf(PemBegin);
        int end = text.IndexOf(PemEnd);
        bool isPem = begin >= 0 && end >= begin + PemBegin.Length;
        if (isPem) text = text[(begin + PemBegin.Length)..end];
        else if (text.Contains("-----BEGIN", StringComparison.Ordinal)) throw NotAKey("The key is another kind of PEM.", null);

        // Convert skips white space of any kind, CR and LF among it.
        using var bytes = new SecretBuffer<byte>(new byte[text.Length]);
        if (!Convert.TryFromBase64Chars(text, bytes.Span, out int length)) throw NotAKey("The key is neither PEM nor base64.", null);
        ReadOnlySpan<byte> decoded = bytes.Span[..length];
        if (decoded.IsEmpty) throw NotAKey("The key is empty.", null);

        // Base64 of the whole file is what many keep in a vault or a pipeline's variable. Each round is shorter.
        return isPem ? ImportPkcs8(decoded) : ImportBytes(decoded);
    }

    private static ECDsa ImportBytes(ReadOnlySpan<byte> bytes)
    {
        // DER begins with SEQUENCE, which in text is the digit 0; but no text has the zero of PKCS#8's version.
        if (bytes is [0x30, ..] && bytes.Contains((byte)0)) return ImportPkcs8(bytes);
        using SecretBuffer<char> text = SecretBuffer.FromUtf8(bytes);
        return ImportText(text.Span);
    }

    private static ECDsa ImportPkcs8(ReadOnlySpan<byte> pkcs8)
    {
        var key = ECDsa.Create();
        try
        {
            key.ImportPkcs8PrivateKey(pkcs8, out _);
            if (key.KeySize != 256) throw NotAKey($"The key is a {key.KeySize}-bit one; APNs uses ES256.", null);
            if (!IsP256(key)) throw NotAKey("The key is on another curve than P-256; APNs uses ES256.", null);
            return key;
        }
        catch (Exception e) when (e is CryptographicException or PlatformNotSupportedException)
        {
            // The latter of a curve that the system does not know.
            key.Dispose();
            throw NotAKey("The key is no elliptic-curve private key that this system knows.", e);
        }
        catch (ApnsException)
        {
            key.Dispose();
            throw;
        }
    }

    private static bool IsP256(ECDsa key)
    {
        // Systems name the curve by its identifier or by a name of their own; one that is spelled out has none.
        ECCurve curve = key.ExportParameters(includePrivateParameters: false).Curve;
        return curve.IsNamed && (curve.Oid.Value is "1.2.840.10045.3.1.7" || curve.Oid.FriendlyName is "nistP256" or "ECDSA_P256");
    }

    private static ApnsException NotAKey(string what, Exception? cause) =>
        new(ApnsErrorKind.InvalidKey, $"{what} Use the AuthKey_<key id>.p8 file as downloaded from the developer account.", cause ?? new FormatException(what));

    private static string CheckKeyId(string id) => CheckId(id, "key id", "It is part of the key's file name, AuthKey_<key id>.p8.");

    private static string CheckTeamId(string id) => CheckId(id, "team id", "It is shown on the membership page of the developer account.");

    private static string CheckId(string id, string name, string hint)
    {
        ArgumentNullException.ThrowIfNull(id);
        bool valid = id.Length == 10;
        foreach (char c in id) valid &= char.IsAsciiLetterOrDigit(c);
        return valid ? id : throw new ApnsException(ApnsErrorKind.InvalidKey, $"The {name} '{id}' is not ten letters and digits. {hint}");
    }
}
