using System;

using Apns.Http2.Frames;
using Apns.Http2.Tests.Support;

using Xunit;

namespace Apns.Http2.Tests;

/// <summary>RFC 9113 sections 4.1 and 6: how frames look on the wire.</summary>
public class FrameTests
{
    [Theory]
    [InlineData(0, FrameType.Data, FrameFlags.None, 1, "000000 00 00 00000001")]
    [InlineData(16_777_215, FrameType.Headers, FrameFlags.EndHeaders | FrameFlags.EndStream, int.MaxValue, "FFFFFF 01 05 7FFFFFFF")]
    [InlineData(0x010203, FrameType.Continuation, FrameFlags.Padded | FrameFlags.Priority, 0x04050607, "010203 09 28 04050607")]
    [InlineData(8, (FrameType)0xff, (FrameFlags)0xff, 0, "000008 FF FF 00000000")]
    public void A_frame_header_goes_both_ways(int length, FrameType type, FrameFlags flags, int streamId, string hex)
    {
        var header = new FrameHeader(length, type, flags, streamId);
        byte[] bytes = new byte[FrameHeader.Size];
        header.Write(bytes);
        Assert.Equal(Hex(hex), bytes);
        Assert.Equal(header, FrameHeader.Read(bytes));
    }

    [Fact]
    public void The_reserved_bit_is_ignored()
    {
        Assert.Equal(new FrameHeader(4, FrameType.WindowUpdate, FrameFlags.None, 5), FrameHeader.Read(Hex("000004 08 00 80000005")));
    }

    [Fact]
    public void Flags_are_looked_at_one_by_one()
    {
        var header = new FrameHeader(0, FrameType.Headers, FrameFlags.EndHeaders | FrameFlags.Padded, 1);
        Assert.True(header.Has(FrameFlags.EndHeaders));
        Assert.True(header.Has(FrameFlags.Padded));
        Assert.False(header.Has(FrameFlags.EndStream));
        Assert.False(header.Has(FrameFlags.Priority));
    }

    [Fact]
    public void Any_frame() =>
        AssertWritten("000003 00 01 00000003 616263", output => FrameWriter.Write(output, FrameType.Data, FrameFlags.EndStream, 3, "abc"u8));

    [Fact]
    public void Settings_hold_only_what_differs()
    {
        var changed = new Http2Settings
        {
            HeaderTableSize = 0,
            EnablePush = false,
            MaxConcurrentStreams = 100,
            InitialWindowSize = int.MaxValue,
            MaxFrameSize = 16_385,
            MaxHeaderListSize = 4096,
        };
        AssertWritten(
            "000024 04 00 00000000 0001 00000000 0002 00000000 0003 00000064 0004 7FFFFFFF 0005 00004001 0006 00001000",
            output => FrameWriter.WriteSettings(output, changed, new Http2Settings()));
        AssertWritten("000000 04 00 00000000", output => FrameWriter.WriteSettings(output, changed, changed));
        AssertWritten(
            "000006 04 00 00000000 0003 00000001",
            output => FrameWriter.WriteSettings(output, changed with { MaxConcurrentStreams = 1 }, changed));
        AssertWritten(
            "000006 04 00 00000000 0002 00000001",
            output => FrameWriter.WriteSettings(output, changed with { EnablePush = true }, changed));
    }

    [Fact]
    public void Settings_acknowledgement() => AssertWritten("000000 04 01 00000000", FrameWriter.WriteSettingsAcknowledgement);

    [Fact]
    public void Ping()
    {
        AssertWritten("000008 06 00 00000000 0102030405060708", output => FrameWriter.WritePing(output, 0x0102030405060708, acknowledge: false));
        AssertWritten("000008 06 01 00000000 FFFFFFFFFFFFFFFF", output => FrameWriter.WritePing(output, ulong.MaxValue, acknowledge: true));
    }

    [Fact]
    public void Reset_stream() =>
        AssertWritten("000004 03 00 00000007 00000008", output => FrameWriter.WriteResetStream(output, 7, Http2ErrorCode.Cancel));

    [Fact]
    public void Window_update() => AssertWritten("000004 08 00 00000000 7FFFFFFF", output => FrameWriter.WriteWindowUpdate(output, 0, int.MaxValue));

    [Fact]
    public void Go_away() =>
        AssertWritten("00000A 07 00 00000000 00000005 0000000B 4869", output => FrameWriter.WriteGoAway(output, 5, Http2ErrorCode.EnhanceYourCalm, "Hi"u8));

    [Theory]
    [InlineData(Http2ErrorCode.NoError, 0)]
    [InlineData(Http2ErrorCode.ProtocolError, 1)]
    [InlineData(Http2ErrorCode.InternalError, 2)]
    [InlineData(Http2ErrorCode.FlowControlError, 3)]
    [InlineData(Http2ErrorCode.SettingsTimeout, 4)]
    [InlineData(Http2ErrorCode.StreamClosed, 5)]
    [InlineData(Http2ErrorCode.FrameSizeError, 6)]
    [InlineData(Http2ErrorCode.RefusedStream, 7)]
    [InlineData(Http2ErrorCode.Cancel, 8)]
    [InlineData(Http2ErrorCode.CompressionError, 9)]
    [InlineData(Http2ErrorCode.ConnectError, 10)]
    [InlineData(Http2ErrorCode.EnhanceYourCalm, 11)]
    [InlineData(Http2ErrorCode.InadequateSecurity, 12)]
    [InlineData(Http2ErrorCode.Http11Required, 13)]
    public void Error_codes_are_those_of_section_7(Http2ErrorCode code, int value) => Assert.Equal(value, (int)code);

    [Fact]
    public void Frames_follow_each_other_in_a_growing_buffer()
    {
        var output = new ByteBuffer(1);
        for (int i = 1; i <= 100; i++) FrameWriter.Write(output, FrameType.Data, FrameFlags.None, i, new byte[i]);
        Assert.Equal(100, WireFrame.Parse(output.WrittenSpan).Count);
        Assert.Equal("DATA 100 #100", WireFrame.Parse(output.WrittenSpan)[99].ToString());
    }

    private static void AssertWritten(string hex, Action<ByteBuffer> write)
    {
        var output = new ByteBuffer(4);
        output.Write("before"u8);
        write(output);
        Assert.Equal(Hex(hex), output.WrittenSpan[6..].ToArray());
    }

    private static byte[] Hex(string digits) => Convert.FromHexString(digits.Replace(" ", "", StringComparison.Ordinal));
}
