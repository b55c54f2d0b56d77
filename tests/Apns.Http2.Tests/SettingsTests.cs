using System.Linq;

using Apns.Http2.Frames;
using Apns.Http2.Tests.Support;

using Xunit;

namespace Apns.Http2.Tests;

/// <summary>RFC 9113 section 6.5.</summary>
public class SettingsTests
{
    [Fact]
    public void Every_parameter_of_the_peer_is_taken()
    {
        TestSession client = TestSession.Client(
            null,
            (Http2SettingId.HeaderTableSize, 0),
            (Http2SettingId.EnablePush, 0),
            (Http2SettingId.MaxConcurrentStreams, 7),
            (Http2SettingId.InitialWindowSize, 1000),
            (Http2SettingId.MaxFrameSize, 20_000),
            (Http2SettingId.MaxHeaderListSize, 3000));
        Assert.Equal(
            new Http2Settings
            {
                HeaderTableSize = 0,
                EnablePush = false,
                MaxConcurrentStreams = 7,
                InitialWindowSize = 1000,
                MaxFrameSize = 20_000,
                MaxHeaderListSize = 3000,
            },
            client.Session.PeerSettings);
    }

    [Fact]
    public void Values_are_taken_in_order_so_the_last_one_holds()
    {
        TestSession client = TestSession.Client(null, (Http2SettingId.MaxConcurrentStreams, 7), (Http2SettingId.MaxConcurrentStreams, 9));
        Assert.Equal(9, client.Session.PeerSettings.MaxConcurrentStreams);
        client.Receive(frames => frames.Settings((Http2SettingId.InitialWindowSize, 5)));
        Assert.Equal((9, 5), (client.Session.PeerSettings.MaxConcurrentStreams, client.Session.PeerSettings.InitialWindowSize));
        Assert.Equal(["SETTINGS ACK"], client.Sent());
    }

    [Fact]
    public void Unknown_parameters_are_ignored_and_acknowledged()
    {
        TestSession server = TestSession.Server();
        Http2Settings before = server.Session.PeerSettings;
        server.Receive(frames => frames.Settings(((Http2SettingId)0, 1), ((Http2SettingId)7, uint.MaxValue), ((Http2SettingId)0xffff, 0)));
        Assert.Equal(before, server.Session.PeerSettings);
        Assert.Equal(["SETTINGS ACK"], server.Sent());
    }

    [Fact]
    public void An_unknown_flag_does_not_make_it_an_acknowledgement()
    {
        TestSession server = TestSession.Server();
        server.Receive(frames => frames.Frame(FrameType.Settings, (FrameFlags)0xfe, 0));
        Assert.Equal(["SETTINGS ACK"], server.Sent());
    }

    [Fact]
    public void A_server_may_say_that_it_does_not_push_but_not_that_it_does()
    {
        TestSession client = TestSession.Client();
        client.Receive(frames => frames.Settings((Http2SettingId.EnablePush, 0)));
        client.Fails(Http2ErrorCode.ProtocolError, frames => frames.Settings((Http2SettingId.EnablePush, 1)));
    }

    [Fact]
    public void A_client_may_allow_push()
    {
        TestSession server = TestSession.Server(null, (Http2SettingId.EnablePush, 0));
        Assert.False(server.Session.PeerSettings.EnablePush);
        server.Receive(frames => frames.Settings((Http2SettingId.EnablePush, 1)));
        Assert.True(server.Session.PeerSettings.EnablePush);
    }

    [Fact]
    public void The_peers_table_size_holds_for_our_encoder_and_is_signalled_in_the_next_block()
    {
        TestSession client = TestSession.Client();
        client.Request(true, "x: y");
        Assert.Equal(4096, client.Session.Encoder.TableCapacity);
        Assert.NotEqual(0, client.Session.Encoder.Table.Size);
        client.TakeOutput();

        client.Receive(frames => frames.Settings((Http2SettingId.HeaderTableSize, 0), (Http2SettingId.HeaderTableSize, 100)));
        client.Request(true, ":method: GET");

        // RFC 7541 section 4.2: the lowest and the last.
        Assert.Equal([0x20, 0x3f, 0x45, 0x82], client.TakeFrames()[^1].Payload);
        Assert.Equal(0, client.Session.Encoder.Table.Size);

        client.Receive(frames => frames.Settings((Http2SettingId.HeaderTableSize, uint.MaxValue)));
        Assert.Equal(4096, client.Session.Encoder.TableCapacity);
    }

