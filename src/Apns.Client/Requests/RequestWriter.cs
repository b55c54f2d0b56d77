using System;
using System.Buffers.Text;
using Apns.Http2;
using Apns.Http2.Hpack;

namespace Apns.Client;

/// <summary>
/// Writes requests onto one connection. What a template's requests have in common is header-compressed once: as long as
/// HPACK's table stays as it is, the same bytes mean the same headers, and only path and id are written anew.
/// Guarded by the connection's lock.
/// </summary>
internal sealed class RequestWriter
{
    private const int IdLength = 36;
    private const int SmallestUsefulTable = 256;

    private readonly Http2Session _session;
    private readonly byte[] _authority;
    private readonly Prepared?[] _prepared = new Prepared[8];
    private byte[]? _authorization;
    private int _nextPrepared;

    public RequestWriter(Http2Session session, byte[] authority)
    {
        _session = session;
        _authority = authority;
    }

    /// <summary>The value of the authorization header, or null with a certificate.</summary>
    public byte[]? Authorization
    {
        get => _authorization;
        set
        {
            _authorization = value;
            Array.Clear(_prepared);
        }
    }

    /// <summary>Appends the request's HEADERS and DATA to the session's output.</summary>
    public void Write(ApnsRequest request, Http2Stream stream)
    {
        RequestTemplate template = request.Template!;
        HpackEncoder encoder = _session.Encoder;
        bool hasContent = template.Payload.Length > 0;
        _session.BeginHeaders(stream, endStream: !hasContent);
        ByteBuffer output = _session.Output;
        if (Find(template, encoder.Version) is { } prepared)
        {
            output.Write(prepared.BeforePath);
            WritePath(output, request);
            output.Write(prepared.AfterPath);
            WriteId(output, request.ApnsId);
        }
        else
        {
            WriteAndPrepare(output, encoder, request);
        }

        _session.EndHeaders(stream);
        if (hasContent) _session.SendData(stream, template.Payload, endStream: true);
    }

    private static void WritePath(ByteBuffer output, ApnsRequest request)
    {
        // Literal without indexing, name :path = static index 4: the path is never worth a place in the table.
        output.WriteByte(0x04);
        Span<byte> token = stackalloc byte[HuffmanHexPath.MaxBytes];
        request.Template!.Path.Write(output, token[..DeviceToken.Read(request.HexToken, token)]);
    }

    /// <summary>The value of the id, not Huffman-coded: that would save eleven bytes and cost both sides time.</summary>
    private static void WriteId(ByteBuffer output, Guid id)
    {
        Span<byte> value = output.GetSpan(1 + IdLength);
        value[0] = IdLength;
        Utf8Formatter.TryFormat(id, value[1..], out _);
        output.Advance(1 + IdLength);
    }

    private void WriteAndPrepare(ByteBuffer output, HpackEncoder encoder, ApnsRequest request)
    {
        RequestTemplate template = request.Template!;
        long version = encoder.Version;
        int start = output.Length;
        encoder.Encode(output, ":method"u8, template.Method, HeaderIndexing.Incremental);
        encoder.Encode(output, ":scheme"u8, "https"u8, HeaderIndexing.Incremental);
        encoder.Encode(output, ":authority"u8, _authority, HeaderIndexing.Incremental);
        int pathStart = output.Length;
        WritePath(output, request);
        int pathEnd = output.Length;
        if (_authorization is not null) encoder.Encode(output, "authorization"u8, _authorization, HeaderIndexing.Incremental);
        foreach (TemplateHeader header in template.Headers)
        {
            encoder.Encode(output, header.Name, header.Value, header.Indexed ? HeaderIndexing.Incremental : NameIndexing(encoder, header.Name));
        }

        if (NameIndexing(encoder, template.IdName) == HeaderIndexing.Incremental)
        {
            Span<byte> id = stackalloc byte[IdLength];
            Utf8Formatter.TryFormat(request.ApnsId, id, out _);
            encoder.Encode(output, template.IdName, id, HeaderIndexing.Incremental);
            return;
        }

        encoder.EncodeLiteralPrefix(output, template.IdName, HeaderIndexing.Without);
        int end = output.Length;
        WriteId(output, request.ApnsId);
        if (encoder.Version != version) return;
        _prepared[_nextPrepared] = new Prepared(
            template, version, output.WrittenSpan[start..pathStart].ToArray(), output.WrittenSpan[pathEnd..end].ToArray());
        _nextPrepared = (_nextPrepared + 1) % _prepared.Length;
    }

    /// <summary>
    /// Apple's advice for headers that change with each request: the name goes into the table once, the values never
    /// ("Communicating with APNs", header compression).
    /// </summary>
    private static HeaderIndexing NameIndexing(HpackEncoder encoder, ReadOnlySpan<byte> name) =>
        encoder.TableCapacity < SmallestUsefulTable || encoder.HasName(name) ? HeaderIndexing.Without : HeaderIndexing.Incremental;

    private Prepared? Find(RequestTemplate template, long version)
    {
        foreach (Prepared? prepared in _prepared)
        {
            if (prepared is not null && ReferenceEquals(prepared.Template, template) && prepared.Version == version) return prepared;
        }

        return null;
    }

    private sealed record Prepared(RequestTemplate Template, long Version, byte[] BeforePath, byte[] AfterPath);
}
