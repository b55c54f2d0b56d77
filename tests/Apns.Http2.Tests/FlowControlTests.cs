using System;
using System.Linq;
using System.Text;

using Apns.Http2.Frames;
using Apns.Http2.Tests.Support;

using Xunit;

namespace Apns.Http2.Tests;

/// <summary>RFC 9113 sections 5.2 and 6.9, both directions.</summary>
public class FlowControlTests
{
    // A receiver whose windows are small enough to count in: the connection's is the RFC's 65,535.
    private static readonly Http2SessionOptions SmallWindows = new()
    {
        ConnectionWindowSize = 65_535,
        Settings = new Http2Settings { InitialWindowSize = 1000 },
    };

    [Fact]
    public void Data_beyond_the_stream_window_waits_for_it()
    {
        TestSession client = TestSession.Client(null, (Http2SettingId.InitialWindowSize, 10));
        Http2Stream stream = client.Request(endStream: false);
        client.Session.SendData(stream, "0123456789abcdef"u8, endStream: true);
        Assert.Equal(["HEADERS 1", "DATA 1 #10"], client.Sent());
        Assert.Equal(0, stream.SendWindow);
        Assert.False(stream.LocalEnded);

        client.Receive(frames => frames.WindowUpdate(1, 2));
        WireFrame frame = Assert.Single(client.TakeFrames());
        Assert.Equal("DATA 1 #2", frame.ToString());
        Assert.Equal("ab"u8, frame.Payload);

        // The connection's window was never what was missing.
        client.Receive(frames => frames.WindowUpdate(0, 1));
        Assert.Empty(client.Sent());

        client.Receive(frames => frames.WindowUpdate(1, 100));
        frame = Assert.Single(client.TakeFrames());
        Assert.Equal("DATA 1 #4 END", frame.ToString());
        Assert.Equal("cdef"u8, frame.Payload);
        Assert.True(stream.LocalEnded);
        Assert.Equal(96, stream.SendWindow);
    }

    [Fact]
    public void Data_beyond_the_connection_window_waits_for_it_oldest_stream_first()
    {
        TestSession client = TestSession.Client(null, (Http2SettingId.InitialWindowSize, 100_000));
        Http2Stream first = client.Request(endStream: false);
        client.Session.SendData(first, new byte[65_535 + 5], endStream: true);
        Http2Stream second = client.Request(endStream: false);
        client.Session.SendData(second, new byte[7], endStream: true);
        Assert.Equal(0, client.Session.SendWindow);
        client.TakeOutput();

        client.Receive(frames => frames.WindowUpdate(1, 1));
        Assert.Empty(client.Sent());
        client.Receive(frames => frames.WindowUpdate(0, 4));
        Assert.Equal(["DATA 1 #4"], client.Sent());
        client.Receive(frames => frames.WindowUpdate(0, 3));
        Assert.Equal(["DATA 1 #1 END", "DATA 3 #2"], client.Sent());
        client.Receive(frames => frames.WindowUpdate(0, 100));
        Assert.Equal(["DATA 3 #5 END"], client.Sent());
        Assert.Equal(95, client.Session.SendWindow);
    }

    [Fact]
    public void Where_a_stream_ends_is_known_when_its_last_byte_is_put_out()
    {
        TestSession client = TestSession.Client(null, (Http2SettingId.InitialWindowSize, 10));
        Http2Stream whole = client.Request();
        Assert.Equal(client.Session.OutputPosition, whole.EndPosition);

        Http2Stream waiting = client.Request(endStream: false);
        client.Session.SendData(waiting, new byte[11], endStream: true);
        Assert.Equal(long.MaxValue, waiting.EndPosition);
        Assert.Equal(1, client.Session.WaitingStreams);

        client.TakeOutput();
        client.Receive(frames => frames.WindowUpdate(waiting.Id, 1));
        Assert.Equal(client.Session.OutputPosition, waiting.EndPosition);
        Assert.Equal(0, client.Session.WaitingStreams);
    }

    [Fact]
    public void A_blocked_stream_does_not_hold_up_others()
    {
        TestSession client = TestSession.Client(null, (Http2SettingId.InitialWindowSize, 5));
        Http2Stream first = client.Request(endStream: false);
        client.Session.SendData(first, new byte[6], endStream: true);
        Http2Stream second = client.Request(endStream: false);
        client.Session.SendData(second, new byte[6], endStream: true);
        client.TakeOutput();
        client.Receive(frames => frames.WindowUpdate(3, 1));
        Assert.Equal(["DATA 3 #1 END"], client.Sent());
        client.Receive(frames => frames.WindowUpdate(1, 1));
        Assert.Equal(["DATA 1 #1 END"], client.Sent());
    }

