using System.Collections.Generic;
using System.Linq;
using System.Text;
using Apns.Http2;
using Apns.Http2.Frames;
using Xunit;

namespace Apns.Emulator.Tests;

/// <summary>Faults of single answers, as frames.</summary>
public sealed class AnswerFaultTests : FaultTest
{
    [Fact]
    public void A_request_is_refused_once_and_does_not_count_as_accepted()
    {
        using ApnsEmulator emulator = Start("Refuse:after=1,reason=ExpiredProviderToken");
        using RawClient client = Greet(emulator);
        Assert.Equal([200, 403, 200], Enumerable.Range(0, 3).Select(i => client.Exchange((2 * i) + 1, Push.With()).Reply.Status));
        Assert.Equal((2, 1), (emulator.Accepted, emulator.Rejected));
        Assert.Equal([null, "ExpiredProviderToken", null], emulator.GetReceived().Select(received => received.Reason));
    }

    [Fact]
    public void For_a_while_all_requests_are_refused_but_those_that_are_wrong_themselves()
    {
        using ApnsEmulator emulator = Start("Refuse:reason=500,duration=01:00:00");
        using RawClient client = Greet(emulator);
        Assert.Equal([500, 500, 500], Enumerable.Range(0, 3).Select(i => client.Exchange((2 * i) + 1, Push.With()).Reply.Status));
        Assert.Equal("PayloadEmpty", client.Exchange(7, Push.With("body: 0")).Reply.Reason);
    }

    [Fact]
    public void When_the_while_is_over_they_are_accepted_again()
    {
        using ApnsEmulator emulator = Start("Refuse:reason=ServiceUnavailable,duration=00:00:00.050");
        using RawClient client = Greet(emulator);
        Assert.Equal("ServiceUnavailable", client.Exchange(1, Push.With()).Reply.Reason);
        int id = 3;
        while (client.Exchange(id, Push.With()).Reply.Status != 200) id += 2;
    }

    [Fact]
    public void A_throttle_refuses_takes_the_limit_to_one_and_gives_it_back()
    {
        using ApnsEmulator emulator = Start("Throttle:after=1,duration=00:00:00.050");
        using RawClient client = Greet(emulator);
        Assert.Null(client.Exchange(1, Push.With()).Settings);
        Assert.Equal("TooManyRequests", client.Exchange(3, Push.With()).Reply.Reason);
        Assert.Equal(1u, client.ReadSettings()[Http2SettingId.MaxConcurrentStreams]);
        Assert.Equal(1000u, client.ReadSettings()[Http2SettingId.MaxConcurrentStreams]);
        Assert.Equal(200, client.Exchange(5, Push.With()).Reply.Status);
    }

    [Fact]
    public void A_throttle_gives_the_reason_it_is_told_to()
    {
        using ApnsEmulator emulator = Start("Throttle:reason=BadDeviceToken");
        using RawClient client = Greet(emulator);
        Assert.Equal("BadDeviceToken", client.Exchange(1, Push.With()).Reply.Reason);
        Assert.Equal(1u, client.ReadSettings()[Http2SettingId.MaxConcurrentStreams]);
    }

    [Theory]
    [InlineData("RefuseStream", Http2ErrorCode.RefusedStream, 1)]
    [InlineData("ResetStream", Http2ErrorCode.InternalError, 2)]
    public void A_refused_stream_is_not_processed_and_one_that_is_reset_is(string fault, Http2ErrorCode code, int processed)
    {
        using ApnsEmulator emulator = Start(fault);
        using RawClient client = Greet(emulator);
        Assert.Equal((FrameType.ResetStream, code), Struck(client));
        Assert.Equal(200, client.Exchange(3, Push.With()).Reply.Status);
        Assert.Equal((processed, processed), (emulator.Accepted, emulator.GetReceived().Count));
    }

    [Fact]
    public void An_answer_held_back_is_overtaken()
    {
        using ApnsEmulator emulator = Start("HoldAnswer:duration=00:00:00.100");
        using RawClient client = Greet(emulator);
        client.Request(1, Push.With());
        client.Request(3, Push.With());
        client.Flush();
        Assert.Equal([3, 1], Enumerable.Range(0, 2).Select(_ => client.ReadUntil(frame => frame.Header.Type == FrameType.Headers).Header.StreamId));
    }

