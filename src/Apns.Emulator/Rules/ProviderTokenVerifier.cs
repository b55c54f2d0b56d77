using System;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Apns.Emulator;

/// <summary>
/// Judges the provider tokens of one connection as Apple does ("Establishing a token-based connection to APNs"):
/// signature, key, team, age, and at most one change in a third of a token's life, which is 20 minutes at Apple.
/// </summary>
internal sealed class ProviderTokenVerifier
{
    private static readonly TimeSpan MaxAhead = TimeSpan.FromHours(1);

    private readonly ECDsa _key;
    private readonly string _keyId;
    private readonly string _teamId;
    private readonly TimeSpan _lifetime;
    private byte[] _accepted = [];
    private DateTimeOffset _acceptedIssue;
    private DateTimeOffset _acceptedAt;

    public ProviderTokenVerifier(ECDsa key, string keyId, string teamId, TimeSpan lifetime)
    {
        _key = key;
        _keyId = keyId;
        _teamId = teamId;
        _lifetime = lifetime;
    }

    /// <summary>Whether a valid token was seen.</summary>
    public bool HasAccepted => _accepted.Length > 0;

    /// <summary>The reason to refuse the authorization header's value, or null.</summary>
    public string? Verify(ReadOnlySpan<byte> authorization, DateTimeOffset now)
    {
        // One token serves a whole connection: its signature is checked once, its age each time.
        if (HasAccepted && authorization.SequenceEqual(_accepted)) return CheckAge(_acceptedIssue, now);
        if (!TryRead(authorization, out DateTimeOffset issued)) return "InvalidProviderToken";
        if (CheckAge(issued, now) is { } reason) return reason;
        if (HasAccepted && now - _acceptedAt < _lifetime / 3) return "TooManyProviderTokenUpdates";
        _accepted = authorization.ToArray();
        _acceptedIssue = issued;
        _acceptedAt = now;
        return null;
    }

    private string? CheckAge(DateTimeOffset issued, DateTimeOffset now) =>
        issued - now > MaxAhead ? "InvalidProviderToken" : now - issued > _lifetime ? "ExpiredProviderToken" : null;

    private bool TryRead(ReadOnlySpan<byte> authorization, out DateTimeOffset issued)
    {
        issued = default;
        string text = Encoding.ASCII.GetString(authorization);
        if (!text.StartsWith("bearer ", StringComparison.OrdinalIgnoreCase)) return false;
        string[] parts = text[7..].Split('.');
        if (parts.Length != 3) return false;
        try
        {
            using JsonDocument header = JsonDocument.Parse(Base64Url.DecodeFromChars(parts[0]));
            using JsonDocument claims = JsonDocument.Parse(Base64Url.DecodeFromChars(parts[1]));
            bool right = Is(header, "alg", "ES256") && Is(header, "kid", _keyId) && Is(claims, "iss", _teamId)
                && claims.RootElement.TryGetProperty("iat", out JsonElement iat) && iat.TryGetInt64(out long seconds)
                && TryDate(seconds, out issued);
            return right && _key.VerifyData(
                Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}"), Base64Url.DecodeFromChars(parts[2]), HashAlgorithmName.SHA256);
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException or CryptographicException)
        {
            return false;
        }
    }

    private static bool Is(JsonDocument json, string name, string value) =>
        json.RootElement.TryGetProperty(name, out JsonElement element) && element.ValueKind == JsonValueKind.String && element.ValueEquals(value);

    private static bool TryDate(long seconds, out DateTimeOffset date)
    {
        bool possible = seconds is > 0 and < 253_402_300_800;
        date = possible ? DateTimeOffset.FromUnixTimeSeconds(seconds) : default;
        return possible;
    }
}
