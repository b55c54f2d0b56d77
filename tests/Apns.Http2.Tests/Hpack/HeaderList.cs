using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;

using Apns.Http2.Hpack;

namespace Apns.Http2.Tests.Hpack;

/// <summary>A sink that keeps what it gets as "name: value" lines, one character for each byte.</summary>
internal sealed class HeaderList : IHeaderSink
{
    internal List<string> Lines { get; } = [];

    public void OnHeader(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value) => Lines.Add(Line(name, value));

    /// <summary>Decodes one block and gives its lines; the list must not be too large.</summary>
    internal static string[] Decode(HpackDecoder decoder, ReadOnlySpan<byte> block)
    {
        var list = new HeaderList();
        if (!decoder.Decode(block, list)) throw new InvalidOperationException("The header list is too large.");
        return [.. list.Lines];
    }

    /// <summary>The table's entries, newest first, as RFC 7541 appendix C lists them.</summary>
    internal static string[] Entries(DynamicTable table) =>
        [.. Enumerable.Range(0, table.Count).Select(position =>
        {
            table.Get(position, out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value);
            return Line(name, value);
        })];

    internal static string Line(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value) =>
        Encoding.Latin1.GetString(name) + ": " + Encoding.Latin1.GetString(value);

    /// <summary>Bytes from hexadecimal digits with any spaces between them.</summary>
    internal static byte[] Hex(string digits) => Convert.FromHexString(digits.Replace(" ", "", StringComparison.Ordinal));
}
