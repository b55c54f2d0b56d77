using System;
using System.Linq;

using Xunit;

namespace Apns.Http2.Tests;

public class ByteBufferTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(256)]
    public void What_is_written_is_kept_in_order_while_it_grows(int capacity)
    {
        var buffer = new ByteBuffer(capacity);
        byte[] expected = [.. Enumerable.Range(0, 1000).Select(i => (byte)i)];
        for (int i = 0; i < 1000;)
        {
            buffer.WriteByte(expected[i++]);
            buffer.Write(expected.AsSpan(i, Math.Min(7, 1000 - i)));
            i += Math.Min(7, 1000 - i);
            if (i >= 1000) break;
            buffer.GetSpan(1)[0] = expected[i++];
            buffer.Advance(1);
        }

        Assert.Equal(1000, buffer.Length);
        Assert.Equal(expected, buffer.WrittenSpan.ToArray());
    }

    [Fact]
    public void A_span_has_the_room_asked_for_and_counts_only_when_advanced()
    {
        var buffer = new ByteBuffer(4);
        Assert.True(buffer.GetSpan(100).Length >= 100);
        Assert.Equal(0, buffer.Length);
        buffer.Advance(100);
        Assert.Equal(100, buffer.Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => buffer.Advance(-1));
        int free = buffer.GetSpan(0).Length;
        Assert.Throws<ArgumentOutOfRangeException>(() => buffer.Advance(free + 1));
        Assert.Equal(100, buffer.Length);
    }

    [Fact]
    public void Patching_changes_written_bytes_only()
    {
        var buffer = new ByteBuffer();
        buffer.Write("abcdef"u8);
        "XY"u8.CopyTo(buffer.Patch(2, 2));
        Assert.Equal("abXYef"u8, buffer.WrittenSpan);
        Assert.Throws<ArgumentOutOfRangeException>(() => buffer.Patch(5, 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => buffer.Patch(-1, 2));
    }

    [Fact]
    public void Truncating_takes_back_the_end()
    {
        var buffer = new ByteBuffer();
        buffer.Write("abcdef"u8);
        buffer.Truncate(6);
        buffer.Truncate(2);
        buffer.Write("Z"u8);
        Assert.Equal("abZ"u8, buffer.WrittenSpan);
        Assert.Throws<ArgumentOutOfRangeException>(() => buffer.Truncate(4));
        Assert.Throws<ArgumentOutOfRangeException>(() => buffer.Truncate(-1));
    }

    [Fact]
    public void Clearing_keeps_memory_up_to_a_limit()
    {
        var buffer = new ByteBuffer(16);
        buffer.Write(new byte[5000]);
        int grown = buffer.GetSpan(0).Length + 5000;

        buffer.Clear(grown);
        Assert.Equal(0, buffer.Length);
        Assert.Equal(grown, buffer.GetSpan(0).Length);

        buffer.Clear(64);
        Assert.Equal(64, buffer.GetSpan(0).Length);
        Assert.True(buffer.WrittenSpan.IsEmpty);
    }

    [Fact]
    public void A_capacity_is_not_negative() => Assert.Throws<ArgumentOutOfRangeException>(() => new ByteBuffer(-1));
}
