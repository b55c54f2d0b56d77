using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Apns.Client;

/// <summary>
/// What makes a notification the same in the next run: headers and payload. Times that a command line takes from the
/// clock do not count (apns-expiration, and those of a Live Activity), nor does the order of an object's members, since
/// a hashtable of PowerShell has another in each process.
/// </summary>
internal static class NotificationFingerprint
{
    /// <summary>Bytes of a fingerprint.</summary>
    public const int Length = SHA256.HashSizeInBytes;

    /// <summary>The fingerprint of what a notification was compiled to.</summary>
    public static byte[] Of(RequestTemplate template)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (TemplateHeader header in template.Headers)
        {
            if (header.Name.AsSpan().SequenceEqual("apns-expiration"u8)) continue;
            Append(hash, header.Name);
            Append(hash, header.Value);
        }

        using JsonDocument payload = JsonDocument.Parse(template.Payload, new JsonDocumentOptions { MaxDepth = template.Payload.Length });
        Append(hash, payload.RootElement, path: "");
        return hash.GetHashAndReset();
    }

    /// <summary>A fingerprint's first eight bytes: enough to tell apart what one token is sent.</summary>
    public static ulong Short(byte[] fingerprint) => BinaryPrimitives.ReadUInt64LittleEndian(fingerprint);

    private static void Append(IncrementalHash hash, JsonElement value, string path)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                var members = new List<JsonProperty>(value.EnumerateObject());
                members.Sort(static (a, b) => string.CompareOrdinal(a.Name, b.Name));
                Append(hash, "{"u8);
                foreach (JsonProperty member in members)
                {
                    if (path == "aps" && member.Name is "timestamp" or "stale-date" or "dismissal-date") continue;
                    Append(hash, Encoding.UTF8.GetBytes(member.Name));
                    Append(hash, member.Value, path.Length == 0 ? member.Name : "/");
                }

                Append(hash, "}"u8);
                break;
            case JsonValueKind.Array:
                Append(hash, "["u8);
                foreach (JsonElement item in value.EnumerateArray()) Append(hash, item, "/");
                Append(hash, "]"u8);
                break;
            default:
                Append(hash, Encoding.UTF8.GetBytes(value.GetRawText()));
                break;
        }
    }

    private static void Append(IncrementalHash hash, ReadOnlySpan<byte> bytes)
    {
        Span<byte> length = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(length, bytes.Length);
        hash.AppendData(length);
        hash.AppendData(bytes);
    }
}
