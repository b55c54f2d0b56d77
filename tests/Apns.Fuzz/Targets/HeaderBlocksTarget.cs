using System;
using System.Collections.Generic;
using Apns.Http2;
using Apns.Http2.Hpack;

namespace Apns.Fuzz;

/// <summary>
/// Header blocks of one connection, each behind a byte that gives its length. What is decoded can be encoded, and
/// comes back the same; nothing but the protocol error comes out, and no list is longer than was allowed.
/// </summary>
internal sealed class HeaderBlocksTarget : FuzzTarget
{
    private const int MaxList = 2000;

    public override string Name => "header-blocks";

    public override int PieceLength(ReadOnlySpan<byte> input, int at) => Math.Min(input.Length - at, 1 + input[at]);

    public override void Run(ReadOnlySpan<byte> input)
    {
        var decoder = new HpackDecoder(maxHeaderListSize: MaxList);
        var encoder = new HpackEncoder();
        var second = new HpackDecoder(maxHeaderListSize: MaxList);
        var fields = new Fields();
        var again = new Fields();
        var block = new ByteBuffer();
        try
        {
            while (!input.IsEmpty)
            {
                int length = Math.Min(input[0], input.Length - 1);
                fields.List.Clear();
                decoder.Decode(input.Slice(1, length), fields);
                input = input[(1 + length)..];
                Promise(fields.Size <= MaxList, "a list has its largest size");

                block.Clear();
                again.List.Clear();
                encoder.BeginBlock(block);
                int number = 0;
                foreach ((string name, string value) in fields.List) encoder.Encode(block, Fields.Bytes(name), Fields.Bytes(value), (HeaderIndexing)(number++ % 3));
                Promise(second.Decode(block.WrittenSpan, again), "a list that fits fits again");
                Promise(fields.List.Count == again.List.Count, "as many fields come back");
                for (int i = 0; i < again.List.Count; i++) Promise(fields.List[i] == again.List[i], "a field comes back the same");
            }
        }
        catch (Http2ConnectionException e)
        {
            Promise(e.ErrorCode == Http2ErrorCode.CompressionError, "a malformed block is a compression error");
        }
    }

    private sealed class Fields : IHeaderSink
    {
        public List<(string Name, string Value)> List { get; } = [];

        public int Size
        {
            get
            {
                int size = 0;
                foreach ((string name, string value) in List) size += name.Length + value.Length + 32;
                return size;
            }
        }

        public static byte[] Bytes(string text) => System.Text.Encoding.Latin1.GetBytes(text);

        public void OnHeader(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value) =>
            List.Add((System.Text.Encoding.Latin1.GetString(name), System.Text.Encoding.Latin1.GetString(value)));
    }
}
