using System;
using System.Text;

using Apns.Http2.Hpack;

using Xunit;

namespace Apns.Http2.Tests.Hpack;

public class HpackEncoderTests
{
    [Fact]
    public void Static_fields_are_indexed()
    {
        var encoder = new HpackEncoder();
        foreach (HeaderIndexing indexing in (HeaderIndexing[])[HeaderIndexing.Incremental, HeaderIndexing.Without])
        {
            Assert.Equal("83", Encoded(encoder, ":method", "POST", indexing));
            Assert.Equal("87", Encoded(encoder, ":scheme", "https", indexing));
            Assert.Equal("88", Encoded(encoder, ":status", "200", indexing));
            Assert.Equal("90", Encoded(encoder, "accept-encoding", "gzip, deflate", indexing));
            Assert.Equal("97", Encoded(encoder, "authorization", "", indexing));
        }

        Assert.Equal(0, encoder.Table.InsertCount);
    }

    [Fact]
    public void Incremental_fields_are_indexed_the_second_time()
    {
        var encoder = new HpackEncoder();
        Assert.Equal("4001610131", Encoded(encoder, "a", "1", HeaderIndexing.Incremental));
        Assert.Equal("be", Encoded(encoder, "a", "1", HeaderIndexing.Incremental));
        Assert.Equal("7e0132", Encoded(encoder, "a", "2", HeaderIndexing.Incremental));
        Assert.Equal("be", Encoded(encoder, "a", "2", HeaderIndexing.Without));
        Assert.Equal("bf", Encoded(encoder, "a", "1", HeaderIndexing.Without));
        Assert.Equal(["a: 2", "a: 1"], HeaderList.Entries(encoder.Table));
        Assert.Equal((2L, 68), (encoder.Table.InsertCount, encoder.Table.Size));
    }

    [Fact]
    public void Without_leaves_no_entry()
    {
        var encoder = new HpackEncoder();
        Assert.Equal("0001610131", Encoded(encoder, "a", "1", HeaderIndexing.Without));
        Assert.Equal("0001610131", Encoded(encoder, "a", "1", HeaderIndexing.Without));
        Assert.Equal("04022f78", Encoded(encoder, ":path", "/x", HeaderIndexing.Without));
        Assert.Equal("0f120131", Encoded(encoder, "date", "1", HeaderIndexing.Without));
        Assert.Equal(0, encoder.Table.InsertCount);
    }

    [Fact]
    public void Never_is_a_literal_even_if_a_table_has_the_field()
    {
        var encoder = new HpackEncoder();
        Encoded(encoder, "a", "1", HeaderIndexing.Incremental);
        Assert.Equal("1f2f0131", Encoded(encoder, "a", "1", HeaderIndexing.Never));
        Assert.Equal("1203474554", Encoded(encoder, ":method", "GET", HeaderIndexing.Never));
        Assert.Equal("1001620132", Encoded(encoder, "b", "2", HeaderIndexing.Never));
        Assert.Equal(["a: 1"], HeaderList.Entries(encoder.Table));

        // And stays one for whoever decodes it.
        var decoder = new HpackDecoder();
        Assert.Equal(["b: 2"], HeaderList.Decode(decoder, HeaderList.Hex("1001620132")));
        Assert.Equal(0, decoder.Table.Count);
    }

    [Fact]
    public void Huffman_code_is_used_only_if_shorter()
    {
        var output = new ByteBuffer();
        HpackEncoder.WriteString(output, "302"u8);
        Assert.Equal("826402", Convert.ToHexStringLower(output.WrittenSpan));
        output.Clear();
        HpackEncoder.WriteString(output, "307"u8); // 3 bytes either way
        Assert.Equal("03333037", Convert.ToHexStringLower(output.WrittenSpan));
        output.Clear();
        HpackEncoder.WriteString(output, [0, 1, 2]);
        Assert.Equal("03000102", Convert.ToHexStringLower(output.WrittenSpan));
        output.Clear();
        HpackEncoder.WriteString(output, []);
        Assert.Equal("00", Convert.ToHexStringLower(output.WrittenSpan));
    }

    [Fact]
    public void A_field_larger_than_the_table_is_written_without_indexing()
    {
        var encoder = new HpackEncoder(100);
        Encoded(encoder, "a", "1", HeaderIndexing.Incremental);
        string fits = new('v', 100 - 32 - 1);
        Assert.StartsWith("00", Encoded(encoder, "b", fits + "v", HeaderIndexing.Incremental), StringComparison.Ordinal);
        Assert.Equal(["a: 1"], HeaderList.Entries(encoder.Table));
        Assert.StartsWith("40", Encoded(encoder, "b", fits, HeaderIndexing.Incremental), StringComparison.Ordinal);
        Assert.Equal(["b: " + fits], HeaderList.Entries(encoder.Table));
    }

    [Fact]
    public void A_name_is_taken_from_the_entry_that_the_insertion_evicts()
    {
        const string Name = "\u0001\u0002\u0003\u0004"; // Plain, since its Huffman code is longer.
        var encoder = new HpackEncoder(60);
        Assert.Equal("4004010203040131", Encoded(encoder, Name, "1", HeaderIndexing.Incremental));
        Assert.Equal("7e0132", Encoded(encoder, Name, "2", HeaderIndexing.Incremental));
        Assert.Equal(1, encoder.Table.Count);
        Assert.Equal("be", Encoded(encoder, Name, "2", HeaderIndexing.Incremental));
    }

