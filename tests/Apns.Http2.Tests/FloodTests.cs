using System;
using System.Collections.Generic;

using Apns.Http2.Frames;
using Apns.Http2.Tests.Support;

using Xunit;

namespace Apns.Http2.Tests;

/// <summary>RFC 9113 section 10.5: what costs a peer little and us something is allowed only so often.</summary>
public class FloodTests
{
    private static readonly Http2Rate Few = new(4, 2);

    // What to limit to four and two each second; what comes before; the frames of which the fifth is one too many.
    private static readonly Dictionary<string, Flood> Floods = new()
    {
        ["SETTINGS"] = new(Http2Role.Server, options => options with { SettingsRate = Few }, null, (frames, _) => frames.Settings()),
        ["PING"] = new(Http2Role.Server, options => options with { PingRate = Few }, null, (frames, i) => frames.Ping((ulong)i)),
        ["empty DATA"] = new(
            Http2Role.Server, options => options with { EmptyDataRate = Few }, frames => frames.Headers(1, FrameBuilder.Post), (frames, _) => frames.Data(1, 0)),
        ["DATA of padding only"] = new(
            Http2Role.Client,
            options => options with { EmptyDataRate = Few },
            frames => frames.Headers(1, FrameBuilder.Ok),
            (frames, _) => frames.Frame(FrameType.Data, FrameFlags.Padded, 1, 3, 0, 0, 0)),
        ["streams opened and reset"] = new(
            Http2Role.Server,
            options => options with { ResetRate = Few },
            null,
            (frames, i) => frames.HeadersEnd(2 * i + 1, FrameBuilder.Get).Reset(2 * i + 1, Http2ErrorCode.Cancel)),
        ["stream errors"] = new(
            Http2Role.Server, options => options with { StreamErrorRate = Few }, null, (frames, i) => frames.HeadersEnd(2 * i + 1, "x: y")),
        ["stream errors by WINDOW_UPDATE"] = new(
            Http2Role.Server,
            options => options with { StreamErrorRate = Few },
            null,
            (frames, i) => frames.HeadersEnd(2 * i + 1, FrameBuilder.Get).WindowUpdate(2 * i + 1, 0)),
        ["refused streams"] = new(
            Http2Role.Server,
            options => options with { StreamErrorRate = Few, Settings = new Http2Settings { MaxConcurrentStreams = 0 } },
            null,
            (frames, i) => frames.HeadersEnd(2 * i + 1, FrameBuilder.Get)),
        ["PRIORITY"] = new(Http2Role.Server, options => options with { IgnoredFrameRate = Few }, null, (frames, i) => frames.Priority(2 * i + 1)),
        ["unknown frames"] = new(
            Http2Role.Client, options => options with { IgnoredFrameRate = Few }, null, (frames, i) => frames.Frame((FrameType)(20 + i), FrameFlags.None, i)),
        ["unasked SETTINGS acknowledgements"] = new(
            Http2Role.Client, options => options with { IgnoredFrameRate = Few }, null, (frames, _) => frames.SettingsAck()),
        ["DATA for a reset stream"] = new(
            Http2Role.Client,
            options => options with { IgnoredFrameRate = Few },
            frames => frames.Data(1, "stream error"),
            (frames, _) => frames.Data(1, "x")),
        ["HEADERS for a reset stream"] = new(
            Http2Role.Client,
            options => options with { IgnoredFrameRate = Few },
            frames => frames.Data(1, "stream error"),
            (frames, _) => frames.Headers(1, FrameBuilder.Ok)),
        ["answers to a PING that nobody sent"] = new(
            Http2Role.Server,
            options => options with { IgnoredFrameRate = Few },
            null,
            (frames, _) => frames.Ping(7, acknowledge: true)),
        ["interim answers"] = new(
            Http2Role.Client,
            options => options with { IgnoredFrameRate = Few },
            null,
            (frames, _) => frames.Headers(1, ":status: 103")),
        ["GOAWAY again"] = new(
            Http2Role.Client,
            options => options with { IgnoredFrameRate = Few },
            frames => frames.GoAway(1, Http2ErrorCode.NoError),
            (frames, _) => frames.GoAway(1, Http2ErrorCode.NoError)),
    };

    public static TheoryData<string> FloodNames => [.. Floods.Keys];

