using System;
using System.Linq;
using System.Text;

using Apns.Http2.Hpack;

using Xunit;

namespace Apns.Http2.Tests.Hpack;

/// <summary>The examples of RFC 7541 appendix C. (C.1 is in <see cref="HpackIntegerTests"/>.)</summary>
public class Rfc7541ExamplesTests
{
    private static readonly string[][] RequestHeaders =
    [
        [":method: GET", ":scheme: http", ":path: /", ":authority: www.example.com"],
        [":method: GET", ":scheme: http", ":path: /", ":authority: www.example.com", "cache-control: no-cache"],
        [
            ":method: GET", ":scheme: https", ":path: /index.html", ":authority: www.example.com",
            "custom-key: custom-value",
        ],
    ];

    private static readonly (int Size, string[] Entries)[] RequestTables =
    [
        (57, [":authority: www.example.com"]),
        (110, ["cache-control: no-cache", ":authority: www.example.com"]),
        (164, ["custom-key: custom-value", "cache-control: no-cache", ":authority: www.example.com"]),
    ];

    private static readonly string[] PlainRequests =
    [
        "8286 8441 0f77 7777 2e65 7861 6d70 6c65 2e63 6f6d",
        "8286 84be 5808 6e6f 2d63 6163 6865",
        "8287 85bf 400a 6375 7374 6f6d 2d6b 6579 0c63 7573 746f 6d2d 7661 6c75 65",
    ];

    private static readonly string[] HuffmanRequests =
    [
        "8286 8441 8cf1 e3c2 e5f2 3a6b a0ab 90f4 ff",
        "8286 84be 5886 a8eb 1064 9cbf",
        "8287 85bf 4088 25a8 49e9 5ba9 7d7f 8925 a849 e95b b8e8 b4bf",
    ];

    private static readonly string[][] ResponseHeaders =
    [
        [
            ":status: 302", "cache-control: private", "date: Mon, 21 Oct 2013 20:13:21 GMT",
            "location: https://www.example.com",
        ],
        [
            ":status: 307", "cache-control: private", "date: Mon, 21 Oct 2013 20:13:21 GMT",
            "location: https://www.example.com",
        ],
        [
            ":status: 200", "cache-control: private", "date: Mon, 21 Oct 2013 20:13:22 GMT",
            "location: https://www.example.com", "content-encoding: gzip",
            "set-cookie: foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1",
        ],
    ];

    private static readonly (int Size, string[] Entries)[] ResponseTables =
    [
        (222, [
            "location: https://www.example.com", "date: Mon, 21 Oct 2013 20:13:21 GMT", "cache-control: private",
            ":status: 302",
        ]),
        (222, [
            ":status: 307", "location: https://www.example.com", "date: Mon, 21 Oct 2013 20:13:21 GMT",
            "cache-control: private",
        ]),
        (215, [
            "set-cookie: foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1", "content-encoding: gzip",
            "date: Mon, 21 Oct 2013 20:13:22 GMT",
        ]),
    ];

    private static readonly string[] PlainResponses =
    [
        """
        4803 3330 3258 0770 7269 7661 7465 611d 4d6f 6e2c 2032 3120 4f63 7420 3230 3133 2032 303a 3133 3a32 3120 474d
        546e 1768 7474 7073 3a2f 2f77 7777 2e65 7861 6d70 6c65 2e63 6f6d
        """,
        "4803 3330 37c1 c0bf",
        """
        88c1 611d 4d6f 6e2c 2032 3120 4f63 7420 3230 3133 2032 303a 3133 3a32 3220 474d 54c0 5a04 677a 6970 7738 666f
        6f3d 4153 444a 4b48 514b 425a 584f 5157 454f 5049 5541 5851 5745 4f49 553b 206d 6178 2d61 6765 3d33 3630 303b
        2076 6572 7369 6f6e 3d31
        """,
    ];

    private static readonly string[] HuffmanResponses =
    [
        """
        4882 6402 5885 aec3 771a 4b61 96d0 7abe 9410 54d4 44a8 2005 9504 0b81 66e0 82a6 2d1b ff6e 919d 29ad 1718 63c7
        8f0b 97c8 e9ae 82ae 43d3
        """,
        "4883 640e ffc1 c0bf",
        """
        88c1 6196 d07a be94 1054 d444 a820 0595 040b 8166 e084 a62d 1bff c05a 839b d9ab 77ad 94e7 821d d7f2 e6c7 b335
        dfdf cd5b 3960 d5af 2708 7f36 72c1 ab27 0fb5 291f 9587 3160 65c0 03ed 4ee5 b106 3d50 07
        """,
    ];