    [Fact]
    public void Our_table_size_holds_for_the_peer_once_acknowledged()
    {
        var options = new Http2SessionOptions { Settings = new Http2Settings { HeaderTableSize = 8192 } };
        byte[] raise = [0x3f, .. Integer(8192 - 31), .. FrameBuilder.Block(FrameBuilder.Get)];
        var server = new TestSession(Http2Role.Server, options);
        server.Receive(frames => frames.Preface().Settings());
        server.Fails(Http2ErrorCode.CompressionError, frames => Send(frames, raise));

        server = TestSession.Server(options);
        server.Receive(frames => Send(frames, raise));
        Assert.Contains("1 headers, end", server.Told());

        static void Send(FrameBuilder frames, byte[] block) => frames.Frame(FrameType.Headers, FrameFlags.EndHeaders | FrameFlags.EndStream, 1, block);
    }

    [Fact]
    public void A_lowered_table_must_be_obeyed_after_the_acknowledgement()
    {
        TestSession server = TestSession.Server();
        server.Session.ChangeSettings(server.Session.LocalSettings with { HeaderTableSize = 100 });
        Assert.Equal(["SETTINGS HeaderTableSize=100"], server.Sent());
        server.Receive(frames => frames.HeadersEnd(1, FrameBuilder.Get));
        server.Receive(frames => frames.SettingsAck());
        server.Fails(Http2ErrorCode.CompressionError, frames => frames.HeadersEnd(3, FrameBuilder.Get));
    }

    [Fact]
    public void Changes_are_sent_as_differences_to_what_was_announced_last()
    {
        TestSession server = TestSession.Server();
        Http2Settings first = server.Session.LocalSettings with { MaxConcurrentStreams = 5 };
        server.Session.ChangeSettings(first);
        server.Session.ChangeSettings(first with { InitialWindowSize = 70_000 });
        server.Session.ChangeSettings(first with { InitialWindowSize = 70_000 });
        Assert.Equal(["SETTINGS MaxConcurrentStreams=5", "SETTINGS InitialWindowSize=70000", "SETTINGS"], server.Sent());

        Assert.Equal(int.MaxValue, server.Session.LocalSettings.MaxConcurrentStreams);
        server.Receive(frames => frames.SettingsAck());
        Assert.Equal((5, 65_535), (server.Session.LocalSettings.MaxConcurrentStreams, server.Session.LocalSettings.InitialWindowSize));
        Assert.False(server.Session.SettingsAcknowledged);
        server.Receive(frames => frames.SettingsAck().SettingsAck());
        Assert.Equal((5, 70_000), (server.Session.LocalSettings.MaxConcurrentStreams, server.Session.LocalSettings.InitialWindowSize));
        Assert.True(server.Session.SettingsAcknowledged);
    }

    [Fact]
    public void An_acknowledgement_of_nothing_is_ignored()
    {
        TestSession server = TestSession.Server();
        Http2Settings before = server.Session.LocalSettings;
        server.Receive(frames => frames.SettingsAck().SettingsAck());
        Assert.Equal(before, server.Session.LocalSettings);
        Assert.Empty(server.Sent());
    }

