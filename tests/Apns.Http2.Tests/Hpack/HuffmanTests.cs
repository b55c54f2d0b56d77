using System;
using System.Collections.Generic;
using System.Text;

using Apns.Http2.Hpack;

using Xunit;

namespace Apns.Http2.Tests.Hpack;

public class HuffmanTests
{
    // RFC 7541 appendix B, the column of codes aligned to the least significant bit.
    private static readonly uint[] Codes =
    [
        0x1ff8, 0x7fffd8, 0xfffffe2, 0xfffffe3, 0xfffffe4, 0xfffffe5, 0xfffffe6, 0xfffffe7,
        0xfffffe8, 0xffffea, 0x3ffffffc, 0xfffffe9, 0xfffffea, 0x3ffffffd, 0xfffffeb, 0xfffffec,
        0xfffffed, 0xfffffee, 0xfffffef, 0xffffff0, 0xffffff1, 0xffffff2, 0x3ffffffe, 0xffffff3,
        0xffffff4, 0xffffff5, 0xffffff6, 0xffffff7, 0xffffff8, 0xffffff9, 0xffffffa, 0xffffffb,
        0x14, 0x3f8, 0x3f9, 0xffa, 0x1ff9, 0x15, 0xf8, 0x7fa,
        0x3fa, 0x3fb, 0xf9, 0x7fb, 0xfa, 0x16, 0x17, 0x18,
        0x0, 0x1, 0x2, 0x19, 0x1a, 0x1b, 0x1c, 0x1d,
        0x1e, 0x1f, 0x5c, 0xfb, 0x7ffc, 0x20, 0xffb, 0x3fc,
        0x1ffa, 0x21, 0x5d, 0x5e, 0x5f, 0x60, 0x61, 0x62,
        0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6a,
        0x6b, 0x6c, 0x6d, 0x6e, 0x6f, 0x70, 0x71, 0x72,
        0xfc, 0x73, 0xfd, 0x1ffb, 0x7fff0, 0x1ffc, 0x3ffc, 0x22,
        0x7ffd, 0x3, 0x23, 0x4, 0x24, 0x5, 0x25, 0x26,
        0x27, 0x6, 0x74, 0x75, 0x28, 0x29, 0x2a, 0x7,
        0x2b, 0x76, 0x2c, 0x8, 0x9, 0x2d, 0x77, 0x78,
        0x79, 0x7a, 0x7b, 0x7ffe, 0x7fc, 0x3ffd, 0x1ffd, 0xffffffc,
        0xfffe6, 0x3fffd2, 0xfffe7, 0xfffe8, 0x3fffd3, 0x3fffd4, 0x3fffd5, 0x7fffd9,
        0x3fffd6, 0x7fffda, 0x7fffdb, 0x7fffdc, 0x7fffdd, 0x7fffde, 0xffffeb, 0x7fffdf,
        0xffffec, 0xffffed, 0x3fffd7, 0x7fffe0, 0xffffee, 0x7fffe1, 0x7fffe2, 0x7fffe3,
        0x7fffe4, 0x1fffdc, 0x3fffd8, 0x7fffe5, 0x3fffd9, 0x7fffe6, 0x7fffe7, 0xffffef,
        0x3fffda, 0x1fffdd, 0xfffe9, 0x3fffdb, 0x3fffdc, 0x7fffe8, 0x7fffe9, 0x1fffde,
        0x7fffea, 0x3fffdd, 0x3fffde, 0xfffff0, 0x1fffdf, 0x3fffdf, 0x7fffeb, 0x7fffec,
        0x1fffe0, 0x1fffe1, 0x3fffe0, 0x1fffe2, 0x7fffed, 0x3fffe1, 0x7fffee, 0x7fffef,
        0xfffea, 0x3fffe2, 0x3fffe3, 0x3fffe4, 0x7ffff0, 0x3fffe5, 0x3fffe6, 0x7ffff1,
        0x3ffffe0, 0x3ffffe1, 0xfffeb, 0x7fff1, 0x3fffe7, 0x7ffff2, 0x3fffe8, 0x1ffffec,
        0x3ffffe2, 0x3ffffe3, 0x3ffffe4, 0x7ffffde, 0x7ffffdf, 0x3ffffe5, 0xfffff1, 0x1ffffed,
        0x7fff2, 0x1fffe3, 0x3ffffe6, 0x7ffffe0, 0x7ffffe1, 0x3ffffe7, 0x7ffffe2, 0xfffff2,
        0x1fffe4, 0x1fffe5, 0x3ffffe8, 0x3ffffe9, 0xffffffd, 0x7ffffe3, 0x7ffffe4, 0x7ffffe5,
        0xfffec, 0xfffff3, 0xfffed, 0x1fffe6, 0x3fffe9, 0x1fffe7, 0x1fffe8, 0x7ffff3,
        0x3fffea, 0x3fffeb, 0x1ffffee, 0x1ffffef, 0xfffff4, 0xfffff5, 0x3ffffea, 0x7ffff4,
        0x3ffffeb, 0x7ffffe6, 0x3ffffec, 0x3ffffed, 0x7ffffe7, 0x7ffffe8, 0x7ffffe9, 0x7ffffea,
        0x7ffffeb, 0xffffffe, 0x7ffffec, 0x7ffffed, 0x7ffffee, 0x7ffffef, 0x7fffff0, 0x3ffffee,
    ];