    [Fact]
    public void C2_decoding()
    {
        var decoder = new HpackDecoder();
        Assert.Equal(["custom-key: custom-header"],
            HeaderList.Decode(decoder, Bytes("400a 6375 7374 6f6d 2d6b 6579 0d63 7573 746f 6d2d 6865 6164 6572")));
        Assert.Equal(["custom-key: custom-header"], HeaderList.Entries(decoder.Table));
        Assert.Equal(55, decoder.Table.Size);

        decoder = new HpackDecoder();
        Assert.Equal([":path: /sample/path"],
            HeaderList.Decode(decoder, Bytes("040c 2f73 616d 706c 652f 7061 7468")));
        Assert.Equal(["password: secret"],
            HeaderList.Decode(decoder, Bytes("1008 7061 7373 776f 7264 0673 6563 7265 74")));
        Assert.Equal([":method: GET"], HeaderList.Decode(decoder, Bytes("82")));
        Assert.Equal(0, decoder.Table.Count);
    }

    [Fact]
    public void C3_decoding() => Decodes(new HpackDecoder(), PlainRequests, RequestHeaders, RequestTables);

    [Fact]
    public void C4_decoding() => Decodes(new HpackDecoder(), HuffmanRequests, RequestHeaders, RequestTables);

    [Fact]
    public void C5_decoding() => Decodes(new HpackDecoder(256), PlainResponses, ResponseHeaders, ResponseTables);

    [Fact]
    public void C6_decoding() => Decodes(new HpackDecoder(256), HuffmanResponses, ResponseHeaders, ResponseTables);

    // C.2.1 to C.2.3, C.3 and C.5 have plain strings where ours are in Huffman code: those have nothing to compare.
    [Fact]
    public void C2_4_encoding()
    {
        var output = new ByteBuffer();
        Encode(new HpackEncoder(), output, ":method: GET");
        Assert.Equal(Bytes("82"), output.WrittenSpan);
    }

    [Fact]
    public void C4_encoding() => Encodes(new HpackEncoder(), HuffmanRequests, RequestHeaders, RequestTables);

    [Fact]
    public void C6_encoding()
    {
        var encoder = new HpackEncoder(256);
        var output = new ByteBuffer();

        // The appendix takes the table size as known; we have to signal it.
        encoder.BeginBlock(output);
        Assert.Equal(Bytes("3fe101"), output.WrittenSpan);

        // The appendix has "307" in Huffman code, which is no shorter; ours is plain then.
        string[] blocks = [HuffmanResponses[0], "4803 3330 37c1 c0bf", HuffmanResponses[2]];
        Encodes(encoder, blocks, ResponseHeaders, ResponseTables);
    }

    private static void Decodes(
        HpackDecoder decoder, string[] blocks, string[][] headers, (int Size, string[] Entries)[] tables)
    {
        for (int i = 0; i < blocks.Length; i++)
        {
            Assert.Equal(headers[i], HeaderList.Decode(decoder, Bytes(blocks[i])));
            Assert.Equal(tables[i].Entries, HeaderList.Entries(decoder.Table));
            Assert.Equal(tables[i].Size, decoder.Table.Size);
        }
    }

    private static void Encodes(
        HpackEncoder encoder, string[] blocks, string[][] headers, (int Size, string[] Entries)[] tables)
    {
        var output = new ByteBuffer();
        for (int i = 0; i < blocks.Length; i++)
        {
            output.Clear();
            encoder.BeginBlock(output);
            foreach (string line in headers[i]) Encode(encoder, output, line);
            Assert.Equal(Convert.ToHexStringLower(Bytes(blocks[i])), Convert.ToHexStringLower(output.WrittenSpan));
            Assert.Equal(tables[i].Entries, HeaderList.Entries(encoder.Table));
            Assert.Equal(tables[i].Size, encoder.Table.Size);
        }
    }

    private static void Encode(HpackEncoder encoder, ByteBuffer output, string line)
    {
        int colon = line.IndexOf(": ", StringComparison.Ordinal);
        encoder.Encode(output, Encoding.ASCII.GetBytes(line[..colon]), Encoding.ASCII.GetBytes(line[(colon + 2)..]),
            HeaderIndexing.Incremental);
    }

    private static byte[] Bytes(string hex) => HeaderList.Hex(string.Concat(hex.Where(char.IsAsciiHexDigit)));
}
