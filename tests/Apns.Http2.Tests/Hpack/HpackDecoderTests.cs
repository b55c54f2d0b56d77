using System;
using System.Globalization;
using System.Text;

using Apns.Http2.Hpack;

using Xunit;

namespace Apns.Http2.Tests.Hpack;

public class HpackDecoderTests
{
    [Theory]
    [InlineData("80", "index is 0")]
    [InlineData("be", "beyond the tables")] // 62 in an empty table
    [InlineData("ff00", "beyond the tables")]
    [InlineData("ff80ffffff07", "beyond the tables")] // int.MaxValue
    [InlineData("ff80808080808000", "too many bytes")]
    [InlineData("ffffffffff7f", "too large")]
    [InlineData("7e0161", "beyond the tables")] // Incremental, name index 62
    [InlineData("0f2f0161", "beyond the tables")] // Without, name index 62
    [InlineData("1f2f0161", "beyond the tables")] // Never, name index 62
    [InlineData("ff", "inside an integer")]
    [InlineData("ff80", "inside an integer")]
    [InlineData("7f", "inside an integer")]
    [InlineData("0f", "inside an integer")]
    [InlineData("1f80", "inside an integer")]
    [InlineData("3f", "inside an integer")]
    [InlineData("40", "before a string")]
    [InlineData("400161", "before a string")]
    [InlineData("00", "before a string")]
    [InlineData("10016101", "inside a string")]
    [InlineData("4003616263", "before a string")]
    [InlineData("40046162", "inside a string")]
    [InlineData("407f80ffffff07", "inside a string")]
    [InlineData("407fffffffff7f", "too large")]
    [InlineData("41ff", "inside an integer")]
    [InlineData("4182f1", "inside a string")]
    [InlineData("4181ff", "padding is longer")]
    [InlineData("418100", "padding is not")]
    [InlineData("4184ffffffff", "EOS")]
    [InlineData("408100016100", "padding is not")]
    [InlineData("3fe21f", "exceeds the limit")] // 4097
    [InlineData("3fe0ffffff07", "exceeds the limit")]
    [InlineData("8220", "not at its start")]
    [InlineData("208220", "not at its start")]
    [InlineData("82803f", "index is 0")]
    public void Malformed_blocks_are_compression_errors(string hex, string message)
    {
        var error = Assert.Throws<Http2ConnectionException>(
            () => HeaderList.Decode(new HpackDecoder(), HeaderList.Hex(hex)));
        Assert.Equal(Http2ErrorCode.CompressionError, error.ErrorCode);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_index_is_good_up_to_the_oldest_entry()
    {
        var decoder = new HpackDecoder();
        HeaderList.Decode(decoder, HeaderList.Hex("400161013140016201 32"));
        Assert.Equal(["b: 2", "a: 1"], HeaderList.Decode(decoder, HeaderList.Hex("bebf")));
        AssertError(decoder, "c0");
    }

    [Fact]
    public void The_same_field_may_be_in_the_table_twice()
    {
        var decoder = new HpackDecoder();
        HeaderList.Decode(decoder, HeaderList.Hex("4001610131 4001610131"));
        Assert.Equal(["a: 1", "a: 1"], HeaderList.Decode(decoder, HeaderList.Hex("bebf")));
    }

    [Fact]
    public void An_empty_block_is_an_empty_list()
    {
        Assert.Empty(HeaderList.Decode(new HpackDecoder(), []));
    }

    [Fact]
    public void Literals_without_indexing_and_never_indexed_leave_no_entry()
    {
        var decoder = new HpackDecoder();
        Assert.Equal(["a: 1", "b: 2", ":path: /x", "date: d"],
            HeaderList.Decode(decoder, HeaderList.Hex("0001610131 1001620132 04022f78 1f120164")));
        Assert.Equal(0, decoder.Table.Count);
    }

    [Fact]
    public void A_new_entry_may_take_its_name_from_the_entry_that_it_evicts()
    {
        // 59 bytes: each insertion evicts the one entry that is there, and sooner or later moves the text.
        var decoder = new HpackDecoder(59);
        string name = "apns-unique-id";
        HeaderList.Decode(decoder, [0x40, (byte)name.Length, .. Encoding.ASCII.GetBytes(name), 1, (byte)'0']);
        for (int i = 0; i < 100; i++)
        {
            byte[] value = Encoding.ASCII.GetBytes(i.ToString("d13", CultureInfo.InvariantCulture));
            string line = name + ": " + Encoding.ASCII.GetString(value);
            Assert.Equal([line], HeaderList.Decode(decoder, [0x7E, (byte)value.Length, .. value]));
            Assert.Equal([line], HeaderList.Entries(decoder.Table));
        }
    }

    [Fact]
    public void An_entry_larger_than_the_table_empties_it_without_error()
    {
        var decoder = new HpackDecoder(64);
        HeaderList.Decode(decoder, HeaderList.Hex("4001610131"));
        string value = new('v', 32);
        Assert.Equal(["b: " + value],
            HeaderList.Decode(decoder, [0x40, 1, (byte)'b', 32, .. Encoding.ASCII.GetBytes(value)]));
        Assert.Equal(0, decoder.Table.Count);
        AssertError(decoder, "be");
    }

    [Fact]
    public void Size_updates_evict()
    {
        var decoder = new HpackDecoder();
        HeaderList.Decode(decoder, HeaderList.Hex("4001610131 4001620132 4001630133"));
        Assert.Equal(["c: 3", "b: 2"], HeaderList.Decode(decoder, HeaderList.Hex("3f26 be bf"))); // 69
        Assert.Equal(["c: 3", "b: 2"], HeaderList.Entries(decoder.Table));
        Assert.Empty(HeaderList.Decode(decoder, HeaderList.Hex("20 3fe11f"))); // 0, then 4096
        Assert.Equal((0, 4096), (decoder.Table.Count, decoder.Table.Capacity));
        AssertError(decoder, "be");
    }

    [Fact]
    public void A_lowered_limit_needs_an_update_in_the_next_block()
    {
        // The table has 4096. The limit becomes 100.
        AssertError(Lowered(100), "82");
        AssertError(Lowered(100), "");
        AssertError(Lowered(100), "3f46 82"); // 101
        AssertError(Lowered(100), "82 3f45");
        foreach (string hex in (string[])["3f45 82", "20 82", "20 3f45 82", "3f14 82"])
        {
            HpackDecoder decoder = Lowered(100);
            Assert.Equal([":method: GET"], HeaderList.Decode(decoder, HeaderList.Hex(hex)));

            // Only once.
            Assert.Equal([":method: GET"], HeaderList.Decode(decoder, HeaderList.Hex("82")));
            AssertError(decoder, "3f46");
        }
    }

    [Fact]
    public void The_lowest_of_several_limits_must_be_signalled()
    {
        AssertError(Lowered(100, 4096), "82");
        AssertError(Lowered(100, 4096), "3fe11f 82"); // 4096 only
        AssertError(Lowered(100, 200, 50, 300), "3f45 3f8d01 82"); // 100, 172
        HpackDecoder decoder = Lowered(100, 4096);
        Assert.Equal([":method: GET"], HeaderList.Decode(decoder, HeaderList.Hex("3f45 3fe11f 82")));
        Assert.Equal(4096, decoder.Table.Capacity);
        Assert.Equal([":method: GET"], HeaderList.Decode(Lowered(100, 200, 50, 300), HeaderList.Hex("3f13 3f8d02 82")));
    }

    [Fact]
    public void A_raised_limit_needs_no_update_and_allows_one()
    {
        var decoder = new HpackDecoder();
        AssertError(decoder, "3fe21f"); // 4097
        decoder = new HpackDecoder();
        decoder.SetMaxTableSize(8192);
        Assert.Equal([":method: GET"], HeaderList.Decode(decoder, HeaderList.Hex("82")));

        // The table grows only when the peer says so.
        Assert.Equal(4096, decoder.Table.Capacity);
        HeaderList.Decode(decoder, HeaderList.Hex("3fe13f 82")); // 8192
        Assert.Equal(8192, decoder.Table.Capacity);
    }

    [Fact]
    public void A_limit_that_the_table_keeps_anyway_needs_no_update()
    {
        var decoder = new HpackDecoder();
        HeaderList.Decode(decoder, HeaderList.Hex("3f45")); // 100
        decoder.SetMaxTableSize(100);
        Assert.Equal([":method: GET"], HeaderList.Decode(decoder, HeaderList.Hex("82")));
        decoder.SetMaxTableSize(99);
        AssertError(decoder, "82");
    }

    [Fact]
    public void A_list_of_exactly_the_largest_size_is_delivered()
    {
        // 34 for each "a: 1".
        byte[] block = HeaderList.Hex("0001610131 0001610131 0001610131");
        Assert.Equal(["a: 1", "a: 1", "a: 1"], HeaderList.Decode(new HpackDecoder(4096, 102), block));

        var list = new HeaderList();
        Assert.False(new HpackDecoder(4096, 101).Decode(block, list));
        Assert.Equal(["a: 1", "a: 1"], list.Lines);
    }

    [Fact]
    public void A_list_too_large_keeps_the_table_right()
    {
        var decoder = new HpackDecoder(4096, 100);
        var list = new HeaderList();
        byte[] block = HeaderList.Hex("4001610131 4001620132 4001630133 4001640134 be c1 4001650135");
        Assert.False(decoder.Decode(block, list));
        Assert.Equal(["a: 1", "b: 2"], list.Lines);
        Assert.Equal(["e: 5", "d: 4", "c: 3", "b: 2", "a: 1"], HeaderList.Entries(decoder.Table));

        // The next block is a list of its own, and refers to what was never delivered.
        Assert.Equal(["e: 5", "c: 3"], HeaderList.Decode(decoder, HeaderList.Hex("be c0")));
    }

    [Fact]
    public void After_a_field_too_large_a_smaller_one_is_not_delivered_either()
    {
        var decoder = new HpackDecoder(4096, 100);
        var list = new HeaderList();
        byte[] value = new byte[100];
        Assert.False(decoder.Decode([0x00, 1, (byte)'a', 100, .. value, 0x82], list));
        Assert.Empty(list.Lines);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Strings_of_any_length_cost_bounded_memory_and_keep_the_table_right(bool inName)
    {
        const int Limit = 1000;
        var decoder = new HpackDecoder(600, Limit);
        HeaderList.Decode(decoder, HeaderList.Hex("4001610131"));
        byte[] text = new byte[100_001];
        text.AsSpan().Fill((byte)'a');

        // Without indexing: the table stays.
        var list = new HeaderList();
        Assert.False(decoder.Decode(Literal(0x00, text, inName), list));
        Assert.Empty(list.Lines);
        Assert.Equal(["a: 1"], HeaderList.Entries(decoder.Table));
        Assert.InRange(decoder.ScratchSize, 1, 2 * Limit);

        // With indexing: the table is emptied.
        Assert.False(decoder.Decode([.. Literal(0x40, text, inName), .. HeaderList.Hex("4001620132")], list));
        Assert.Empty(list.Lines);
        Assert.Equal(["b: 2"], HeaderList.Entries(decoder.Table));
        Assert.InRange(decoder.ScratchSize, 1, 2 * Limit);

        // What is too long is checked all the same.
        byte[] wrong = Literal(0x00, text, inName);
        wrong[inName ? ^3 : ^1] &= 0xFE;
        Assert.Throws<Http2ConnectionException>(() => decoder.Decode(wrong, list));
    }

    [Fact]
    public void Strings_of_every_length_around_the_limit_are_delivered_or_not()
    {
        const int Limit = 300;
        foreach (byte letter in (byte[])[(byte)'a', (byte)'&', 1])
        {
            for (int length = 0; length < Limit + 50; length++)
            {
                // Larger than the list's limit or the table's, whichever is larger.
                byte[] text = new byte[length];
                text.AsSpan().Fill(letter);
                var decoder = new HpackDecoder(200, Limit);
                HeaderList.Decode(decoder, HeaderList.Hex("4001610131"));
                var list = new HeaderList();
                bool fits = length + 1 + 32 <= Limit;
                Assert.Equal(fits, decoder.Decode(Literal(0x40, text, inName: false), list));
                Assert.Equal(fits ? [HeaderList.Line("n"u8, text)] : [], list.Lines);
                int expected = length + 33 > 200 ? 0 : length + 33 + 34 > 200 ? 1 : 2;
                Assert.Equal(expected, decoder.Table.Count);
                if (expected > 0) Assert.Equal(HeaderList.Line("n"u8, text), HeaderList.Entries(decoder.Table)[0]);
            }
        }
    }

    [Fact]
    public void An_entry_that_exceeds_the_list_but_not_the_table_is_kept()
    {
        var decoder = new HpackDecoder(4096, 100);
        byte[] text = new byte[3000];
        text.AsSpan().Fill((byte)'a');
        Assert.False(decoder.Decode(Literal(0x40, text, inName: false), new HeaderList()));
        Assert.Equal([HeaderList.Line("n"u8, text)], HeaderList.Entries(decoder.Table));

        // The same after the table grew.
        decoder.SetMaxTableSize(8192);
        text = new byte[6000];
        text.AsSpan().Fill((byte)'b');
        Assert.False(decoder.Decode(
            [.. HeaderList.Hex("3fe13f"), .. Literal(0x40, text, inName: false)], new HeaderList()));
        Assert.Equal([HeaderList.Line("n"u8, text)], HeaderList.Entries(decoder.Table));
    }

    [Fact]
    public void Wrong_arguments_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new HpackDecoder(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new HpackDecoder(4096, -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new HpackDecoder().SetMaxTableSize(-1));
        Assert.Throws<ArgumentNullException>(() => new HpackDecoder().Decode([], null!));
    }

    // A literal whose name or value is the text in Huffman code; the other is "n" or "v".
    private static byte[] Literal(byte pattern, byte[] text, bool inName)
    {
        byte[] encoded = new byte[Huffman.EncodedLength(text)];
        Huffman.Encode(text, encoded);
        var output = new ByteBuffer();
        output.WriteByte(pattern);
        if (!inName) output.Write([1, (byte)'n']);
        HpackInteger.Write(output, 0x80, 7, encoded.Length);
        output.Write(encoded);
        if (inName) output.Write([1, (byte)'v']);
        return output.WrittenSpan.ToArray();
    }

    private static HpackDecoder Lowered(params int[] sizes)
    {
        var decoder = new HpackDecoder();
        foreach (int size in sizes) decoder.SetMaxTableSize(size);
        return decoder;
    }

    private static void AssertError(HpackDecoder decoder, string hex)
    {
        var error = Assert.Throws<Http2ConnectionException>(() => HeaderList.Decode(decoder, HeaderList.Hex(hex)));
        Assert.Equal(Http2ErrorCode.CompressionError, error.ErrorCode);
    }
}