    [Fact]
    public void Data_sent_while_other_waits_goes_behind_it()
    {
        TestSession client = TestSession.Client(null, (Http2SettingId.InitialWindowSize, 2));
        Http2Stream stream = client.Request(endStream: false);
        client.Session.SendData(stream, "abc"u8, endStream: false);
        client.TakeOutput();
        client.Session.SendData(stream, "de"u8, endStream: false);
        client.Session.SendData(stream, "f"u8, endStream: true);
        Assert.Empty(client.Sent());
        Assert.Throws<InvalidOperationException>(() => client.Session.SendData(stream, "g"u8, endStream: false));

        client.Receive(frames => frames.WindowUpdate(1, 10));
        WireFrame frame = Assert.Single(client.TakeFrames());
        Assert.Equal(("DATA 1 #4 END", "cdef"), (frame.ToString(), Encoding.ASCII.GetString(frame.Payload)));
    }

    [Fact]
    public void An_empty_end_waits_behind_data_too()
    {
        TestSession client = TestSession.Client(null, (Http2SettingId.InitialWindowSize, 2));
        Http2Stream stream = client.Request(endStream: false);
        client.Session.SendData(stream, "abc"u8, endStream: false);
        client.TakeOutput();
        client.Session.SendData(stream, default, endStream: true);
        Assert.Empty(client.Sent());
        Assert.False(stream.LocalEnded);
        client.Receive(frames => frames.WindowUpdate(1, 10));
        Assert.Equal(["DATA 1 #1 END"], client.Sent());
    }

    [Fact]
    public void Headers_cannot_overtake_data_that_waits()
    {
        TestSession client = TestSession.Client(null, (Http2SettingId.InitialWindowSize, 2));
        Http2Stream stream = client.Request(endStream: false);
        client.Session.SendData(stream, "abc"u8, endStream: false);
        Assert.Throws<InvalidOperationException>(() => client.Session.BeginHeaders(stream, endStream: true));
        client.Session.SendData(stream, default, endStream: true);
        Assert.Throws<InvalidOperationException>(() => client.Session.BeginHeaders(stream, endStream: true));
    }

    [Fact]
    public void An_empty_end_needs_no_window()
    {
        // Section 6.9.1.
        TestSession client = TestSession.Client(null, (Http2SettingId.InitialWindowSize, 0));
        Http2Stream stream = client.Request(endStream: false);
        client.Session.SendData(stream, default, endStream: true);
        Assert.Equal(["HEADERS 1", "DATA 1 #0 END"], client.Sent());
    }

    [Fact]
    public void Empty_data_without_an_end_is_not_sent()
    {
        TestSession client = TestSession.Client();
        Http2Stream stream = client.Request(endStream: false);
        client.TakeOutput();
        client.Session.SendData(stream, default, endStream: false);
        Assert.Empty(client.Sent());
    }

    [Fact]
    public void A_lowered_initial_window_makes_windows_negative()
    {
        // Section 6.9.2, with the RFC's own figures.
        TestSession client = TestSession.Client();
        Http2Stream stream = client.Request(endStream: false);
        client.Session.SendData(stream, new byte[60_000], endStream: false);
        client.TakeOutput();
        client.Receive(frames => frames.Settings((Http2SettingId.InitialWindowSize, 16_384)));
        Assert.Equal(-43_616, stream.SendWindow);
        client.Session.SendData(stream, new byte[100], endStream: true);
        Assert.Equal(["SETTINGS ACK"], client.Sent());

        client.Receive(frames => frames.WindowUpdate(1, 43_616));
        Assert.Equal(0, stream.SendWindow);
        Assert.Empty(client.Sent());
        client.Receive(frames => frames.WindowUpdate(1, 99));
        Assert.Equal(["DATA 1 #99"], client.Sent());
        client.Receive(frames => frames.WindowUpdate(1, 1));
        Assert.Equal(["DATA 1 #1 END"], client.Sent());

        // New streams start with the new window; the connection's is not touched by settings.
        Assert.Equal(16_384, client.Request(endStream: false).SendWindow);
        Assert.Equal(65_535 - 60_100, client.Session.SendWindow);
    }

    [Fact]
    public void An_empty_end_may_go_through_a_negative_window()
    {
        TestSession client = TestSession.Client();
        Http2Stream stream = client.Request(endStream: false);
        client.Session.SendData(stream, new byte[10], endStream: false);
        client.Receive(frames => frames.Settings((Http2SettingId.InitialWindowSize, 0)));
        client.TakeOutput();
        client.Session.SendData(stream, default, endStream: true);
        Assert.Equal(["DATA 1 #0 END"], client.Sent());
    }

