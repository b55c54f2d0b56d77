using System;
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
}

/// <summary>One request while it comes in. Field values lie one after the other in a buffer that is kept for the next.</summary>
internal sealed class EmulatorRequest
{
    // More than any payload may have is not kept, only counted.
    private const int KeptBody = 8192;

    private static readonly int FieldCount = Enum.GetValues<RequestField>().Length;

    private readonly ByteBuffer _values = new(512);
    private readonly (int Start, int Length)[] _fields = new (int, int)[FieldCount];

    public ByteBuffer Body { get; } = new(512);

    public int BodyLength { get; private set; }

    /// <summary>Whether a header that APNs looks at came twice.</summary>
    public bool Duplicate { get; private set; }

    public void Clear()
    {
        _values.Clear();
        Array.Clear(_fields);
        Body.Clear();
        BodyLength = 0;
        Duplicate = false;
    }

    public void Add(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        if (FieldOf(name) is not { } field) return;
        ref (int Start, int Length) place = ref _fields[(int)field];
        Duplicate |= place.Start > 0;

        // Starts count from 1, so that 0 says that the field is absent and an empty value is not.
        place = (_values.Length + 1, value.Length);
        _values.Write(value);
    }

    public void AddBody(ReadOnlySpan<byte> data)
    {
        BodyLength += data.Length;
        if (Body.Length + data.Length <= KeptBody) Body.Write(data);
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
        _ => null,
    };
}