    private const string Eos = "111111111111111111111111111111";

    [Fact]
    public void Codes_are_those_of_appendix_B()
    {
        var seen = new HashSet<string>();
        for (int symbol = 0; symbol < 256; symbol++)
        {
            (uint code, int bits) = Huffman.Code((byte)symbol);
            Assert.Equal(Codes[symbol], code);
            seen.Add(Bits((byte)symbol));
            Assert.InRange(bits, 5, 30);
        }

        // No code begins another one, nor EOS: so the lengths are right as well.
        seen.Add(Eos);
        Assert.Equal(257, seen.Count);
        foreach (string code in seen)
        {
            for (int length = 1; length < code.Length; length++) Assert.DoesNotContain(code[..length], seen);
        }
    }

    [Theory]
    [InlineData("www.example.com", "f1e3c2e5f23a6ba0ab90f4ff")] // RFC 7541 C.4.1
    [InlineData("no-cache", "a8eb10649cbf")] // C.4.2
    [InlineData("custom-value", "25a849e95bb8e8b4bf")] // C.4.3
    [InlineData("Mon, 21 Oct 2013 20:13:21 GMT", "d07abe941054d444a8200595040b8166e082a62d1bff")] // C.6.1
    [InlineData("", "")]
    public void Known_texts(string text, string hex)
    {
        byte[] source = Encoding.Latin1.GetBytes(text);
        Assert.Equal(hex.Length / 2, Huffman.EncodedLength(source));
        Assert.Equal(HeaderList.Hex(hex), Encoded(source));
        Assert.Equal(source, Decoded(HeaderList.Hex(hex)));
    }

    [Fact]
    public void Every_symbol_round_trips_at_every_bit_offset()
    {
        for (int symbol = 0; symbol < 256; symbol++)
        {
            for (int before = 0; before < 16; before++)
            {
                // Zeros have 5 bits, so 0 to 15 of them reach every offset and every refill of the reader.
                byte[] source = new byte[before + 3];
                source.AsSpan().Fill((byte)'0');
                source[before] = (byte)symbol;
                byte[] encoded = Encoded(source);
                Assert.Equal(encoded.Length, Huffman.EncodedLength(source));
                Assert.Equal(FromBits(string.Concat(Array.ConvertAll(source, Bits))), encoded);
                Assert.Equal(source, Decoded(encoded));
            }
        }
    }

    [Fact]
    public void Random_texts_round_trip()
    {
        var random = new Random(7541);
        for (int round = 0; round < 20_000; round++)
        {
            byte[] source = new byte[random.Next(0, round % 100 == 0 ? 3000 : 60)];
            int kind = round % 3;
            for (int i = 0; i < source.Length; i++)
            {
                source[i] = kind switch
                {
                    0 => (byte)"0123456789abcdef"[random.Next(16)],
                    1 => (byte)random.Next(32, 127),
                    _ => (byte)random.Next(256),
                };
            }

            byte[] encoded = Encoded(source);
            Assert.Equal(source, Decoded(encoded));
        }
    }

    [Fact]
    public void Padding_of_up_to_seven_ones_is_allowed()
    {
        Assert.Equal("0"u8.ToArray(), Decoded(FromBits("00000" + "111")));
        Assert.Equal("a:"u8.ToArray(), Decoded(FromBits(Bits((byte)'a') + Bits((byte)':') + "1111")));

        // 10 and 7 bits need all seven.
        Assert.Equal("?:"u8.ToArray(), Decoded(FromBits(Bits((byte)'?') + Bits((byte)':') + "1111111")));
    }