    [Fact]
    public void The_lowest_window_and_back()
    {
        TestSession client = TestSession.Client(null, (Http2SettingId.InitialWindowSize, int.MaxValue));
        Http2Stream stream = client.Request(endStream: false);
        for (int i = 0; i < 3; i++)
        {
            client.Session.SendData(stream, new byte[60_000], endStream: false);
            client.Receive(frames => frames.WindowUpdate(0, 60_000));
        }

        client.Receive(frames => frames.Settings((Http2SettingId.InitialWindowSize, 0)));
        Assert.Equal(-180_000, stream.SendWindow);
        client.Receive(frames => frames.WindowUpdate(1, int.MaxValue));
        Assert.Equal(int.MaxValue - 180_000, stream.SendWindow);
        client.Receive(frames => frames.Settings((Http2SettingId.InitialWindowSize, 180_000)));
        Assert.Equal(int.MaxValue, stream.SendWindow);
        client.Fails(Http2ErrorCode.FlowControlError, frames => frames.Settings((Http2SettingId.InitialWindowSize, 180_001)));
    }

    [Fact]
    public void A_raised_initial_window_sends_what_waits_behind_the_acknowledgement()
    {
        TestSession client = TestSession.Client(null, (Http2SettingId.InitialWindowSize, 0));
        Http2Stream stream = client.Request(endStream: false);
        client.Session.SendData(stream, new byte[5], endStream: true);
        client.TakeOutput();
        client.Receive(frames => frames.Settings((Http2SettingId.InitialWindowSize, 5)));
        Assert.Equal(["SETTINGS ACK", "DATA 1 #5 END"], client.Sent());
    }

    [Fact]
    public void Windows_may_reach_the_maximum_but_not_exceed_it()
    {
        TestSession client = TestSession.Client();
        Http2Stream stream = client.Request(endStream: false);
        client.TakeOutput();
        client.Receive(frames => frames.WindowUpdate(0, int.MaxValue - 65_535).WindowUpdate(1, int.MaxValue - 65_535));
        Assert.Equal((int.MaxValue, int.MaxValue), (client.Session.SendWindow, stream.SendWindow));
        client.Told();

        client.Receive(frames => frames.WindowUpdate(1, 1));
        Assert.Equal(["RST_STREAM 1 FlowControlError"], client.Sent().Take(1));
        Assert.Equal(["1 reset FlowControlError by StreamError"], client.Told());
        client.Fails(Http2ErrorCode.FlowControlError, frames => frames.WindowUpdate(0, 1));
    }

    [Fact]
    public void The_reserved_bit_of_an_increment_is_ignored()
    {
        TestSession client = TestSession.Client();
        client.Receive(frames => frames.WindowUpdate(0, 0x80000000 | 5));
        Assert.Equal(65_540, client.Session.SendWindow);
        client.Fails(Http2ErrorCode.ProtocolError, frames => frames.WindowUpdate(0, 0x80000000));
    }

    [Fact]
    public void A_stream_that_is_gone_keeps_nothing_waiting()
    {
        TestSession client = TestSession.Client(null, (Http2SettingId.InitialWindowSize, 0));
        Http2Stream first = client.Request(endStream: false);
        client.Session.SendData(first, new byte[5], endStream: true);
        Http2Stream second = client.Request(endStream: false);
        client.Session.SendData(second, new byte[5], endStream: true);
        Http2Stream third = client.Request(endStream: false);
        client.Session.SendData(third, new byte[5], endStream: true);
        client.Session.Reset(first, Http2ErrorCode.Cancel);
        client.Receive(frames => frames.Reset(3, Http2ErrorCode.RefusedStream));
        client.TakeOutput();
        client.Receive(frames => frames.WindowUpdate(1, 5).WindowUpdate(3, 5).WindowUpdate(5, 5));
        Assert.Equal(["DATA 5 #5 END"], client.Sent());

        // The object of a reset stream starts anew.
        Http2Stream fourth = client.Request(endStream: false);
        client.Session.SendData(fourth, new byte[1], endStream: false);
        client.TakeOutput();
        client.Receive(frames => frames.WindowUpdate(7, 5));
        Assert.Equal(["DATA 7 #1"], client.Sent());
    }

