using System;
using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace Apns.Http2;

/// <summary>
/// Holds a header block against RFC 9113 sections 8.1.1, 8.2 and 8.3: what makes a request or response malformed.
/// One object serves a whole session; <see cref="Begin"/> starts it anew for each block.
/// </summary>
internal sealed class HeaderValidator
{
    // Section 8.2.1: no controls, no space, no upper case, nothing beyond ASCII; the colon is looked at apart.
    private static readonly SearchValues<byte> BadInName = SearchValues.Create(BadNameBytes());
    private static readonly SearchValues<byte> BadInValue = SearchValues.Create("\0\r\n"u8);

    [Flags]
    private enum Seen
    {
        None = 0,
        Method = 1,
        Scheme = 2,
        Authority = 4,
        Path = 8,
        Status = 16,
    }

    private readonly bool _foldsNames;
    private BlockKind _kind;
    private Seen _seen;
    private bool _regular;
    private bool _connect;

    /// <param name="foldsNames">
    /// Whether the names of fields may come with upper-case letters, which are made small. Section 8.2.1 calls such a
    /// message malformed; but who loses an answer for it asks again, and then the same thing may be done twice.
    /// </param>
    public HeaderValidator(bool foldsNames) => _foldsNames = foldsNames;

    public enum BlockKind
    {
        Request,
        Response,
        Trailers,
    }

    /// <summary>What is wrong with the block, or null.</summary>
    public string? Malformed { get; private set; }

    /// <summary>The content-length field, or -1.</summary>
    public long ContentLength { get; private set; }

    /// <summary>Whether :status is 1xx: another header block follows.</summary>
    public bool Interim { get; private set; }

    /// <summary>Whether :status says that there is no content, whatever content-length tells (section 8.1.1).</summary>
    public bool NoContent { get; private set; }

    public void Begin(BlockKind kind)
    {
        _kind = kind;
        _seen = Seen.None;
        _regular = _connect = false;
        Malformed = null;
        ContentLength = -1;
        Interim = NoContent = false;
    }

    /// <summary>Looks at one field; true as long as the block is well-formed.</summary>
    /// <param name="name">The name; where it may have upper-case letters and has them, it is replaced by one in lower case.</param>
    /// <param name="value">The value.</param>
    public bool Check(ref ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        if (Malformed is not null) return false;
        if (name.IsEmpty) Malformed = "a field name is empty";
        else if (name[0] == (byte)':') CheckPseudo(name, value);
        else CheckRegular(ref name, value);
        if (Malformed is null && (value.ContainsAny(BadInValue) || HasOuterSpace(value))) Malformed = "a field value holds bytes that are not allowed";
        return Malformed is null;
    }

    /// <summary>Looks at the block as a whole; true when it is well-formed.</summary>
    public bool End()
    {
        if (Malformed is not null) return false;
        switch (_kind)
        {
            case BlockKind.Request when _connect:
                if (_seen != (Seen.Method | Seen.Authority)) Malformed = "a CONNECT request has :method and :authority only";
                break;
            case BlockKind.Request:
                if ((_seen & ~Seen.Authority) != (Seen.Method | Seen.Scheme | Seen.Path)) Malformed = "a request needs :method, :scheme and :path";
                break;
            case BlockKind.Response:
                if (_seen != Seen.Status) Malformed = "a response needs :status";
                break;
            default:
                break;
        }

        return Malformed is null;
    }

    private void CheckPseudo(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        Seen field = _kind switch
        {
            BlockKind.Response => name.SequenceEqual(":status"u8) ? Seen.Status : Seen.None,
            BlockKind.Request when name.SequenceEqual(":method"u8) => Seen.Method,
            BlockKind.Request when name.SequenceEqual(":scheme"u8) => Seen.Scheme,
            BlockKind.Request when name.SequenceEqual(":path"u8) => Seen.Path,
            BlockKind.Request when name.SequenceEqual(":authority"u8) => Seen.Authority,
            _ => Seen.None,
        };

        if (field == Seen.None) Malformed = "a pseudo-header is not allowed here";
        else if (_regular) Malformed = "a pseudo-header follows a regular field";
        else if ((_seen & field) != 0) Malformed = "a pseudo-header is repeated";
        else if (field is Seen.Method or Seen.Scheme or Seen.Path && value.IsEmpty) Malformed = "a pseudo-header is empty";
        else if (field == Seen.Status) CheckStatus(value);
        _seen |= field;
        if (field == Seen.Method) _connect = value.SequenceEqual("CONNECT"u8);
    }

    private void CheckStatus(ReadOnlySpan<byte> value)
    {
        if (value.Length != 3 || !Utf8Parser.TryParse(value, out int status, out int digits) || digits != 3 || status < 100)
        {
            Malformed = ":status is not a status code";
        }
        else if (status == 101)
        {
            // Section 8.6: there is no protocol upgrade in HTTP/2.
            Malformed = "status 101 does not exist in HTTP/2";
        }
        else
        {
            Interim = status < 200;
            NoContent = status is 204 or 304;
        }
    }

    private void CheckRegular(ref ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        _regular = true;
        if (name.ContainsAny(BadInName) && !TryFold(ref name))
        {
            Malformed = "a field name holds bytes that are not allowed";
            return;
        }

        // Section 8.2.2: what only makes sense on an HTTP/1.1 connection.
        switch (name[0])
        {
            case (byte)'c' when name.SequenceEqual("connection"u8):
            case (byte)'k' when name.SequenceEqual("keep-alive"u8):
            case (byte)'p' when name.SequenceEqual("proxy-connection"u8):
            case (byte)'t' when name.SequenceEqual("transfer-encoding"u8):
            case (byte)'t' when name.SequenceEqual("te"u8) && !value.SequenceEqual("trailers"u8):
            case (byte)'u' when name.SequenceEqual("upgrade"u8):
                Malformed = "a connection-specific field is not allowed in HTTP/2";
                break;
            case (byte)'c' when name.SequenceEqual("content-length"u8):
                CheckContentLength(value);
                break;
            default:
                break;
        }
    }

    /// <summary>Makes upper-case letters small, if that is all that is wrong with the name.</summary>
    private bool TryFold(ref ReadOnlySpan<byte> name)
    {
        if (!_foldsNames) return false;
        byte[] folded = new byte[name.Length];
        Ascii.ToLower(name, folded, out _);
        name = folded;
        return !name.ContainsAny(BadInName);
    }

    private void CheckContentLength(ReadOnlySpan<byte> value)
    {
        bool digitsOnly = value.Length is > 0 and < 19 && !value.ContainsAnyExceptInRange((byte)'0', (byte)'9');
        if (!digitsOnly || !Utf8Parser.TryParse(value, out long length, out _)) Malformed = "content-length is not a number";
        else if (ContentLength >= 0 && ContentLength != length) Malformed = "content-length contradicts itself";
        else ContentLength = length;
    }

    private static bool HasOuterSpace(ReadOnlySpan<byte> value) =>
        !value.IsEmpty && (value[0] is (byte)' ' or (byte)'\t' || value[^1] is (byte)' ' or (byte)'\t');

    private static byte[] BadNameBytes()
    {
        var bad = new System.Collections.Generic.List<byte>();
        for (int b = 0; b < 256; b++)
        {
            if (b is <= 0x20 or (>= 'A' and <= 'Z') or >= 0x7f or ':') bad.Add((byte)b);
        }

        return bad.ToArray();
    }
}