    [Theory]
    [InlineData(Http2Role.Client)]
    [InlineData(Http2Role.Server)]
    public void A_larger_frame_size_is_accepted_from_the_announcement_on(Http2Role role)
    {
        TestSession session = role == Http2Role.Client ? TestSession.Client() : TestSession.Server();
        session.Session.ChangeSettings(session.Session.LocalSettings with { MaxFrameSize = 20_000 });
        session.Receive(frames => frames.Frame((FrameType)0xaa, FrameFlags.None, 0, new byte[20_000]));
        session.Receive(frames => frames.SettingsAck().Frame((FrameType)0xaa, FrameFlags.None, 0, new byte[20_000]));

        // Lowered again: until that is acknowledged, the peer may still use it.
        session.Session.ChangeSettings(session.Session.LocalSettings with { MaxFrameSize = 16_384 });
        session.Receive(frames => frames.Frame((FrameType)0xaa, FrameFlags.None, 0, new byte[20_000]));
        session.Receive(frames => frames.SettingsAck().Frame((FrameType)0xaa, FrameFlags.None, 0, new byte[16_384]));
        session.Fails(Http2ErrorCode.FrameSizeError, frames => frames.Frame((FrameType)0xaa, FrameFlags.None, 0, new byte[16_385]));
    }

    [Fact]
    public void Of_several_frame_sizes_announced_the_largest_is_accepted()
    {
        TestSession server = TestSession.Server();
        server.Session.ChangeSettings(server.Session.LocalSettings with { MaxFrameSize = 17_000 });
        server.Session.ChangeSettings(server.Session.LocalSettings with { MaxFrameSize = 30_000 });
        server.Session.ChangeSettings(server.Session.LocalSettings with { MaxFrameSize = 18_000 });
        server.Receive(frames => frames.SettingsAck().Frame((FrameType)0xaa, FrameFlags.None, 0, new byte[30_000]));
        server.Receive(frames => frames.SettingsAck().Frame((FrameType)0xaa, FrameFlags.None, 0, new byte[30_000]));
        server.Fails(Http2ErrorCode.FrameSizeError, frames => frames.SettingsAck().Frame((FrameType)0xaa, FrameFlags.None, 0, new byte[18_001]));
    }

    [Fact]
    public void A_frame_too_large_is_found_from_its_header_alone()
    {
        TestSession server = TestSession.Server(new Http2SessionOptions { Settings = new Http2Settings { MaxFrameSize = 30_000 } });
        server.Receive(frames => frames.Frame(FrameType.Ping + 0x80, FrameFlags.None, 0, new byte[30_000]));
        byte[] header = new byte[FrameHeader.Size];
        new FrameHeader(30_001, FrameType.Data, FrameFlags.None, 1).Write(header);
        server.Fails(Http2ErrorCode.FrameSizeError, header);
    }

    [Fact]
    public void The_peers_frame_size_splits_what_we_send()
    {
        TestSession client = TestSession.Client(null, (Http2SettingId.InitialWindowSize, 100_000), (Http2SettingId.MaxFrameSize, 17_000));
        client.Receive(frames => frames.WindowUpdate(0, 100_000));
        Http2Stream stream = client.Request(endStream: false);
        client.Session.SendData(stream, new byte[34_001], endStream: true);
        Assert.Equal(["HEADERS 1", "DATA 1 #17000", "DATA 1 #17000", "DATA 1 #1 END"], client.Sent());

        // An exact multiple needs no empty frame.
        stream = client.Request(endStream: false);
        client.Session.SendData(stream, new byte[34_000], endStream: true);
        Assert.Equal(["HEADERS 3", "DATA 3 #17000", "DATA 3 #17000 END"], client.Sent());
    }

    [Fact]
    public void The_peers_stream_limit_holds_for_opening()
    {
        TestSession client = TestSession.Client(null, (Http2SettingId.MaxConcurrentStreams, 2));
        client.Request();
        client.Request();
        Assert.False(client.Session.CanOpenStream);
        client.Receive(frames => frames.Settings((Http2SettingId.MaxConcurrentStreams, 3)));
        client.Request();
        Assert.False(client.Session.CanOpenStream);

        // Lowered below what is open: they go on, and no new one comes until they are few enough.
        client.Receive(frames => frames.Settings((Http2SettingId.MaxConcurrentStreams, 1)));
        client.Receive(frames => frames.HeadersEnd(1, FrameBuilder.Ok).HeadersEnd(3, FrameBuilder.Ok));
        Assert.Equal(1, client.Session.OpenStreams);
        Assert.False(client.Session.CanOpenStream);
        client.Receive(frames => frames.HeadersEnd(5, FrameBuilder.Ok));
        Assert.True(client.Session.CanOpenStream);
        client.Receive(frames => frames.Settings((Http2SettingId.MaxConcurrentStreams, 0)));
        Assert.False(client.Session.CanOpenStream);
    }

