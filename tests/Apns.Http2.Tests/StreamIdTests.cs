using System;
using System.Reflection;

using Apns.Http2.Tests.Support;

using Xunit;

namespace Apns.Http2.Tests;

/// <summary>RFC 9113 section 5.1.1: stream identifiers and their end.</summary>
public class StreamIdTests
{
    [Fact]
    public void A_clients_ids_are_odd_and_ascending()
    {
        TestSession client = TestSession.Client();
        Assert.Equal([1, 3, 5, 7], new[] { client.Request().Id, client.Request().Id, client.Request().Id, client.Request().Id });
    }

    [Fact]
    public void After_the_last_id_no_stream_can_be_opened()
    {
        TestSession client = TestSession.Client();
        SetNextStreamId(client, int.MaxValue - 2);
        Http2Stream next = client.Request();
        Assert.Equal(int.MaxValue - 2, next.Id);
        Assert.False(client.Session.StreamIdsExhausted);
        Assert.True(client.Session.CanOpenStream);
        Http2Stream last = client.Request(endStream: false);
        Assert.Equal(int.MaxValue, last.Id);
        Assert.True(client.Session.StreamIdsExhausted);
        Assert.False(client.Session.CanOpenStream);
        Assert.Throws<InvalidOperationException>(() => client.Session.OpenStream(null));

        // The last ones live like any other.
        client.Session.SendData(last, "x"u8, endStream: true);
        client.Receive(frames => frames
            .HeadersEnd(int.MaxValue - 2, FrameBuilder.Ok)
            .Headers(int.MaxValue, FrameBuilder.Ok).WindowUpdate(int.MaxValue, 1).DataEnd(int.MaxValue, "y"));
        Assert.Equal("2147483647 data 'y', end", client.Told()[^1]);
        Assert.Equal(0, client.Session.OpenStreams);

        // No id is idle any more.
        client.Receive(frames => frames.WindowUpdate(int.MaxValue, 1).Reset(int.MaxValue, Http2ErrorCode.Cancel));
        Assert.False(client.Session.CanOpenStream);
        client.Fails(Http2ErrorCode.StreamClosed, frames => frames.Data(int.MaxValue, "z"));
    }

    [Fact]
    public void A_server_takes_the_last_id()
    {
        TestSession server = TestSession.Server();
        server.Receive(frames => frames.HeadersEnd(int.MaxValue - 2, FrameBuilder.Get).Headers(int.MaxValue, FrameBuilder.Post));
        Assert.Equal(2, server.Session.OpenStreams);
        server.SendHeaders(server.Recorder.Streams[int.MaxValue], true, FrameBuilder.Ok);
        Assert.Equal("HEADERS 2147483647 END", server.Sent()[^1]);
        server.Session.GoAway(Http2ErrorCode.NoError, default);
        Assert.Equal(["GOAWAY 2147483647 NoError"], server.Sent());
    }

    [Fact]
    public void Two_sessions_reach_the_end_together()
    {
        var both = new TwoSessions();
        SetNextStreamId(both.Client, int.MaxValue - 200);
        int requests = 0;
        for (; both.Client.Session.CanOpenStream; requests++)
        {
            Http2Stream stream = both.Client.Request();
            int id = stream.Id;
            both.Run();
            both.Server.SendHeaders(both.Server.Recorder.Streams[id], true, FrameBuilder.Ok);
            both.Run();
            Assert.Equal($"{id} headers, end", both.Client.Told()[^1]);
        }

        Assert.Equal(101, requests);
        Assert.True(both.Client.Session.StreamIdsExhausted);
    }

    [Fact]
    public void Ids_may_be_skipped() => Assert.Empty(TestSession.Server().Resets(frames => frames
        .HeadersEnd(5, FrameBuilder.Get).HeadersEnd(7, FrameBuilder.Get).HeadersEnd(1_000_001, FrameBuilder.Get)));

    // A billion requests would take too long.
    private static void SetNextStreamId(TestSession client, int id)
    {
        FieldInfo field = typeof(Http2Session).GetField("_nextStreamId", BindingFlags.Instance | BindingFlags.NonPublic)!;
        field.SetValue(client.Session, id);
    }
}