    [Fact]
    public void What_comes_is_given_back_when_half_the_window_is_used()
    {
        TestSession server = TestSession.Server(SmallWindows);
        server.Requested(1, endStream: false);
        server.Receive(frames => frames.Data(1, 499));
        Assert.Empty(server.Sent());
        server.Receive(frames => frames.Data(1, 1));
        Assert.Equal(["WINDOW_UPDATE 1 500"], server.Sent());

        // A whole window at once is allowed.
        server.Receive(frames => frames.Data(1, 1000));
        Assert.Equal(["WINDOW_UPDATE 1 1000"], server.Sent());

        // Who has sent all needs no more.
        server.Receive(frames => frames.Data(1, 1000, endStream: true));
        Assert.Empty(server.Sent());
    }

    [Fact]
    public void The_connection_window_is_given_back_over_all_streams()
    {
        TestSession server = TestSession.Server(new Http2SessionOptions { ConnectionWindowSize = 100_000 });
        server.Requested(1, endStream: false);
        server.Requested(3, endStream: false);
        server.Receive(frames => frames.Data(1, 3000).Data(3, 3000).Data(1, 249));
        Assert.Empty(server.Sent());
        server.Receive(frames => frames.Data(3, 1, endStream: true));
        Assert.Equal(["WINDOW_UPDATE 0 6250"], server.Sent());
    }

    [Fact]
    public void Padding_counts_against_both_windows()
    {
        TestSession server = TestSession.Server(SmallWindows);
        server.Requested(1, endStream: false);
        server.Receive(frames => frames.Frame(FrameType.Data, FrameFlags.Padded, 1, [244, .. "hello"u8, .. new byte[244]]));
        Assert.Equal(["1 data 'hello'"], server.Told());
        server.Receive(frames => frames.Frame(FrameType.Data, FrameFlags.Padded, 1, [249, .. new byte[249]]));
        Assert.Equal(["WINDOW_UPDATE 1 500"], server.Sent());

        // 3,595 more make a sixteenth of the connection's window.
        server.Requested(3, endStream: false);
        for (int i = 0; i < 3; i++) server.Receive(frames => frames.Data(3, 1000));
        server.TakeOutput();
        server.Receive(frames => frames.Data(3, 499).Data(3, 95));
        Assert.DoesNotContain(server.Sent(), static line => line.StartsWith("WINDOW_UPDATE 0", StringComparison.Ordinal));
        server.Receive(frames => frames.Data(3, 1));
        Assert.Contains("WINDOW_UPDATE 0 4095", server.Sent());
    }

    [Fact]
    public void More_than_the_stream_window_costs_the_stream()
    {
        TestSession server = TestSession.Server(SmallWindows);
        server.Requested(1, endStream: false);
        server.Requested(3, endStream: false);
        server.Receive(frames => frames.Data(1, 1001));
        Assert.Equal(["RST_STREAM 1 FlowControlError"], server.Sent());
        Assert.Equal(["1 reset FlowControlError by StreamError"], server.Told());
        server.Receive(frames => frames.Data(3, 1000, endStream: true));
        Assert.Equal(["3 data 1000 bytes, end"], server.Told());
    }

    [Fact]
    public void Padding_can_be_what_exceeds_the_stream_window()
    {
        TestSession server = TestSession.Server(SmallWindows with { Settings = new Http2Settings { InitialWindowSize = 10 } });
        server.Requested(1, endStream: false);
        Assert.Equal(
            ["RST_STREAM 1 FlowControlError"],
            server.Resets(frames => frames.Frame(FrameType.Data, FrameFlags.Padded, 1, [9, 1, .. new byte[9]])));
    }

    [Fact]
    public void More_than_the_connection_window_costs_the_connection()
    {
        // Its window is given back before it can run out, so only a large frame can exceed it.
        TestSession server = TestSession.Server(new Http2SessionOptions
        {
            ConnectionWindowSize = 65_535,
            Settings = new Http2Settings { MaxFrameSize = 100_000, InitialWindowSize = 1_000_000 },
        });
        server.Requested(1, endStream: false);
        server.Receive(frames => frames.Data(1, 65_535).Data(1, 4_094));
        server.Fails(Http2ErrorCode.FlowControlError, frames => frames.Data(1, 61_442));
    }

    [Fact]
    public void Data_for_reset_streams_counts_on_the_connection()
    {
        TestSession server = TestSession.Server(new Http2SessionOptions { ConnectionWindowSize = 65_535 });
        Http2Stream stream = server.Requested(1, endStream: false);
        server.Session.Reset(stream, Http2ErrorCode.Cancel);
        server.TakeOutput();
        server.Receive(frames => frames.Data(1, 4_094));
        Assert.Empty(server.Sent());
        server.Receive(frames => frames.Data(1, 1));
        Assert.Equal(["WINDOW_UPDATE 0 4095"], server.Sent());
        Assert.Empty(server.Told());
    }