    [Fact]
    public void Our_stream_limit_refuses_what_exceeds_it_once_acknowledged()
    {
        TestSession server = TestSession.Server(new Http2SessionOptions { Settings = new Http2Settings { MaxConcurrentStreams = 2 } });
        server.Receive(frames => frames.HeadersEnd(1, FrameBuilder.Get).HeadersEnd(3, FrameBuilder.Get));
        Assert.Empty(server.Sent());
        server.Told();

        server.Receive(frames => frames.HeadersEnd(5, FrameBuilder.Get));
        Assert.Equal(["RST_STREAM 5 RefusedStream"], server.Sent());
        Assert.Equal(["5 reset RefusedStream by StreamError"], server.Told());
        Assert.Equal(2, server.Session.OpenStreams);

        server.SendHeaders(server.Recorder.Streams[1], true, FrameBuilder.Ok);
        server.TakeOutput();
        server.Receive(frames => frames.HeadersEnd(7, FrameBuilder.Get));
        Assert.Empty(server.Sent());
    }

    [Fact]
    public void A_lowered_stream_limit_refuses_only_after_the_acknowledgement()
    {
        TestSession server = TestSession.Server(new Http2SessionOptions { Settings = new Http2Settings { MaxConcurrentStreams = 2 } });
        server.Session.ChangeSettings(server.Session.LocalSettings with { MaxConcurrentStreams = 1 });
        server.Receive(frames => frames.HeadersEnd(1, FrameBuilder.Get).HeadersEnd(3, FrameBuilder.Get).SettingsAck());
        Assert.DoesNotContain("RST_STREAM 3 RefusedStream", server.Sent());
        server.Receive(frames => frames.HeadersEnd(5, FrameBuilder.Get));
        Assert.Equal(["RST_STREAM 5 RefusedStream"], server.Sent());

        // A raised one holds at once.
        server.Session.ChangeSettings(server.Session.LocalSettings with { MaxConcurrentStreams = 3 });
        server.Receive(frames => frames.HeadersEnd(7, FrameBuilder.Get));
        Assert.Equal(["SETTINGS MaxConcurrentStreams=3"], server.Sent());
    }

    [Fact]
    public void Refused_streams_keep_the_tables_right()
    {
        var both = new TwoSessions(null, new Http2SessionOptions { Settings = new Http2Settings { MaxConcurrentStreams = 1 } });

        // The client breaks the limit: it is made to forget it.
        both.Client.Receive(frames => frames.Settings((Http2SettingId.MaxConcurrentStreams, 100)));
        both.Client.TakeOutput();
        string[] fields = [.. FrameBuilder.Get, "x-first: 1"];
        both.Client.Request(true, fields);
        both.Client.Request(true, [.. fields, "x-second: 2"]);
        both.Run();
        Assert.Contains("3 reset RefusedStream by Peer", both.Client.Told());
        both.Server.SendHeaders(both.Server.Recorder.Streams[1], true, FrameBuilder.Ok);
        both.Run();
        both.Server.Told();
        both.Client.Request(true, [.. fields, "x-second: 2"]);
        both.Run();
        Assert.Equal(["5 x-first: 1", "5 x-second: 2", "5 headers, end"], both.Server.Told().TakeLast(3));
    }

    // What follows a full prefix, RFC 7541 section 5.1.
    private static byte[] Integer(int rest)
    {
        var output = new ByteBuffer();
        while (rest >= 128)
        {
            output.WriteByte((byte)(0x80 | (rest & 0x7f)));
            rest >>= 7;
        }

        output.WriteByte((byte)rest);
        return output.WrittenSpan.ToArray();
    }
}