    [Theory]
    [MemberData(nameof(FloodNames))]
    public void A_flood_ends_the_connection_but_patience_does_not(string name)
    {
        // Too many at once.
        TestSession session = Start(name, out Flood flood);
        int next = 0;
        for (int i = 0; i < 4; i++) Send();
        session.Fails(Http2ErrorCode.EnhanceYourCalm, frames => flood.Each(frames, next++));

        // As fast as is allowed: two each second, however long.
        session = Start(name, out flood);
        next = 0;
        for (int i = 0; i < 4; i++) Send();
        for (int i = 0; i < 100; i++)
        {
            session.Now += 500;
            Send();
        }

        // A pause restores what was allowed at first, no more.
        session.Now += 1_000_000;
        for (int i = 0; i < 4; i++) Send();
        session.Now += 499;
        session.Fails(Http2ErrorCode.EnhanceYourCalm, frames => flood.Each(frames, next++));

        void Send() => session.Receive(frames => flood.Each(frames, next++));
    }

    [Theory]
    [InlineData(Http2Role.Client)]
    [InlineData(Http2Role.Server)]
    public void The_usual_limits_are_far_from_what_an_honest_peer_does(Http2Role role)
    {
        TestSession session = role == Http2Role.Client ? TestSession.Client() : TestSession.Server();
        for (int i = 0; i < 50; i++) session.Receive(frames => frames.Settings().Ping(1).Ping(2).WindowUpdate(0, 1));
        for (int i = 0; i < 1000; i++) session.Receive(frames => frames.Frame((FrameType)0x20, FrameFlags.None, 0));
        Assert.False(session.Session.Failed);
    }

    [Fact]
    public void Acknowledgements_and_ends_are_no_flood()
    {
        var options = new Http2SessionOptions { IgnoredFrameRate = new Http2Rate(0, 0), PingRate = new Http2Rate(0, 0), EmptyDataRate = new Http2Rate(0, 0) };
        TestSession server = TestSession.Server(options);
        for (int i = 0; i < 100; i++)
        {
            server.Session.ChangeSettings(server.Session.LocalSettings with { InitialWindowSize = 1000 + i });
            server.Session.Ping(1);
            server.Receive(frames => frames.SettingsAck().Ping(1, acknowledge: true).Headers(2 * i + 1, FrameBuilder.Post).DataEnd(2 * i + 1, ""));
        }

        Assert.Equal(100, server.Session.OpenStreams);
    }

    [Fact]
    public void A_server_that_answers_early_and_resets_each_stream_is_no_flood()
    {
        // Section 8.1: an answer before the end of the request is followed by RST_STREAM with NO_ERROR.
        TestSession client = TestSession.Client(new Http2SessionOptions { IgnoredFrameRate = new Http2Rate(0, 0) });
        for (int i = 0; i < 1000; i++)
        {
            int id = client.Request().Id;
            client.Receive(frames => frames.HeadersEnd(id, FrameBuilder.Ok).Reset(id, Http2ErrorCode.NoError).WindowUpdate(id, 1));
        }

        Assert.False(client.Session.Failed);
        Assert.Equal(0, client.Session.OpenStreams);
    }

    [Fact]
    public void A_client_that_never_acknowledges_settings_may_open_a_hundred_streams()
    {
        var server = new TestSession(Http2Role.Server, new Http2SessionOptions { Settings = new Http2Settings { MaxConcurrentStreams = 3 } });
        server.Receive(frames => frames.Preface().Settings());
        for (int i = 0; i < 100; i++) server.Requested(2 * i + 1, endStream: false);
        Assert.Equal(["RST_STREAM 201 RefusedStream"], server.Resets(frames => frames.Headers(201, FrameBuilder.Post)));
        Assert.Equal(100, server.Session.OpenStreams);
    }

    [Fact]
    public void Data_for_streams_reset_too_long_ago_to_remember_is_ignored()
    {
        TestSession server = TestSession.Server(new Http2SessionOptions { StreamErrorRate = new Http2Rate(10_000, 0) });
        for (int i = 0; i < 2000; i++) server.Session.Reset(server.Requested(2 * i + 1, endStream: false), Http2ErrorCode.Cancel);
        server.TakeOutput();
        server.Receive(frames => frames.Data(1, "late").Data(3999, "late"));
        Assert.Empty(server.Told());
        Assert.False(server.Session.Failed);
    }

