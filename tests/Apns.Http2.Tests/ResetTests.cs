using System.Linq;

using Apns.Http2.Frames;
using Apns.Http2.Tests.Support;

using Xunit;

namespace Apns.Http2.Tests;

/// <summary>RFC 9113 sections 5.1, 5.4.2 and 6.4: streams that end before their time.</summary>
public class ResetTests
{
    private const ulong FirstResetPing = 0x4170_6e73_5265_0001;

    [Theory]
    [InlineData(0u, Http2ErrorCode.NoError)]
    [InlineData(7u, Http2ErrorCode.RefusedStream)]
    [InlineData(13u, Http2ErrorCode.Http11Required)]
    [InlineData(14u, (Http2ErrorCode)14)]
    [InlineData(uint.MaxValue, (Http2ErrorCode)(-1))]
    public void The_peer_may_reset_with_any_code(uint value, Http2ErrorCode code)
    {
        TestSession client = TestSession.Client();
        client.Request();
        client.TakeOutput();
        client.Receive(frames => frames.Frame(FrameType.ResetStream, (FrameFlags)0xff, 1, FrameBuilder.Int(value)));
        Assert.Equal([$"1 reset {code} by Peer"], client.Told());
        Assert.Equal(0, client.Session.OpenStreams);

        // Section 5.4.2: never a reset for a reset.
        Assert.Empty(client.Sent());
        Assert.Equal(0, client.Session.CountedStreams);
    }

    [Theory]
    [InlineData(Http2Role.Client)]
    [InlineData(Http2Role.Server)]
    public void Late_frames_for_a_stream_reset_here_are_ignored(Http2Role role)
    {
        TestSession session = role == Http2Role.Client ? TestSession.Client() : TestSession.Server();
        Http2Stream stream = role == Http2Role.Client ? session.Request() : session.Requested(1, endStream: false);
        session.Session.Reset(stream, Http2ErrorCode.Cancel);
        Assert.Contains("RST_STREAM 1 Cancel", session.Sent());
        session.Receive(frames => frames
            .Headers(1, FrameBuilder.Ok)
            .Data(1, "x").Data(1, 0)
            .WindowUpdate(1, 0).WindowUpdate(1, int.MaxValue)
            .Priority(1)
            .HeadersEnd(1, "Malformed: too")
            .DataEnd(1, "y")
            .Reset(1, Http2ErrorCode.Cancel));
        Assert.Empty(session.Sent());
        Assert.Empty(session.Told());
    }

    [Fact]
    public void A_reset_counts_until_the_peer_has_surely_seen_it()
    {
        TestSession client = TestSession.Client(null, (Http2SettingId.MaxConcurrentStreams, 2));
        Http2Stream first = client.Request();
        client.Request();
        client.TakeOutput();
        client.Session.Reset(first, Http2ErrorCode.Cancel);
        Assert.Equal(["RST_STREAM 1 Cancel", ResetPing(0)], client.Sent());
        Assert.Equal((1, 2), (client.Session.OpenStreams, client.Session.CountedStreams));
        Assert.False(client.Session.CanOpenStream);

        // Other answers, and questions, say nothing about it.
        client.Receive(frames => frames.Ping(7, acknowledge: true).Ping(FirstResetPing));
        Assert.Equal(2, client.Session.CountedStreams);
        client.Receive(frames => frames.Ping(FirstResetPing, acknowledge: true));
        Assert.Equal(1, client.Session.CountedStreams);
        Assert.True(client.Session.CanOpenStream);
    }

    [Fact]
    public void Resets_while_a_ping_is_out_wait_for_the_next_one()
    {
        TestSession client = TestSession.Client();
        Http2Stream[] streams = [.. Enumerable.Range(0, 4).Select(_ => client.Request())];
        client.TakeOutput();
        foreach (Http2Stream stream in streams[..3]) client.Session.Reset(stream, Http2ErrorCode.Cancel);
        Assert.Equal(["RST_STREAM 1 Cancel", ResetPing(0), "RST_STREAM 3 Cancel", "RST_STREAM 5 Cancel"], client.Sent());
        Assert.Equal(4, client.Session.CountedStreams);

        client.Receive(frames => frames.Ping(FirstResetPing, acknowledge: true));
        Assert.Equal(3, client.Session.CountedStreams);
        Assert.Equal([ResetPing(1)], client.Sent());
        client.Session.Reset(streams[3], Http2ErrorCode.Cancel);
        client.Receive(frames => frames.Ping(FirstResetPing + 1, acknowledge: true));
        Assert.Equal(1, client.Session.CountedStreams);
        client.Receive(frames => frames.Ping(FirstResetPing + 2, acknowledge: true));
        Assert.Equal(0, client.Session.CountedStreams);
        Assert.Equal(["RST_STREAM 7 Cancel", ResetPing(2)], client.Sent());

        // Nothing is owed any more: one answer too many changes nothing.
        client.Receive(frames => frames.Ping(FirstResetPing + 2, acknowledge: true));
        Assert.Equal(0, client.Session.CountedStreams);
        Assert.Empty(client.Sent());
    }

