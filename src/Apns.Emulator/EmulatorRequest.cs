using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using Apns.Http2;

namespace Apns.Emulator;

/// <summary>The headers that APNs looks at.</summary>
internal enum RequestField
{
    Method,
    Path,
    Authorization,
    Topic,
    PushType,
    Priority,
    Expiration,
    Id,
    CollapseId,
    ChannelId,
    RequestId,
    Expect,
}

/// <summary>One request while it comes in. Field values lie one after the other in a buffer that is kept for the next.</summary>
internal sealed class EmulatorRequest
{
    // More than any payload may have is not kept, only counted.
    private const int KeptBody = 8192;

    private static readonly int FieldCount = Enum.GetValues<RequestField>().Length;

    private readonly ByteBuffer _values = new(512);
    private readonly (int Start, int Length)[] _fields = new (int, int)[FieldCount];
    private readonly HashSet<string> _unknown = new(StringComparer.Ordinal);
    private readonly bool _keepsHeaders;

    /// <param name="keepsHeaders">Whether every header is kept as text, for somebody to look at.</param>
    public EmulatorRequest(bool keepsHeaders) => _keepsHeaders = keepsHeaders;

    /// <summary>The body, or its beginning when it is longer than any may be.</summary>
    public ByteBuffer Body { get; } = new(512);

    public int BodyLength { get; private set; }

    /// <summary>Whether a header of APNs came twice, one that it does not know included.</summary>
    public bool Duplicate { get; private set; }

    /// <summary>Whether its sender waits to be told to send the body (RFC 9110 section 10.1.1).</summary>
    public bool ExpectsContinue => Ascii.EqualsIgnoreCase(Get(RequestField.Expect), "100-continue"u8);

    /// <summary>All headers in their order if they are kept; those that came several times are joined with commas.</summary>
    public OrderedDictionary<string, string> Headers { get; private set; } = [];

    public void Clear()
    {
        _values.Clear();
        Array.Clear(_fields);
        _unknown.Clear();
        Body.Clear();
        BodyLength = 0;
        Duplicate = false;
        if (_keepsHeaders) Headers = [];
    }

    public void Add(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        if (_keepsHeaders) Keep(Encoding.ASCII.GetString(name), Encoding.UTF8.GetString(value));
        if (FieldOf(name) is not { } field)
        {
            if (name.StartsWith("apns-"u8)) Duplicate |= !_unknown.Add(Encoding.ASCII.GetString(name));
            return;
        }

        ref (int Start, int Length) place = ref _fields[(int)field];
        Duplicate |= place.Start > 0;

        // Starts count from 1, so that 0 says that the field is absent and an empty value is not.
        place = (_values.Length + 1, value.Length);
        _values.Write(value);
    }

    public void AddBody(ReadOnlySpan<byte> data)
    {
        BodyLength += data.Length;
        Body.Write(data[..Math.Min(data.Length, KeptBody - Body.Length)]);
    }

    public bool Has(RequestField field) => _fields[(int)field].Start > 0;

    /// <summary>The field's value; empty when it is absent.</summary>
    public ReadOnlySpan<byte> Get(RequestField field)
    {
        (int start, int length) = _fields[(int)field];
        return start == 0 ? default : _values.WrittenSpan.Slice(start - 1, length);
    }

    private static RequestField? FieldOf(ReadOnlySpan<byte> name) => name.Length switch
    {
        7 when name.SequenceEqual(":method"u8) => RequestField.Method,
        5 when name.SequenceEqual(":path"u8) => RequestField.Path,
        13 when name.SequenceEqual("authorization"u8) => RequestField.Authorization,
        10 when name.SequenceEqual("apns-topic"u8) => RequestField.Topic,
        14 when name.SequenceEqual("apns-push-type"u8) => RequestField.PushType,
        13 when name.SequenceEqual("apns-priority"u8) => RequestField.Priority,
        15 when name.SequenceEqual("apns-expiration"u8) => RequestField.Expiration,
        7 when name.SequenceEqual("apns-id"u8) => RequestField.Id,
        16 when name.SequenceEqual("apns-collapse-id"u8) => RequestField.CollapseId,
        15 when name.SequenceEqual("apns-channel-id"u8) => RequestField.ChannelId,
        15 when name.SequenceEqual("apns-request-id"u8) => RequestField.RequestId,
        6 when name.SequenceEqual("expect"u8) => RequestField.Expect,
        _ => null,
    };

    /// <summary>Of a provider token nothing but its scheme is kept.</summary>
    private static string Redact(string authorization)
    {
        int scheme = authorization.IndexOf(' ', StringComparison.Ordinal);
        return scheme > 0 && authorization[..scheme].All(char.IsAsciiLetter) ? authorization[..scheme] : "";
    }

    private void Keep(string name, string value)
    {
        string kept = name == "authorization" ? Redact(value) : value;
        Headers[name] = Headers.TryGetValue(name, out string? before) ? $"{before}, {kept}" : kept;
    }
}
