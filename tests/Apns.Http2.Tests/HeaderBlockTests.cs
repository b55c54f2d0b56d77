using System;
using System.Linq;

using Apns.Http2.Frames;
using Apns.Http2.Tests.Support;

using Xunit;

namespace Apns.Http2.Tests;

/// <summary>RFC 9113 sections 4.3, 6.2 and 6.10: header blocks in one frame or many.</summary>
public class HeaderBlockTests
{
    private static readonly string[] GetAndEnd = [.. FrameBuilder.Get.Select(field => "1 " + field), "1 headers, end"];

    [Fact]
    public void A_block_may_be_cut_anywhere_into_continuations()
    {
        byte[] block = FrameBuilder.Block(FrameBuilder.Get);
        for (int first = 0; first <= block.Length; first++)
        {
            for (int second = first; second <= block.Length; second++)
            {
                TestSession server = TestSession.Server();
                server.Receive(frames => frames
                    .Frame(FrameType.Headers, FrameFlags.EndStream, 1, block[..first])
                    .Continuation(1, false, block[first..second])
                    .Continuation(1, true, block[second..]));
                Assert.Equal(GetAndEnd, server.Told());
            }
        }
    }

    [Fact]
    public void Nothing_is_told_before_the_block_is_complete()
    {
        byte[] block = FrameBuilder.Block(FrameBuilder.Get);
        TestSession server = TestSession.Server();
        server.Receive(frames => frames.Frame(FrameType.Headers, FrameFlags.None, 1, block).Continuation(1, false));
        Assert.Empty(server.Told());
        Assert.Equal(0, server.Session.OpenStreams);
        server.Receive(frames => frames.Continuation(1, true));
        Assert.Equal("1 headers", server.Told()[^1]);

        // And the next frame is not a continuation.
        server.Fails(Http2ErrorCode.ProtocolError, frames => frames.Continuation(1, true));
    }

    [Theory]
    [InlineData(FrameFlags.Padded, "00")]
    [InlineData(FrameFlags.Padded, "05")]
    [InlineData(FrameFlags.Padded, "FF")]
    [InlineData(FrameFlags.Priority, "")]
    [InlineData(FrameFlags.Padded | FrameFlags.Priority, "00")]
    [InlineData(FrameFlags.Padded | FrameFlags.Priority, "FF")]
    public void Padding_and_priority_fields_are_skipped(FrameFlags flags, string padding)
    {
        byte[] length = Convert.FromHexString(padding);

        // A stream that depends on itself was an error once; now it is nothing (section 5.3).
        byte[] priority = flags.HasFlag(FrameFlags.Priority) ? [0x80, 0, 0, 3, 255] : [];
        byte[] pad = length.Length == 0 ? [] : new byte[length[0]];
        byte[] block = FrameBuilder.Block(FrameBuilder.Get);
        TestSession server = TestSession.Server();
        server.Receive(frames => frames.Frame(
            FrameType.Headers, flags | FrameFlags.EndHeaders | FrameFlags.EndStream, 1, [.. length, .. priority, .. block, .. pad]));
        Assert.Equal(GetAndEnd, server.Told());

        // The same with the block in a continuation, which has neither.
        server = TestSession.Server();
        server.Receive(frames => frames
            .Frame(FrameType.Headers, flags | FrameFlags.EndStream, 1, [.. length, .. priority, .. block[..3], .. pad])
            .Frame(FrameType.Continuation, FrameFlags.EndHeaders | FrameFlags.Padded | FrameFlags.Priority, 1, block[3..]));
        Assert.Equal(GetAndEnd, server.Told());
    }

