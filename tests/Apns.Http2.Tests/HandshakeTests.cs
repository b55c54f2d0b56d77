using System;
using System.Linq;

using Apns.Http2.Frames;
using Apns.Http2.Tests.Support;

using Xunit;

namespace Apns.Http2.Tests;

/// <summary>RFC 9113 section 3.4: how a connection begins.</summary>
public class HandshakeTests
{
    private static readonly Http2SessionOptions Plain = new() { ConnectionWindowSize = Http2Settings.DefaultWindowSize, Settings = new Http2Settings() };

    [Fact]
    public void A_client_begins_with_the_preface_and_settings_that_forbid_push()
    {
        byte[] output = new TestSession(Http2Role.Client, Plain).TakeOutput();
        Assert.Equal("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8, output.AsSpan(0, 24));
        Assert.Equal(Convert.FromHexString("000006040000000000" + "000200000000"), output.AsSpan(24).ToArray());
    }

    [Fact]
    public void A_server_begins_with_settings()
    {
        Assert.Equal(Convert.FromHexString("000000040000000000"), new TestSession(Http2Role.Server, Plain).TakeOutput());
    }

    [Theory]
    [InlineData(Http2Role.Client, "SETTINGS EnablePush=0 MaxHeaderListSize=16384")]
    [InlineData(Http2Role.Server, "SETTINGS MaxHeaderListSize=16384")]
    public void The_connection_window_is_raised_at_once(Http2Role role, string settings)
    {
        Assert.Equal([settings, "WINDOW_UPDATE 0 983041"], new TestSession(role).Sent());
    }

    [Fact]
    public void All_settings_are_announced()
    {
        var settings = new Http2Settings
        {
            HeaderTableSize = 1000,
            MaxConcurrentStreams = 10,
            InitialWindowSize = 100_000,
            MaxFrameSize = 20_000,
            MaxHeaderListSize = 5000,
        };
        Assert.Equal(
            "SETTINGS HeaderTableSize=1000 EnablePush=0 MaxConcurrentStreams=10 InitialWindowSize=100000 MaxFrameSize=20000 MaxHeaderListSize=5000",
            new TestSession(Http2Role.Client, new Http2SessionOptions { Settings = settings }).Sent()[0]);
    }

    [Theory]
    [InlineData(Http2Role.Client)]
    [InlineData(Http2Role.Server)]
    public void The_peers_settings_are_acknowledged_and_told(Http2Role role)
    {
        var session = new TestSession(role);
        session.TakeOutput();
        Assert.False(session.Session.SettingsReceived);
        Assert.False(session.Session.SettingsAcknowledged);

        if (role == Http2Role.Server)
        {
            session.Receive(frames => frames.Preface());
            Assert.Empty(session.Sent());
        }

        session.Receive(frames => frames.Settings());
        Assert.Equal(["SETTINGS ACK"], session.Sent());
        Assert.Equal(["settings"], session.Told());
        Assert.True(session.Session.SettingsReceived);
        Assert.False(session.Session.SettingsAcknowledged);

        session.Receive(frames => frames.SettingsAck());
        Assert.True(session.Session.SettingsAcknowledged);
        Assert.Empty(session.Sent());
        Assert.Empty(session.Told());
    }

    [Fact]
    public void A_client_may_send_before_it_hears_the_server_but_waits_for_its_settings()
    {
        var client = new TestSession(Http2Role.Client);
        Assert.False(client.Session.CanOpenStream);
        Assert.Throws<InvalidOperationException>(() => client.Session.OpenStream(null));
        client.Receive(frames => frames.Settings());
        Assert.True(client.Session.CanOpenStream);
    }

    [Fact]
    public void A_server_accepts_requests_right_behind_the_preface()
    {
        var server = new TestSession(Http2Role.Server);
        server.Receive(frames => frames.Preface().Settings().HeadersEnd(1, FrameBuilder.Get));
        Assert.Contains("1 headers, end", server.Told());
    }

    [Fact]
    public void Every_byte_of_the_preface_counts()
    {
        for (int i = 0; i < Http2Session.Preface.Length; i++)
        {
            byte[] preface = Http2Session.Preface.ToArray();
            preface[i] ^= 1;
            new TestSession(Http2Role.Server).Fails(Http2ErrorCode.ProtocolError, preface);

            // It is found as soon as it comes, not when the preface is complete.
            var server = new TestSession(Http2Role.Server);
            server.Receive(preface.AsSpan(0, i));
            server.Fails(Http2ErrorCode.ProtocolError, preface[i..(i + 1)]);
        }
    }

    [Fact]
    public void An_http_1_client_is_turned_away() =>
        new TestSession(Http2Role.Server).Fails(Http2ErrorCode.ProtocolError, "GET / HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray());

    [Fact]
    public void An_http_1_server_is_turned_away() =>
        new TestSession(Http2Role.Client).Fails(Http2ErrorCode.ProtocolError, "HTTP/1.1 400 Bad Request\r\n\r\n"u8.ToArray());

    [Theory]
    [InlineData(Http2Role.Client)]
    [InlineData(Http2Role.Server)]
    public void The_first_frame_is_settings(Http2Role role)
    {
        Action<FrameBuilder>[] others =
        [
            frames => frames.Ping(1),
            frames => frames.SettingsAck(),
            frames => frames.WindowUpdate(0, 1),
            frames => frames.HeadersEnd(1, FrameBuilder.Get),
            frames => frames.Data(1, "x"),
            frames => frames.GoAway(0, Http2ErrorCode.NoError),
            frames => frames.Priority(1),
            frames => frames.Frame((FrameType)0xaa, FrameFlags.None, 0),
        ];
        foreach (Action<FrameBuilder> other in others)
        {
            new TestSession(role).Fails(Http2ErrorCode.ProtocolError, frames =>
            {
                if (role == Http2Role.Server) frames.Preface();
                other(frames);
            });
        }
    }

    [Fact]
    public void A_client_with_nothing_but_a_second_preface_has_an_oversized_frame()
    {
        TestSession server = TestSession.Server();
        server.Fails(Http2ErrorCode.FrameSizeError, Http2Session.Preface.ToArray());
    }

    [Fact]
    public void Two_sessions_greet_each_other()
    {
        var client = new TestSession(Http2Role.Client);
        var server = new TestSession(Http2Role.Server);
        server.Receive(client.TakeOutput());
        client.Receive(server.TakeOutput());
        server.Receive(client.TakeOutput());
        Assert.Equal(["settings"], client.Told());
        Assert.Equal(["settings"], server.Told());
        Assert.True(client.Session.SettingsAcknowledged && server.Session.SettingsAcknowledged);
        Assert.Empty(client.Sent().Concat(server.Sent()));
        Assert.False(server.Session.PeerSettings.EnablePush);
        Assert.Equal(1 << 20, client.Session.SendWindow);
        Assert.Equal(1 << 20, server.Session.SendWindow);
    }

    [Fact]
    public void Options_are_checked()
    {
        var recorder = new Recorder();
        Assert.Throws<ArgumentNullException>(() => new Http2Session(Http2Role.Client, null!, recorder));
        Assert.Throws<ArgumentNullException>(() => new Http2Session(Http2Role.Client, Plain, null!));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Http2Session(Http2Role.Client, Plain with { ConnectionWindowSize = 65_534 }, recorder));
    }

    [Fact]
    public void Output_positions_count_all_bytes_ever_put_out()
    {
        TestSession client = TestSession.Client();
        long before = client.Session.OutputPosition;
        client.Session.Ping(1);
        Assert.Equal(before + 17, client.Session.OutputPosition);
        client.TakeOutput();
        Assert.Equal(before + 17, client.Session.OutputPosition);
        client.Session.Ping(2);
        Assert.Equal(before + 34, client.Session.OutputPosition);

        var full = new ByteBuffer();
        full.WriteByte(1);
        Assert.Throws<ArgumentException>(() => client.Session.SwapOutput(full));
        Assert.Equal(["PING 2"], client.Sent());
    }
}
