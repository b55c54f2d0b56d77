using System;
using System.Collections.Generic;
using System.Text;

using Apns.Http2.Hpack;

using Xunit;

namespace Apns.Http2.Tests.Hpack;

public class HpackConversationTests
{
    private static readonly string[] Names =
    [
        ":method", ":path", ":status", ":authority", "authorization", "apns-id", "apns-topic", "apns-push-type",
        "apns-expiration", "apns-priority", "date", "server", "x", "", "a-rather-long-name-that-is-in-no-table",
    ];

    [Theory]
    [InlineData(1, 4096)]
    [InlineData(2, 0)]
    [InlineData(3, 200)]
    [InlineData(4, 65536)]
    public void Whatever_is_encoded_is_decoded_and_the_tables_stay_equal(int seed, int cap)
    {
        var random = new Random(seed);
        var encoder = new HpackEncoder(cap);
        var decoder = new HpackDecoder(4096, int.MaxValue);
        var output = new ByteBuffer();
        int indexed = 0;
        for (int block = 0; block < 3000; block++)
        {
            if (random.Next(20) == 0)
            {
                for (int changes = random.Next(1, 4); changes > 0; changes--)
                {
                    int size = random.Next(4) switch { 0 => 0, 1 => random.Next(300), 2 => 4096, _ => random.Next(20_000) };
                    encoder.SetPeerTableSize(size);
                    decoder.SetMaxTableSize(size);
                }
            }

            output.Clear();
            encoder.BeginBlock(output);
            var expected = new List<string>();
            for (int count = random.Next(12); count > 0; count--)
            {
                byte[] name = Encoding.ASCII.GetBytes(Names[random.Next(Names.Length)]);
                byte[] value = Value(random);
                var indexing = (HeaderIndexing)random.Next(3);
                expected.Add(HeaderList.Line(name, value));
                int before = output.Length;
                if (indexing != HeaderIndexing.Incremental && random.Next(4) == 0)
                {
                    encoder.EncodeLiteralPrefix(output, name, indexing);
                    HpackEncoder.WriteString(output, value);
                }
                else
                {
                    encoder.Encode(output, name, value, indexing);
                    if (output.Length == before + 1) indexed++;
                }
            }

            Assert.Equal(expected, HeaderList.Decode(decoder, output.WrittenSpan));
            Assert.Equal(HeaderList.Entries(encoder.Table), HeaderList.Entries(decoder.Table));
            Assert.Equal((encoder.Table.Size, encoder.TableCapacity), (decoder.Table.Size, decoder.Table.Capacity));
            Assert.InRange(decoder.Table.Size, 0, decoder.Table.Capacity);
        }

        Assert.True(cap < 4096 || indexed > 100, $"{indexed} fields were found in the table");
    }

    [Fact]
    public void Random_garbage_causes_compression_errors_only()
    {
        var random = new Random(42);
        var valid = new Tally();
        for (int round = 0; round < 60_000; round++)
        {
            byte[] block = new byte[random.Next(1, 40)];
            random.NextBytes(block);

            // Pure noise dies at once on an index; more often let it begin as something longer.
            if (round % 3 == 0) block[0] = (byte)(0x40 | (block[0] & 0x0F));
            if (round % 3 == 1) block[0] = (byte)(block[0] & 0x1F);
            var decoder = new HpackDecoder(random.Next(200), random.Next(300));
            for (int i = 0; i < 3 && valid.Add(decoder, block.AsSpan(0, block.Length >> i)); i++)
            {
            }
        }

        Assert.True(valid.Good > 1000, $"{valid.Good} good blocks");
        Assert.True(valid.Bad > 1000, $"{valid.Bad} bad blocks");
    }

    [Fact]
    public void Damaged_blocks_cause_compression_errors_only()
    {
        var random = new Random(43);
        var valid = new Tally();
        var encoder = new HpackEncoder();
        var output = new ByteBuffer();
        var decoder = new HpackDecoder();
        for (int round = 0; round < 40_000; round++)
        {
            output.Clear();
            encoder.BeginBlock(output);
            for (int count = random.Next(1, 6); count > 0; count--)
            {
                byte[] name = Encoding.ASCII.GetBytes(Names[random.Next(Names.Length)]);
                encoder.Encode(output, name, Value(random), (HeaderIndexing)random.Next(3));
            }

            // Flip bits, cut off, or both. The decoder goes on with whatever table that made, until it fails.
            byte[] block = output.WrittenSpan.ToArray();
            for (int flips = random.Next(4); flips > 0; flips--)
                block[random.Next(block.Length)] ^= (byte)(1 << random.Next(8));
            int length = random.Next(3) == 0 ? random.Next(block.Length + 1) : block.Length;
            if (!valid.Add(decoder, block.AsSpan(0, length)))
                decoder = new HpackDecoder(random.Next(5000), random.Next(5000));
        }

        Assert.True(valid.Good > 1000, $"{valid.Good} good blocks");
        Assert.True(valid.Bad > 1000, $"{valid.Bad} bad blocks");
    }

    [Fact]
    public void A_block_cut_anywhere_is_an_error_or_a_shorter_list()
    {
        var output = new ByteBuffer();
        var encoder = new HpackEncoder();
        string[] lines = [":method: POST", ":path: /3/device/00ff", "apns-topic: com.example.app", "x: \u0001"];
        var ends = new List<int> { 0 };
        foreach (string line in lines)
        {
            string[] parts = line.Split(": ");
            encoder.Encode(output, Encoding.ASCII.GetBytes(parts[0]), Encoding.ASCII.GetBytes(parts[1]),
                HeaderIndexing.Incremental);
            ends.Add(output.Length);
        }

        for (int length = 0; length <= output.Length; length++)
        {
            byte[] block = output.WrittenSpan[..length].ToArray();
            int whole = ends.IndexOf(length);
            if (whole >= 0)
                Assert.Equal(lines[..whole], HeaderList.Decode(new HpackDecoder(), block));
            else
                Assert.Throws<Http2ConnectionException>(() => HeaderList.Decode(new HpackDecoder(), block));
        }
    }

    private static byte[] Value(Random random)
    {
        if (random.Next(2) == 0) return Encoding.ASCII.GetBytes(new string((char)('0' + random.Next(6)), 3));
        byte[] value = new byte[random.Next(20) == 0 ? random.Next(5000) : random.Next(70)];
        if (random.Next(2) == 0)
        {
            random.NextBytes(value);
        }
        else
        {
            random.GetItems("0123456789abcdef-"u8, value);
        }

        return value;
    }

    /// <summary>Counts blocks that a decoder takes and refuses, and checks what must hold in either case.</summary>
    private sealed class Tally
    {
        internal int Good { get; private set; }

        internal int Bad { get; private set; }

        internal bool Add(HpackDecoder decoder, ReadOnlySpan<byte> block)
        {
            try
            {
                decoder.Decode(block, new HeaderList());
                Good++;
                Assert.InRange(decoder.Table.Size, 0, decoder.Table.Capacity);
                int size = 0;
                foreach (string line in HeaderList.Entries(decoder.Table)) size += line.Length - 2 + 32;
                Assert.Equal(size, decoder.Table.Size);
                return true;
            }
            catch (Http2ConnectionException error)
            {
                Assert.Equal(Http2ErrorCode.CompressionError, error.ErrorCode);
                Bad++;
                return false;
            }
        }
    }
}
