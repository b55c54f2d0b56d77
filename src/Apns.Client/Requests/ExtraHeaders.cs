using System;
using System.Buffers;
using System.Collections.Generic;
using System.Text;

namespace Apns.Client;

/// <summary>
/// Headers that the caller adds. A name or value that could change the meaning of the request is refused: the fields of
/// the connection (RFC 9113 section 8.2.2), pseudo-headers, and those that a notification has a property for.
/// </summary>
internal static class ExtraHeaders
{
    // Beside ours, which have some 1000 with the provider token, they stay below the 8000 that APNs announces.
    private const int MaxBytes = 4096;

    // RFC 9113 section 6.5.2: what each field counts beside its bytes.
    private const int FieldOverhead = 32;

    private static readonly HashSet<string> Reserved = new(StringComparer.Ordinal)
    {
        "authorization", "host", "content-length", "connection", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade",
        "apns-id", "apns-topic", "apns-push-type", "apns-priority", "apns-expiration", "apns-collapse-id", "apns-channel-id", "apns-request-id",
    };

    // RFC 9110 section 5.6.2: what a field name is made of; HTTP/2 wants it in lower case.
    private static readonly SearchValues<char> NameCharacters = SearchValues.Create("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz");

    /// <exception cref="ApnsException"><see cref="ApnsErrorKind.InvalidNotification"/>: which header cannot be sent, and why.</exception>
    public static List<(string Name, string Value)> Check(IReadOnlyDictionary<string, string>? headers)
    {
        var checkedHeaders = new List<(string, string)>();
        if (headers is null) return checkedHeaders;
        var names = new HashSet<string>(StringComparer.Ordinal);
        int bytes = 0;
        foreach ((string given, string value) in headers)
        {
            string name = given.ToLowerInvariant();
            if (name.Length == 0 || name.AsSpan().ContainsAnyExcept(NameCharacters)) throw Invalid($"'{given}' is no name of a header.");
            if (Reserved.Contains(name)) throw Invalid($"The header '{name}' cannot be added: it is set by the engine, or by a property or parameter of its own.");
            if (!names.Add(name)) throw RequestTemplate.Invalid(ApnsReasons.DuplicateHeaders, $"The header '{name}' is given twice.");
            if (!IsValue(value)) throw Invalid($"The value of the header '{name}' holds a line end or another control character, or begins or ends with a space.");
            bytes += name.Length + Encoding.UTF8.GetByteCount(value) + FieldOverhead;
            checkedHeaders.Add((name, value));
        }

        return bytes <= MaxBytes ? checkedHeaders : throw Invalid($"The added headers have {bytes} bytes, counting {FieldOverhead} more for each as HTTP/2 does; they may have {MaxBytes}.");
    }

    /// <summary>RFC 9113 section 8.2.1 and RFC 9110 section 5.5.</summary>
    private static bool IsValue(string? value)
    {
        if (value is null || value.AsSpan().Trim(" \t").Length != value.Length) return false;
        foreach (char c in value)
        {
            if (char.IsControl(c) && c != '\t') return false;
        }

        return true;
    }

    private static ApnsException Invalid(string what) => new(ApnsErrorKind.InvalidNotification, what);
}