    [Fact]
    public void A_changed_initial_window_of_ours_holds_from_the_acknowledgement_on()
    {
        TestSession server = TestSession.Server(SmallWindows);
        server.Requested(1, endStream: false);
        server.Session.ChangeSettings(server.Session.LocalSettings with { InitialWindowSize = 3000 });
        server.TakeOutput();

        // Not acknowledged: it is still 1000.
        server.Receive(frames => frames.Data(1, 400).SettingsAck().Data(1, 2600));
        Assert.Equal(["1 data 400 bytes", "1 data 2600 bytes"], server.Told());
        Assert.Equal(["WINDOW_UPDATE 1 3000"], server.Sent());
        Assert.Equal(["RST_STREAM 1 FlowControlError"], server.Resets(frames => frames.Data(1, 3001)));

        server.Requested(3, endStream: false);
        Assert.Empty(server.Resets(frames => frames.Data(3, 3000)));
    }

    [Fact]
    public void A_lowered_initial_window_of_ours_does_not_leave_the_peer_stuck()
    {
        TestSession server = TestSession.Server(SmallWindows);
        server.Requested(1, endStream: false);
        server.Receive(frames => frames.Data(1, 450));
        server.Session.ChangeSettings(server.Session.LocalSettings with { InitialWindowSize = 100 });
        server.TakeOutput();

        // The peer's window is now 550 - 900 = -350.
        server.Receive(frames => frames.SettingsAck());
        Assert.Equal(["WINDOW_UPDATE 1 450"], server.Sent());
        server.Receive(frames => frames.Data(1, 100));
        Assert.Equal(["WINDOW_UPDATE 1 100"], server.Sent());
        Assert.Equal(["RST_STREAM 1 FlowControlError"], server.Resets(frames => frames.Data(1, 101)));
    }

    [Fact]
    public void A_window_of_nothing_takes_only_empty_frames()
    {
        TestSession server = TestSession.Server(SmallWindows with { Settings = new Http2Settings { InitialWindowSize = 0 } });
        server.Requested(1, endStream: false);
        server.Requested(3, endStream: false);
        server.Receive(frames => frames.Data(1, 0).Data(1, 0, endStream: true));
        Assert.Equal(["1 data ''", "1 data '', end"], server.Told());
        Assert.Empty(server.Sent());
        Assert.Equal(["RST_STREAM 3 FlowControlError"], server.Resets(frames => frames.Data(3, 1)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Nobody_breaks_a_window_and_all_arrives_whatever_the_settings(int seed)
    {
        var random = new Random(seed);
        var options = new Http2SessionOptions
        {
            ConnectionWindowSize = 65_535 + random.Next(100_000),
            Settings = new Http2Settings { InitialWindowSize = random.Next(1, 5000) },
            SettingsRate = new Http2Rate(100_000, 0),
        };
        var both = new TwoSessions(options, options);
        int[] sent = new int[200];
        int[] got = new int[200];
        bool[] ended = new bool[200];
        both.Server.Recorder.Answer = (stream, line) =>
        {
            if (!line.Contains(" data ", StringComparison.Ordinal)) return;
            got[stream.Id] = (int)stream.ReceivedLength;
            ended[stream.Id] = stream.RemoteEnded;
        };
        Http2Stream[] streams = [.. Enumerable.Range(0, 20).Select(_ => both.Client.Request(endStream: false))];
        int[] ids = [.. streams.Select(stream => stream.Id)];
        for (int step = 0; step < 400; step++)
        {
            int which = random.Next(20);
            Http2Stream stream = streams[which];
            if (ids[which] != 0 && stream.Id == ids[which] && random.Next(4) != 0)
            {
                int length = random.Next(8) == 0 ? 0 : random.Next(3000);
                bool end = random.Next(15) == 0;
                both.Client.Session.SendData(stream, new byte[length], end);
                sent[stream.Id] += length;
                if (end) ids[which] = 0;
            }

            if (random.Next(10) == 0)
            {
                both.Server.Session.ChangeSettings(options.Settings with { InitialWindowSize = random.Next(1, 5000), MaxFrameSize = 16_384 + random.Next(3000) });
            }

            if (random.Next(3) == 0) both.Run();
        }

        for (int i = 0; i < 20; i++)
        {
            if (ids[i] != 0) both.Client.Session.SendData(streams[i], default, endStream: true);
        }

        both.Run();
        Assert.Equal(sent, got);
        Assert.Equal(20, ended.Count(value => value));
        Assert.DoesNotContain(both.FromServer, frame => frame.Type == FrameType.ResetStream);
        Assert.True(sent.Sum() > 50_000);
    }
}
