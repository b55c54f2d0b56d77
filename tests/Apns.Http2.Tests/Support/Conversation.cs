using System;

using Apns.Http2.Frames;

namespace Apns.Http2.Tests.Support;

/// <summary>A peer's side of a long conversation, with every kind of frame and stream error in it.</summary>
internal static class Conversation
{
    /// <summary>Streams that a client has open when it hears <see cref="OfServer"/>.</summary>
    internal const int Requests = 8;

    internal static Http2SessionOptions Options { get; } = new()
    {
        ConnectionWindowSize = 65_535,
        Settings = new Http2Settings { InitialWindowSize = 200, MaxHeaderListSize = 2000 },
    };

    /// <summary>What a client says to a server.</summary>
    internal static byte[] OfClient
    {
        get
        {
            byte[] block = [.. FrameBuilder.Block(FrameBuilder.Get), 0x40, 1, (byte)'x', 3, (byte)'a', (byte)'b', (byte)'c'];
            return new FrameBuilder()
                .Preface()
                .Settings((Http2SettingId.InitialWindowSize, 300), (Http2SettingId.HeaderTableSize, 0), ((Http2SettingId)99, 1))
                .WindowUpdate(0, 1000)
                .SettingsAck()
                .Frame(FrameType.Headers, FrameFlags.EndHeaders | FrameFlags.EndStream, 1, block)
                .Frame(FrameType.Headers, FrameFlags.Padded | FrameFlags.Priority, 3, [4, 0, 0, 0, 1, 9, .. block[..7], 0, 0, 0, 0])
                .Continuation(3, false, block[7..9])
                .Continuation(3, false)
                .Continuation(3, true, block[9..])
                .Ping(0x0102030405060708)
                .Data(3, "hello")
                .Frame(FrameType.Data, FrameFlags.Padded, 3, [3, .. "world"u8, 0, 0, 0])
                .Frame((FrameType)0x55, (FrameFlags)0x55, 77, 1, 2, 3, 4, 5)
                .Data(3, 150)
                .Frame(FrameType.Headers, FrameFlags.EndHeaders | FrameFlags.EndStream, 3, 0xbe)
                .HeadersEnd(5, "malformed: yes")
                .HeadersEnd(7, FrameBuilder.Get)
                .WindowUpdate(7, 50)
                .Reset(7, Http2ErrorCode.Cancel)
                .Priority(9)
                .Headers(9, [.. FrameBuilder.Post, "content-length: 3"])
                .DataEnd(9, "four")
                .Headers(11, FrameBuilder.Post)
                .Data(11, 201)
                .Data(11, "late")
                .Headers(13, [.. FrameBuilder.Get, "large: " + new string('a', 2500)])
                .Headers(15, FrameBuilder.Post)
                .WindowUpdate(15, int.MaxValue)
                .Settings((Http2SettingId.InitialWindowSize, 70_000), (Http2SettingId.MaxFrameSize, 16_777_215))
                .HeadersEnd(17, [.. FrameBuilder.Get, "x: y"])
                .Ping(7, acknowledge: true)
                .GoAway(0, Http2ErrorCode.NoError, "done")
                .ToArray();
        }
    }

    /// <summary>What a server says to a client with <see cref="Requests"/> unfinished requests.</summary>
    internal static byte[] OfServer => new FrameBuilder()
        .Settings((Http2SettingId.MaxConcurrentStreams, 100), (Http2SettingId.InitialWindowSize, 300), (Http2SettingId.EnablePush, 0))
        .SettingsAck()
        .Headers(1, ":status: 103", "link: a")
        .Headers(1, FrameBuilder.Ok)
        .Data(1, "abc")
        .Data(1, 120)
        .HeadersEnd(1, "trailer: 1")
        .Frame(FrameType.Headers, FrameFlags.EndStream, 3, 0x88)
        .Continuation(3, false, 0x40, 1, (byte)'x')
        .Continuation(3, true, 1, (byte)'y')
        .WindowUpdate(0, 10_000)
        .WindowUpdate(5, 10)
        .Data(5, "no headers")
        .HeadersEnd(5, FrameBuilder.Ok)
        .Reset(7, Http2ErrorCode.RefusedStream)
        .Ping(99)
        .Ping(0x4170_6e73_5265_7365, acknowledge: true)
        .Settings((Http2SettingId.InitialWindowSize, 0), (Http2SettingId.HeaderTableSize, 64))
        .Frame((FrameType)0xee, 0, 0, new byte[30])
        .Frame(FrameType.Headers, FrameFlags.EndHeaders | FrameFlags.Priority | FrameFlags.Padded, 9, [2, 0, 0, 0, 0, 0, 0x88, 0xbe, 0, 0])
        .Priority(9)
        .Frame(FrameType.Data, FrameFlags.Padded | FrameFlags.EndStream, 9, [1, .. "end"u8, 0])
        .GoAway(13, Http2ErrorCode.NoError, "{\"reason\":\"Shutdown\"}")
        .WindowUpdate(11, int.MaxValue)
        .HeadersEnd(13, ":status: 200", "content-length: 7")
        .GoAway(11, Http2ErrorCode.NoError)
        .ToArray();

    /// <summary>A session that is to hear one side of it from its <paramref name="heard"/>th byte on.</summary>
    internal static TestSession Listener(Http2Role role, Http2SessionOptions options, out int heard)
    {
        var session = new TestSession(role, options);
        heard = 0;
        if (role == Http2Role.Server) return session;
        heard = FrameHeader.Size + 18;
        session.Receive(OfServer.AsSpan(0, heard));
        for (int i = 0; i < Requests; i++)
        {
            Http2Stream stream = session.Request(endStream: false);
            session.Session.SendData(stream, new byte[280 + 10 * i], endStream: i % 2 == 0);
        }

        return session;
    }
}