    [Fact]
    public void A_large_block_goes_out_in_frames_of_the_peers_size()
    {
        var both = new TwoSessions(null, new Http2SessionOptions { Settings = new Http2Settings { MaxHeaderListSize = 100_000 } });
        string[] fields = [.. FrameBuilder.Get, "x: " + new string('\u00ff', 40_000), "y: end"];
        both.Client.Request(true, fields);
        both.Run();
        Assert.Equal(["HEADERS 1 ... END", "CONTINUATION 1 ...", "CONTINUATION 1"], TwoSessions.Lines(both.FromClient));
        Assert.Equal([FrameFlags.EndStream, FrameFlags.None, FrameFlags.EndHeaders], both.FromClient.Select(frame => frame.Header.Flags));
        Assert.Equal([16_384, 16_384], both.FromClient.Take(2).Select(frame => frame.Payload.Length));
        Assert.Equal([.. fields.Select(field => "1 " + field), "1 headers, end"], both.Server.Told());
    }

    [Fact]
    public void Both_directions_may_need_continuations()
    {
        var large = new Http2SessionOptions { Settings = new Http2Settings { MaxHeaderListSize = 100_000, MaxFrameSize = 20_000 } };
        var both = new TwoSessions(large);
        both.Client.Request();
        both.Run();
        string[] answer = [":status: 200", "x: " + new string('\u00ff', 30_000)];
        both.Server.SendHeaders(both.Server.Recorder.Streams[1], false, answer);
        both.Server.Session.SendData(both.Server.Recorder.Streams[1], default, true);
        both.Run();
        Assert.Equal(["HEADERS 1 ...", "CONTINUATION 1", "DATA 1 #0 END"], TwoSessions.Lines(both.FromServer));
        Assert.Equal(20_000, both.FromServer[0].Payload.Length);
        Assert.Equal([.. answer.Select(field => "1 " + field), "1 headers", "1 data '', end"], both.Client.Told());
    }

    [Theory]
    [InlineData(16_383, 1)]
    [InlineData(16_384, 1)]
    [InlineData(16_385, 2)]
    [InlineData(32_768, 2)]
    [InlineData(32_769, 3)]
    public void A_block_is_split_only_when_it_must_be(int size, int frames)
    {
        TestSession client = TestSession.Client();
        Http2Stream stream = client.Session.OpenStream(null);
        client.Session.BeginHeaders(stream, endStream: false);
        client.Session.Output.Write(new byte[size]);
        client.Session.EndHeaders(stream);
        Assert.False(stream.LocalEnded);
        var sent = client.TakeFrames();
        Assert.Equal(frames, sent.Count);
        Assert.Equal(size, sent.Sum(frame => frame.Payload.Length));
        Assert.True(sent[^1].Header.Has(FrameFlags.EndHeaders));
        Assert.All(sent.SkipLast(1), frame => Assert.False(frame.Header.Has(FrameFlags.EndHeaders)));
    }

    [Fact]
    public void The_table_lives_on_from_block_to_block()
    {
        var both = new TwoSessions();
        for (int i = 0; i < 5; i++)
        {
            string[] fields = [.. FrameBuilder.Get, "apns-topic: com.example.app", $"x: {i % 2}"];
            Http2Stream stream = both.Client.Request(true, fields);
            int id = stream.Id;
            both.Run();
            Assert.Equal([.. fields.Select(field => $"{id} {field}"), $"{id} headers, end"], both.Server.Told());
            Assert.Equal(i < 2, both.FromClient[^1].Payload.Length > 6);
        }
    }

    [Fact]
    public void Blocks_of_dead_streams_are_decoded_all_the_same()
    {
        // Section 4.3: or the tables would part.
        var both = new TwoSessions();
        Http2Stream cancelled = both.Client.Request();
        both.Run();
        both.Client.Session.Reset(cancelled, Http2ErrorCode.Cancel);

        // The answer crosses the reset on the wire.
        both.Server.SendHeaders(both.Server.Recorder.Streams[1], false, ":status: 200", "server: a");
        both.Run();
        both.Server.Told();
        both.Client.Told();
        both.Client.Request();
        both.Run();
        both.Server.SendHeaders(both.Server.Recorder.Streams[3], true, ":status: 200", "server: a");
        both.Run();
        Assert.Equal([0x88, 0xbe], both.FromServer[^1].Payload);
        Assert.Equal(["3 :status: 200", "3 server: a", "3 headers, end"], both.Client.Told());
    }