    [Fact]
    public void A_clients_own_requests_may_all_be_reset_by_the_server()
    {
        TestSession client = TestSession.Client(new Http2SessionOptions { ResetRate = new Http2Rate(0, 0) });
        for (int i = 0; i < 100; i++)
        {
            client.Request();
            client.Receive(frames => frames.Reset(2 * i + 1, Http2ErrorCode.RefusedStream));
        }

        Assert.Equal(0, client.Session.OpenStreams);
    }

    [Fact]
    public void Streams_ignored_after_goaway_are_limited()
    {
        TestSession server = TestSession.Server(new Http2SessionOptions { IgnoredFrameRate = Few });
        server.Session.GoAway(Http2ErrorCode.NoError, default);
        for (int i = 0; i < 4; i++) server.Receive(frames => frames.HeadersEnd(2 * i + 1, FrameBuilder.Get));
        server.Fails(Http2ErrorCode.EnhanceYourCalm, frames => frames.HeadersEnd(9, FrameBuilder.Get));
    }

    [Fact]
    public void Continuations_are_counted()
    {
        var options = new Http2SessionOptions { MaxContinuations = 3 };
        byte[] block = FrameBuilder.Block(FrameBuilder.Get);
        TestSession server = TestSession.Server(options);
        for (int id = 1; id < 20; id += 2)
        {
            server.Receive(frames => frames
                .Frame(FrameType.Headers, FrameFlags.EndStream, id, block)
                .Continuation(id, false).Continuation(id, false).Continuation(id, true));
        }

        Assert.Equal(10, server.Session.OpenStreams);
        server.Fails(Http2ErrorCode.EnhanceYourCalm, frames => frames
            .Frame(FrameType.Headers, FrameFlags.EndStream, 21, block)
            .Continuation(21, false).Continuation(21, false).Continuation(21, false).Continuation(21, true));
    }

    [Fact]
    public void A_block_in_continuations_cannot_grow_far_beyond_the_list_size()
    {
        var options = new Http2SessionOptions { Settings = new Http2Settings { MaxHeaderListSize = 1000 } };
        TestSession server = TestSession.Server(options);
        byte[] block = FrameBuilder.Block([.. FrameBuilder.Get, "x: " + new string('\u00ff', 2000 - 10)]);
        Assert.InRange(block.Length, 2001, 2100);
        Assert.Equal(
            ["RST_STREAM 1 EnhanceYourCalm"],
            server.Resets(frames => frames.Frame(FrameType.Headers, FrameFlags.EndHeaders | FrameFlags.EndStream, 1, block)));
        server.Receive(frames => frames.Frame(FrameType.Headers, FrameFlags.EndStream, 3, block[..1000]).Continuation(3, false, block[1000..2000]));
        server.Fails(Http2ErrorCode.EnhanceYourCalm, frames => frames.Continuation(3, true, 0));
    }

    [Fact]
    public void A_compression_bomb_costs_its_stream_only()
    {
        // 4,000 bytes in the table, named over and over by one byte each.
        TestSession server = TestSession.Server();
        byte[] bomb = [0x40, 1, (byte)'x', 0x7f, 0xa1, 0x1e, .. new byte[4000], .. Repeated(0xbe, 12_000)];
        bomb.AsSpan(6, 4000).Fill((byte)'a');
        Assert.Equal(
            ["RST_STREAM 1 EnhanceYourCalm"],
            server.Resets(frames => frames.Frame(FrameType.Headers, FrameFlags.EndHeaders | FrameFlags.EndStream, 1, bomb)));
        Assert.InRange(server.Told().Length, 1, 6);
        server.Receive(frames => frames.HeadersEnd(3, FrameBuilder.Get));
        Assert.Equal("3 headers, end", server.Told()[^1]);
    }

    private static byte[] Repeated(byte value, int count)
    {
        byte[] bytes = new byte[count];
        Array.Fill(bytes, value);
        return bytes;
    }

    private static TestSession Start(string name, out Flood flood)
    {
        flood = Floods[name];
        Http2SessionOptions options = flood.Limit(new Http2SessionOptions());
        TestSession session = flood.Role == Http2Role.Client ? TestSession.Client(options) : TestSession.Server(options);
        if (flood.Role == Http2Role.Client) session.Request();
        if (flood.Before is not null) session.Receive(flood.Before);

        // What the beginning took comes back.
        session.Now += 10_000;
        return session;
    }

    private sealed record Flood(
        Http2Role Role, Func<Http2SessionOptions, Http2SessionOptions> Limit, Action<FrameBuilder>? Before, Action<FrameBuilder, int> Each);
}