    [Fact]
    public void Who_leaves_a_question_open_is_asked_again()
    {
        TestSession client = TestSession.Client();
        client.Session.Reset(client.Request(), Http2ErrorCode.Cancel);
        client.TakeOutput();
        client.Session.Ping(7);
        Assert.Equal([ResetPing(0), "PING 7"], client.Sent());

        // The answer to the first, which came late, tells of the resets before it and nothing of later ones.
        client.Session.Reset(client.Request(), Http2ErrorCode.Cancel);
        client.TakeOutput();
        client.Receive(frames => frames.Ping(FirstResetPing, acknowledge: true));
        Assert.Equal(1, client.Session.CountedStreams);
        Assert.Equal([ResetPing(1)], client.Sent());
        client.Receive(frames => frames.Ping(FirstResetPing, acknowledge: true).Ping(7, acknowledge: true));
        Assert.Equal(1, client.Session.CountedStreams);
        client.Receive(frames => frames.Ping(FirstResetPing + 1, acknowledge: true));
        Assert.Equal(0, client.Session.CountedStreams);
    }

    [Fact]
    public void Stream_errors_of_the_server_count_too()
    {
        TestSession client = TestSession.Client();
        client.Request();
        client.TakeOutput();
        client.Receive(frames => frames.Data(1, "no headers"));
        Assert.Equal(["RST_STREAM 1 ProtocolError", ResetPing(0)], client.Sent());
        Assert.Equal((0, 1), (client.Session.OpenStreams, client.Session.CountedStreams));
    }

    [Fact]
    public void An_answered_stream_does_not_count_when_it_is_reset()
    {
        TestSession client = TestSession.Client();
        Http2Stream stream = client.Request(endStream: false);
        client.Receive(frames => frames.HeadersEnd(1, FrameBuilder.Ok));
        client.TakeOutput();
        client.Session.Reset(stream, Http2ErrorCode.NoError);
        Assert.Equal(["RST_STREAM 1 NoError"], client.Sent());
        Assert.Equal(0, client.Session.CountedStreams);
    }

    [Fact]
    public void A_server_counts_no_resets()
    {
        TestSession server = TestSession.Server();
        server.Session.Reset(server.Requested(1), Http2ErrorCode.Cancel);
        Assert.Equal(["RST_STREAM 1 Cancel"], server.Sent());
        Assert.Equal(0, server.Session.CountedStreams);
    }

    [Fact]
    public void What_was_written_before_a_reset_goes_out_before_it()
    {
        TestSession client = TestSession.Client();
        Http2Stream stream = client.Request(endStream: false);
        client.Session.SendData(stream, new byte[100_000], endStream: true);
        client.Session.Reset(stream, Http2ErrorCode.Cancel);
        string[] sent = client.Sent();
        Assert.Equal(["RST_STREAM 1 Cancel", ResetPing(0)], sent[^2..]);
        client.Receive(frames => frames.WindowUpdate(0, 100_000));
        Assert.Empty(client.Sent());
    }

    [Fact]
    public void A_client_that_resets_much_still_ignores_what_comes_late()
    {
        // More than are remembered one by one.
        TestSession client = TestSession.Client();
        for (int i = 0; i < 1100; i++) client.Session.Reset(client.Request(), Http2ErrorCode.Cancel);
        client.Receive(frames => frames.HeadersEnd(1, FrameBuilder.Ok).DataEnd(3, "x"));
        Assert.Empty(client.Told());
        client.Request();
        client.Receive(frames => frames.HeadersEnd(2201, FrameBuilder.Ok));
        client.Fails(Http2ErrorCode.StreamClosed, frames => frames.HeadersEnd(2201, FrameBuilder.Ok));
    }

    [Fact]
    public void Streams_that_ended_long_ago_are_closed_for_good()
    {
        TestSession server = TestSession.Server();
        for (int id = 1; id < 1000; id += 2) server.SendHeaders(server.Requested(id), true, FrameBuilder.Ok);
        server.Receive(frames => frames.WindowUpdate(1, 1).WindowUpdate(999, 1));
        server.Fails(Http2ErrorCode.ProtocolError, frames => frames.Data(1, "x"));
    }

    [Fact]
    public void Two_sessions_agree_on_what_is_open()
    {
        var both = new TwoSessions(null, new Http2SessionOptions { Settings = new Http2Settings { MaxConcurrentStreams = 3 } });
        for (int round = 0; round < 50; round++)
        {
            while (both.Client.Session.CanOpenStream) both.Client.Request(endStream: false);
            Assert.Equal(3, both.Client.Session.CountedStreams);
            both.Run();
            Assert.Equal(3, both.Server.Session.OpenStreams);
            if (round % 2 == 0) both.Server.Session.Reset(Open(both.Server), Http2ErrorCode.RefusedStream);
            both.Run();
            Assert.Equal(both.Server.Session.OpenStreams, both.Client.Session.OpenStreams);
            both.Server.SendHeaders(Open(both.Server), true, FrameBuilder.Ok);
            both.Run();

            // Our answered but unfinished request: the rest is not wanted.
            Http2Stream answered = both.Client.Recorder.Streams.Values.Last(stream => stream.RemoteEnded && stream.Id != 0);
            both.Client.Session.Reset(answered, Http2ErrorCode.Cancel);
            both.Run();
            Assert.Equal(both.Server.Session.OpenStreams, both.Client.Session.OpenStreams);
        }

        Assert.DoesNotContain(both.FromServer, frame => frame.Type == FrameType.GoAway);
        Assert.Equal(25, both.FromServer.Count(frame => frame.Type == FrameType.ResetStream));

        static Http2Stream Open(TestSession server) => server.Recorder.Streams.Values.First(stream => stream.Id != 0 && !stream.LocalEnded);
    }

    private static string ResetPing(int number) => $"PING {FirstResetPing + (ulong)number:x16}";
}