    [Fact]
    public void An_answer_held_back_for_good_never_comes_and_its_request_counts()
    {
        using ApnsEmulator emulator = Start("HoldAnswer");
        using RawClient client = Greet(emulator);
        client.Request(1, Push.With());
        Assert.Equal(200, client.Exchange(3, Push.With()).Reply.Status);
        Assert.Equal(2, emulator.GetReceived().Count);
        client.Ping(42);
        client.Flush();
        Assert.Equal(FrameType.Ping, client.Read()!.Header.Type);
    }

    [Fact]
    public void A_split_answer_says_the_same_in_many_frames()
    {
        using ApnsEmulator emulator = Start("SplitAnswer:every=1");
        using RawClient client = Greet(emulator);
        client.Request(1, Push.With("body: 0"));
        client.Flush();
        var frames = new List<ReceivedFrame>();
        do frames.Add(client.Read()!);
        while (!(frames[^1].Header.Type == FrameType.Data && frames[^1].Header.Has(FrameFlags.EndStream)));

        Assert.All(frames, frame => Assert.InRange(frame.Payload.Length, 0, 8));
        int[] last = [frames.FindLastIndex(frame => frame.Header.Type == FrameType.Continuation), frames.FindIndex(frame => frame.Header.Type == FrameType.Data)];
        Assert.Equal(FrameType.Headers, frames[0].Header.Type);
        Assert.Equal(last[0] + 1, last[1]);
        Assert.InRange(last[0], 2, 100);
        Assert.Equal((":status", "400"), frames[last[0]].Fields[0]);
        Assert.Equal("""{"reason":"PayloadEmpty"}""", Encoding.UTF8.GetString([.. frames.Skip(last[1]).SelectMany(frame => frame.Payload)]));

        // Success ends with its headers.
        client.Request(3, Push.With());
        client.Flush();
        Assert.True(client.ReadUntil(frame => frame.Header.StreamId == 3).Header.Has(FrameFlags.EndStream));
    }

    [Fact]
    public void An_answer_comes_twice()
    {
        using ApnsEmulator emulator = Start("RepeatAnswer");
        using RawClient client = Greet(emulator);
        client.Request(1, Push.With());
        client.Flush();
        ReceivedFrame[] frames = [client.Read()!, client.Read()!];
        Assert.Equal(frames[0].Payload, frames[1].Payload);
        Assert.Equal(frames[0].Header, frames[1].Header);
        Assert.Single(emulator.GetReceived());
    }

    [Fact]
    public void An_answer_comes_on_a_stream_that_was_never_opened()
    {
        using ApnsEmulator emulator = Start("AnswerUnknownStream");
        using RawClient client = Greet(emulator);
        client.Request(1, Push.With());
        client.Flush();
        ReceivedFrame frame = client.Read()!;
        Assert.Equal((FrameType.Headers, 1), (frame.Header.Type, frame.Header.StreamId & 1));
        Assert.True(frame.Header.StreamId > 1_000_000);
    }

    [Fact]
    public void A_header_block_cannot_be_decompressed()
    {
        using ApnsEmulator emulator = Start("MalformedHeaders");
        using RawClient client = Greet(emulator);
        client.Request(1, Push.With());
        client.Flush();
        Assert.Equal(Http2ErrorCode.CompressionError, Assert.Throws<Http2ConnectionException>(client.Read).ErrorCode);
    }

    [Fact]
    public void Headers_are_larger_than_clients_take()
    {
        using ApnsEmulator emulator = Start("OversizedHeaders");
        using RawClient client = Greet(emulator);
        client.Request(1, Push.With());
        client.Flush();
        ReceivedFrame end = client.ReadUntil(frame => frame.Fields.Count > 0);
        Assert.Equal(FrameType.Continuation, end.Header.Type);
        Assert.True(end.Fields.Sum(field => field.Value.Length) > 16_384);
        Assert.Equal(200, client.Exchange(3, Push.With()).Reply.Status);
    }

    [Fact]
    public void A_header_block_does_not_end()
    {
        using ApnsEmulator emulator = Start("EndlessHeaders");
        using RawClient client = Greet(emulator);
        client.Request(1, Push.With());
        client.Flush();
        Assert.False(client.Read()!.Header.Has(FrameFlags.EndHeaders));
        for (int i = 0; i < 1000; i++) Assert.Equal(new FrameHeader(0, FrameType.Continuation, FrameFlags.None, 1), client.Read()!.Header);
    }

    private static (FrameType Type, Http2ErrorCode Code) Struck(RawClient client)
    {
        client.Request(1, Push.With());
        client.Flush();
        ReceivedFrame frame = client.Read()!;
        Assert.Equal(1, frame.Header.StreamId);
        return (frame.Header.Type, frame.ErrorCode);
    }
}