    [Theory]
    [InlineData("00000" + "11111111" + "111")] // 11 ones
    [InlineData("11111111")] // 8 ones and nothing else
    [InlineData("1111111111111111")]
    [InlineData("11111111" + "11111111" + "11111111" + "1111")] // 28 of EOS's 30 ones
    [InlineData("00000" + "000")]
    [InlineData("00000" + "110")]
    [InlineData("00000" + "011")]
    [InlineData("00000" + "00000" + "00000" + "00000" + "1010")]
    [InlineData("1111111000" + "111110")] // '!' and then 6 bits that are no EOS
    [InlineData(Eos + "11")]
    [InlineData("00000" + Eos + "00000")]
    [InlineData("00000" + "00000" + "00000" + "00000" + "00000" + "00000" + "00000" + "00000" + "00000" + Eos + "11111")]
    [InlineData(Eos + "00000" + "00000" + "00000" + "00000" + "00000" + "00000" + "00000" + "00000" + "11")]
    [InlineData("111111111111111111111111111110" + "11" + "1111111")] // A symbol, then 9 ones
    public void Malformed_data_is_an_error(string bits)
    {
        AssertError(FromBits(bits));
    }

    [Fact]
    public void Long_data_is_checked_to_its_end()
    {
        // Longer than one refill, valid but for the last bit.
        byte[] encoded = Encoded(Encoding.ASCII.GetBytes(new string('0', 799)));
        Assert.Equal(0x07, encoded[^1] & 0x07);
        encoded[^1] &= 0xFE;
        AssertError(encoded);
    }

    [Fact]
    public void Every_prefix_of_a_code_that_is_cut_short_is_an_error_or_padding()
    {
        for (int symbol = 0; symbol < 256; symbol++)
        {
            string bits = Bits((byte)symbol);
            for (int length = 1; length < bits.Length; length++)
            {
                // Whole bytes only: fill up in front with zeros ('0' has 5 bits; 5 * 5 and so on reach any remainder).
                string before = "";
                while ((before.Length + length) % 8 != 0) before += "00000";
                byte[] data = FromBits(before + bits[..length]);
                if (length <= 7 && !bits[..length].Contains('0', StringComparison.Ordinal))
                    Assert.Equal(before.Length / 5, Decoded(data).Length);
                else
                    AssertError(data);
            }
        }
    }

    [Fact]
    public void A_short_destination_is_refused_or_filled_and_never_overrun()
    {
        byte[] source = "0123456789abcdef0123456789\u0001"u8.ToArray();
        byte[] encoded = Encoded(source);
        for (int length = 0; length < encoded.Length; length++)
        {
            byte[] tooShort = new byte[length];
            Assert.ThrowsAny<ArgumentException>(() => Huffman.Encode(source, tooShort));
        }

        for (int length = 0; length < source.Length; length++)
        {
            byte[] tooShort = new byte[length];
            Assert.Equal(source.Length, Huffman.DecodeWhatFits(encoded, tooShort));
            Assert.Equal(source[..length], tooShort);
        }

        byte[] exact = new byte[source.Length];
        Assert.Equal(source.Length, Huffman.DecodeWhatFits(encoded, exact));
        Assert.Equal(source, exact);
    }

    [Fact]
    public void The_longest_text_is_predicted()
    {
        for (int length = 0; length < 100; length++)
        {
            byte[] text = Encoding.ASCII.GetBytes(new string('0', Huffman.MaxDecodedLength(length)));
            Assert.Equal(length, Huffman.EncodedLength(text));
            Assert.True(Huffman.EncodedLength([.. text, (byte)'0']) > length);
        }

        Assert.Equal(int.MaxValue, Huffman.MaxDecodedLength(int.MaxValue));
    }

    private static string Bits(byte symbol)
    {
        (uint code, int bits) = Huffman.Code(symbol);
        return Convert.ToString(code, 2).PadLeft(bits, '0');
    }

    // Pads with ones.
    private static byte[] FromBits(string bits)
    {
        byte[] bytes = new byte[(bits.Length + 7) / 8];
        bytes.AsSpan().Fill(0xFF);
        for (int i = 0; i < bits.Length; i++)
        {
            if (bits[i] == '0') bytes[i / 8] &= (byte)~(0x80 >> (i % 8));
        }

        return bytes;
    }

    private static byte[] Encoded(byte[] source)
    {
        byte[] destination = new byte[Huffman.EncodedLength(source)];
        Assert.Equal(destination.Length, Huffman.Encode(source, destination));
        return destination;
    }

    private static byte[] Decoded(byte[] source)
    {
        byte[] destination = new byte[Huffman.MaxDecodedLength(source.Length)];
        return destination[..Huffman.DecodeWhatFits(source, destination)];
    }

    private static void AssertError(byte[] source)
    {
        byte[] destination = new byte[Huffman.MaxDecodedLength(source.Length)];
        var error = Assert.Throws<Http2ConnectionException>(() => Huffman.DecodeWhatFits(source, destination));
        Assert.Equal(Http2ErrorCode.CompressionError, error.ErrorCode);

        // The check must not depend on the room there is.
        Assert.Throws<Http2ConnectionException>(() => Huffman.DecodeWhatFits(source, []));
    }
}
