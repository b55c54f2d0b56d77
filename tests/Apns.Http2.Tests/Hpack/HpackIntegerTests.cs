using System;
using System.Collections.Generic;

using Apns.Http2.Hpack;

using Xunit;

namespace Apns.Http2.Tests.Hpack;

public class HpackIntegerTests
{
    [Theory]
    [InlineData(10, 5, "0a")] // RFC 7541 C.1.1
    [InlineData(1337, 5, "1f9a0a")] // C.1.2
    [InlineData(42, 8, "2a")] // C.1.3
    [InlineData(31, 5, "1f00")]
    [InlineData(int.MaxValue, 8, "ff80feffff07")]
    public void Known_codes(int value, int prefixBits, string hex)
    {
        Assert.Equal(HeaderList.Hex(hex), Written(0, prefixBits, value));
        Assert.True(HpackInteger.TryRead(HeaderList.Hex(hex), prefixBits, out int read, out int consumed));
        Assert.Equal(value, read);
        Assert.Equal(hex.Length / 2, consumed);
    }

    [Fact]
    public void Every_boundary_of_every_prefix_round_trips_and_is_shortest()
    {
        for (int prefixBits = 1; prefixBits <= 8; prefixBits++)
        {
            long limit = (1 << prefixBits) - 1;
            foreach (long value in Boundaries(limit))
            {
                byte high = (byte)(0xFF << prefixBits);
                byte[] bytes = Written(high, prefixBits, (int)value);
                int continuation = 0;
                if (value >= limit)
                {
                    continuation = 1;
                    for (long rest = (value - limit) >> 7; rest > 0; rest >>= 7) continuation++;
                }

                Assert.Equal(1 + continuation, bytes.Length);
                Assert.Equal(Coded(high, prefixBits, value), bytes);

                // The bits above the prefix and the bytes behind the integer must not matter.
                foreach (byte above in (byte[])[0, high])
                {
                    byte[] input = [(byte)((bytes[0] & (byte)limit) | above), .. bytes.AsSpan(1), 0xFF];
                    Assert.True(HpackInteger.TryRead(input, prefixBits, out int read, out int consumed));
                    Assert.Equal(value, read);
                    Assert.Equal(bytes.Length, consumed);
                }

                for (int length = 0; length < bytes.Length; length++)
                {
                    Assert.False(HpackInteger.TryRead(bytes.AsSpan(0, length), prefixBits, out int read, out int consumed));
                    Assert.Equal((0, 0), (read, consumed));
                }
            }
        }
    }

    [Fact]
    public void More_than_an_int_is_an_error()
    {
        for (int prefixBits = 1; prefixBits <= 8; prefixBits++)
        {
            foreach (long value in (long[])[int.MaxValue + 1L, uint.MaxValue, 1L << 32, (1L << 35) - 1])
                AssertError(Coded(0, prefixBits, value), prefixBits);
        }
    }

    [Fact]
    public void Padding_with_zeros_is_allowed_up_to_five_bytes()
    {
        Assert.True(HpackInteger.TryRead(HeaderList.Hex("1f8180808000"), 5, out int value, out int consumed));
        Assert.Equal((32, 6), (value, consumed));
        AssertError(HeaderList.Hex("1f818080808000"), 5);
        AssertError(HeaderList.Hex("1f8080808080"), 5);
        Assert.False(HpackInteger.TryRead(HeaderList.Hex("1f80808080"), 5, out _, out _));
    }

    [Fact]
    public void Wrong_arguments_are_refused()
    {
        var output = new ByteBuffer();
        Assert.Throws<ArgumentOutOfRangeException>(() => HpackInteger.Write(output, 0, 5, -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => HpackInteger.Write(output, 0, 0, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => HpackInteger.Write(output, 0, 9, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => HpackInteger.TryRead([1], 0, out _, out _));
        Assert.Throws<ArgumentOutOfRangeException>(() => HpackInteger.TryRead([1], 9, out _, out _));
        Assert.Equal(0, output.Length);
    }

    private static IEnumerable<long> Boundaries(long limit)
    {
        for (long value = 0; value <= limit + 300; value++) yield return value;
        for (int shift = 7; shift <= 28; shift += 7)
        {
            for (long offset = -2; offset <= 2; offset++) yield return limit + (1L << shift) + offset;
        }

        for (int bits = 9; bits < 31; bits++)
        {
            for (long offset = -1; offset <= 1; offset++) yield return (1L << bits) + offset;
        }

        yield return int.MaxValue - 1;
        yield return int.MaxValue;
    }

    // RFC 7541 section 5.1, word for word, for any size of integer.
    private static byte[] Coded(byte firstByte, int prefixBits, long value)
    {
        long limit = (1L << prefixBits) - 1;
        if (value < limit) return [(byte)(firstByte | value)];
        List<byte> bytes = [(byte)(firstByte | limit)];
        value -= limit;
        while (value >= 128)
        {
            bytes.Add((byte)((value % 128) + 128));
            value /= 128;
        }

        bytes.Add((byte)value);
        return [.. bytes];
    }

    private static byte[] Written(byte firstByte, int prefixBits, int value)
    {
        var output = new ByteBuffer(0);
        HpackInteger.Write(output, firstByte, prefixBits, value);
        return output.WrittenSpan.ToArray();
    }

    private static void AssertError(byte[] input, int prefixBits)
    {
        var error = Assert.Throws<Http2ConnectionException>(() => HpackInteger.TryRead(input, prefixBits, out _, out _));
        Assert.Equal(Http2ErrorCode.CompressionError, error.ErrorCode);
    }
}