    [Fact]
    public void Size_updates_are_due_at_the_next_block()
    {
        var encoder = new HpackEncoder();
        Assert.Equal("", Begun(encoder));
        encoder.SetPeerTableSize(4096);
        Assert.Equal("", Begun(encoder));
        encoder.SetPeerTableSize(65536); // Above our own cap
        Assert.Equal("", Begun(encoder));
        encoder.SetPeerTableSize(100);
        Assert.Equal("3f45", Begun(encoder));
        Assert.Equal("", Begun(encoder));
        encoder.SetPeerTableSize(200);
        Assert.Equal("3fa901", Begun(encoder));

        // The lowest, then the last.
        encoder.SetPeerTableSize(150);
        encoder.SetPeerTableSize(0);
        encoder.SetPeerTableSize(100);
        Assert.Equal("203f45", Begun(encoder));
        encoder.SetPeerTableSize(0);
        encoder.SetPeerTableSize(100);
        Assert.Equal("203f45", Begun(encoder));

        // Up and back again: nothing that the peer would notice.
        encoder.SetPeerTableSize(300);
        encoder.SetPeerTableSize(100);
        Assert.Equal("", Begun(encoder));
        Assert.Equal("", Begun(encoder));
    }

    [Fact]
    public void A_cap_below_the_default_is_signalled_first()
    {
        Assert.Equal("3fe101", Begun(new HpackEncoder(256)));
        Assert.Equal("20", Begun(new HpackEncoder(0)));
        Assert.Equal("", Begun(new HpackEncoder(8192)));
        var encoder = new HpackEncoder(256);
        encoder.SetPeerTableSize(100);
        encoder.SetPeerTableSize(4096);
        Assert.Equal("3f453fe101", Begun(encoder));
    }

    [Fact]
    public void A_cap_above_the_default_waits_for_the_peer()
    {
        var encoder = new HpackEncoder(8192);
        Assert.Equal(4096, encoder.TableCapacity);
        encoder.SetPeerTableSize(int.MaxValue);
        Assert.Equal(8192, encoder.TableCapacity);
        Assert.Equal("3fe13f", Begun(encoder));
    }

    [Fact]
    public void A_smaller_table_evicts_at_once()
    {
        var encoder = new HpackEncoder();
        Encoded(encoder, "a", "1", HeaderIndexing.Incremental);
        Encoded(encoder, "b", "2", HeaderIndexing.Incremental);
        encoder.SetPeerTableSize(40);
        Assert.Equal(["b: 2"], HeaderList.Entries(encoder.Table));
        encoder.SetPeerTableSize(0);
        encoder.SetPeerTableSize(4096);
        Assert.Equal(0, encoder.Table.Count);
        Assert.Equal("203fe11f", Begun(encoder));
        Assert.Equal("4001610131", Encoded(encoder, "a", "1", HeaderIndexing.Incremental));
    }

    [Fact]
    public void The_version_tells_whether_written_bytes_may_be_used_again()
    {
        var encoder = new HpackEncoder();
        long version = encoder.Version;
        Encoded(encoder, ":method", "POST", HeaderIndexing.Incremental);
        Encoded(encoder, "a", "1", HeaderIndexing.Without);
        Encoded(encoder, "a", "1", HeaderIndexing.Never);
        encoder.SetPeerTableSize(4096);
        Assert.Equal(version, encoder.Version);
        Encoded(encoder, "a", "1", HeaderIndexing.Incremental);
        Assert.NotEqual(version, encoder.Version);
        version = encoder.Version;
        Encoded(encoder, "a", "1", HeaderIndexing.Incremental);
        Assert.Equal(version, encoder.Version);
        encoder.SetPeerTableSize(100);
        Assert.NotEqual(version, encoder.Version);
    }

    [Fact]
    public void A_literal_may_be_written_in_two_parts()
    {
        var encoder = new HpackEncoder();
        Encoded(encoder, "apns-topic", "x", HeaderIndexing.Incremental);
        foreach (HeaderIndexing indexing in (HeaderIndexing[])[HeaderIndexing.Without, HeaderIndexing.Never])
        {
            foreach (string name in (string[])[":path", "apns-topic", "other", "date"])
            {
                var parts = new ByteBuffer();
                encoder.EncodeLiteralPrefix(parts, Encoding.ASCII.GetBytes(name), indexing);
                HpackEncoder.WriteString(parts, "some/value"u8);
                Assert.Equal(Encoded(encoder, name, "some/value", indexing), Convert.ToHexStringLower(parts.WrittenSpan));
            }
        }

        Assert.Equal(1, encoder.Table.InsertCount);
    }

    [Fact]
    public void Wrong_arguments_are_refused()
    {
        var encoder = new HpackEncoder();
        var output = new ByteBuffer();
        Assert.Throws<ArgumentOutOfRangeException>(() => new HpackEncoder(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => encoder.SetPeerTableSize(-1));
        Assert.Throws<ArgumentOutOfRangeException>(
            () => encoder.EncodeLiteralPrefix(output, "a"u8, HeaderIndexing.Incremental));
        Assert.Throws<ArgumentOutOfRangeException>(() => encoder.EncodeLiteralPrefix(output, "a"u8, (HeaderIndexing)3));
        Assert.Throws<ArgumentOutOfRangeException>(() => encoder.Encode(output, "a"u8, "b"u8, (HeaderIndexing)3));
        Assert.Equal(0, output.Length);
    }

    private static string Encoded(HpackEncoder encoder, string name, string value, HeaderIndexing indexing)
    {
        var output = new ByteBuffer();
        encoder.Encode(output, Encoding.Latin1.GetBytes(name), Encoding.Latin1.GetBytes(value), indexing);
        return Convert.ToHexStringLower(output.WrittenSpan);
    }

    private static string Begun(HpackEncoder encoder)
    {
        var output = new ByteBuffer();
        encoder.BeginBlock(output);
        return Convert.ToHexStringLower(output.WrittenSpan);
    }
}