    [Fact]
    public void A_malformed_block_is_decoded_to_its_end()
    {
        TestSession server = TestSession.Server();

        // BAD: 1 (malformed), then "x: y" into the table.
        server.Receive(frames => frames.Frame(
            FrameType.Headers,
            FrameFlags.EndHeaders | FrameFlags.EndStream,
            1,
            [0x00, 3, .. "BAD"u8, 1, (byte)'1', 0x40, 1, (byte)'x', 1, (byte)'y']));
        Assert.Equal(["RST_STREAM 1 ProtocolError"], server.Sent());
        server.Told();
        server.Receive(frames => frames.Frame(
            FrameType.Headers, FrameFlags.EndHeaders | FrameFlags.EndStream, 3, [.. FrameBuilder.Block(FrameBuilder.Get), 0xbe]));
        Assert.Equal("3 x: y", server.Told()[^2]);
    }

    [Fact]
    public void A_list_too_large_costs_the_stream_only()
    {
        var options = new Http2SessionOptions { Settings = new Http2Settings { MaxHeaderListSize = 300 } };
        string[] fits = [.. FrameBuilder.Get, "x: " + new string('a', 300 - 33 - FrameBuilder.Get.Sum(field => field.Length - 2 + 32))];
        TestSession server = TestSession.Server(options);
        server.Receive(frames => frames.HeadersEnd(1, fits));
        Assert.Empty(server.Sent());
        server.Told();
        server.Receive(frames => frames.HeadersEnd(3, [.. FrameBuilder.Get, fits[^1] + "a"]).HeadersEnd(5, FrameBuilder.Get));
        Assert.Equal(["RST_STREAM 3 EnhanceYourCalm"], server.Sent());
        Assert.Equal("5 headers, end", server.Told()[^1]);
    }

    [Fact]
    public void A_server_may_answer_a_list_too_large()
    {
        TestSession server = TestSession.Server(new Http2SessionOptions { Settings = new Http2Settings { MaxHeaderListSize = 300 } });
        server.Recorder.Answer = (stream, line) =>
        {
            if (line.EndsWith("reset EnhanceYourCalm by StreamError", StringComparison.Ordinal)) server.SendHeaders(stream, true, ":status: 431");
        };
        string[] large = [.. FrameBuilder.Get, "x: " + new string('a', 300)];
        server.Receive(frames => frames.HeadersEnd(1, large).Headers(3, large));

        // The second request goes on behind its answer.
        Assert.Equal(["HEADERS 1 END", "HEADERS 3 END", "RST_STREAM 3 EnhanceYourCalm"], server.Sent());
        Assert.Equal(0, server.Session.OpenStreams);
    }

    [Fact]
    public void A_stream_reset_between_headers_and_continuation_stays_reset()
    {
        TestSession client = TestSession.Client();
        Http2Stream stream = client.Request();
        byte[] block = FrameBuilder.Block(FrameBuilder.Ok);
        client.Receive(frames => frames.Frame(FrameType.Headers, FrameFlags.None, 1, block));
        client.Session.Reset(stream, Http2ErrorCode.Cancel);
        client.Receive(frames => frames.Continuation(1, true));
        Assert.Empty(client.Told());
    }

    [Fact]
    public void Interim_answers_come_before_the_final_one()
    {
        TestSession client = TestSession.Client();
        client.Request();
        client.Receive(frames => frames
            .Headers(1, ":status: 100")
            .Headers(1, ":status: 103", "link: a", "content-length: 7")
            .Headers(1, ":status: 200", "content-length: 2")
            .Data(1, "ab")
            .HeadersEnd(1, "content-length: 99"));
        Assert.Equal(
            [
                "1 :status: 100", "1 headers",
                "1 :status: 103", "1 link: a", "1 content-length: 7", "1 headers",
                "1 :status: 200", "1 content-length: 2", "1 headers",
                "1 data 'ab'",
                "1 content-length: 99", "1 headers, end",
            ],
            client.Told());
    }
}
