using System;
using System.Globalization;
using System.Linq;
using Apns.Http2;
using Apns.Http2.Frames;
using Xunit;

namespace Apns.Client.Tests.Connections;

/// <summary>Answers in every form in which a server may give them.</summary>
public class AnswerTests
{
    private const string Gone = """{"reason":"Unregistered","timestamp":1771934400123}""";

    private readonly EngineHarness _harness = EngineHarness.Active();

    [Fact]
    public void Headers_alone_are_an_answer()
    {
        ApnsRequest request = Send();
        _harness.Peer.Answer(_harness.Peer.Last);
        AssertAnswered(request, 200, null);
        Assert.Equal(request.ApnsId, request.AnsweredId);
        Assert.Equal(1, request.Attempts);
    }

    [Fact]
    public void An_empty_data_frame_may_end_an_answer()
    {
        ApnsRequest request = Send();
        _harness.Peer.Headers(1, endStream: false, (":status", "200"));
        _harness.Peer.Data(1, "", endStream: true);
        AssertAnswered(request, 200, null);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    public void A_body_may_come_in_any_number_of_pieces_with_empty_ones_between(int size)
    {
        ApnsRequest request = Send();
        _harness.Peer.Headers(1, endStream: false, (":status", "410"));
        foreach (char[] piece in Gone.Chunk(size))
        {
            _harness.Peer.Data(1, new string(piece), endStream: false);
            _harness.Peer.Data(1, "", endStream: false);
            _harness.Pump();
            Assert.Empty(_harness.Finished);
        }

        _harness.Peer.Data(1, "", endStream: true);
        AssertAnswered(request, 410, "Unregistered");
        Assert.Equal(1771934400123, request.InvalidSinceMilliseconds);
    }

    [Fact]
    public void Bytes_may_be_cut_anywhere()
    {
        ApnsRequest request = Send();
        _harness.Peer.Answer(_harness.Peer.Last, 410, Gone);
        foreach (byte b in _harness.Peer.TakeOutput())
        {
            Assert.Empty(_harness.Finished);
            _harness.Engine.Receive([b], _harness.Now);
        }

        AssertAnswered(request, 410, "Unregistered");
    }

    [Theory]
    [InlineData(400)]
    [InlineData(403)]
    [InlineData(410)]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(503)]
    public void An_error_needs_no_body(int status)
    {
        ApnsRequest request = Send();
        _harness.Peer.Answer(1, status);
        AssertAnswered(request, status, null);
    }

    [Theory]
    [InlineData("")]
    [InlineData("<html>502 Bad Gateway</html>")]
    [InlineData("{\"reason\":")]
    [InlineData("[1,2]")]
    [InlineData("null")]
    public void An_error_with_another_body_is_an_answer_all_the_same(string body)
    {
        ApnsRequest request = Send();
        _harness.Peer.Answer(1, 502, body);
        AssertAnswered(request, 502, null);
    }

    [Fact]
    public void Interim_answers_are_not_the_answer()
    {
        ApnsRequest request = Send();
        _harness.Peer.Headers(1, endStream: false, (":status", "100"));
        _harness.Peer.Headers(1, endStream: false, (":status", "103"), ("link", "</a>"));
        _harness.Pump();
        Assert.Empty(_harness.Finished);

        _harness.Peer.Answer(1, 410, Gone);
        AssertAnswered(request, 410, "Unregistered");
    }

    [Fact]
    public void Trailers_may_end_an_answer()
    {
        ApnsRequest request = Send();
        _harness.Peer.Headers(1, endStream: false, (":status", "410"));
        _harness.Peer.Data(1, Gone, endStream: false);
        _harness.Pump();
        Assert.Empty(_harness.Finished);

        _harness.Peer.Headers(1, endStream: true, ("x-checksum", "1"));
        AssertAnswered(request, 410, "Unregistered");
    }

    [Fact]
    public void A_header_block_may_be_continued_over_many_frames()
    {
        ApnsRequest request = Send();
        string id = request.ApnsId.ToString();
        _harness.Peer.SplitHeaders(1, endStream: true, (":status", "200"), ("apns-id", id[..20]));
        AssertAnswered(request, 200, null);
    }

    [Fact]
    public void An_id_in_upper_case_is_the_same_id()
    {
        ApnsRequest request = Send();
        _harness.Peer.Answer(1, 200, null, ("apns-id", request.ApnsId.ToString().ToUpperInvariant()), ("apns-unique-id", "3F2504E0-4F89-41D3"));
        AssertAnswered(request, 200, null);
        Assert.Equal(request.ApnsId, request.AnsweredId);
        Assert.Equal("3F2504E0-4F89-41D3", request.UniqueId);
    }

    [Theory]
    [InlineData("0", 0)]
    [InlineData("7", 7)]
    [InlineData("2147483647", int.MaxValue)]
    [InlineData("-1", null)]
    [InlineData("7.5", null)]
    [InlineData("99999999999", null)]
    public void Retry_after_counts_in_seconds_and_is_dropped_when_it_makes_no_sense(string value, int? seconds)
    {
        ApnsRequest request = Send();
        _harness.Peer.Answer(1, 503, null, ("retry-after", value));
        AssertAnswered(request, 503, null);
        Assert.Equal(seconds is null ? null : TimeSpan.FromSeconds(seconds.Value), request.RetryAfter);
    }

    [Fact]
    public void A_body_without_end_is_cut_off_and_the_answer_counts()
    {
        ApnsRequest request = Send();
        _harness.Peer.Headers(1, endStream: false, (":status", "500"));
        for (int i = 0; i < 100; i++) _harness.Peer.Data(1, new string('x', 10_000), endStream: false);
        _harness.Peer.Data(1, "x", endStream: true);
        AssertAnswered(request, 500, null);
        Assert.True(request.Body!.Length <= 4096, request.Body.Length.ToString(CultureInfo.InvariantCulture));
    }

    [Fact]
    public void Unknown_frames_priority_and_pings_in_between_do_no_harm_and_pings_are_answered()
    {
        ApnsRequest request = Send();
        _harness.Peer.Headers(1, endStream: false, (":status", "410"));
        FrameWriter.Write(_harness.Peer.Output, (FrameType)0xee, (FrameFlags)0xff, 1, "what"u8);
        FrameWriter.Write(_harness.Peer.Output, FrameType.Priority, FrameFlags.None, 1, [0, 0, 0, 3, 1]);
        for (ulong i = 0; i < 100; i++) _harness.Peer.Ping(i);
        _harness.Peer.Data(1, Gone, endStream: true);
        AssertAnswered(request, 410, "Unregistered");
        Assert.Equal(100, _harness.Peer.FramesOf(FrameType.Ping).Count(frame => frame.Flags.HasFlag(FrameFlags.Acknowledge)));
    }

    [Fact]
    public void A_flood_of_pings_ends_the_connection()
    {
        for (ulong i = 0; i < 5000; i++) _harness.Peer.Ping(i);
        var error = Assert.Throws<Http2ConnectionException>(_harness.Pump);
        Assert.Equal(Http2ErrorCode.EnhanceYourCalm, error.ErrorCode);
    }

    [Fact]
    public void Answers_in_any_order_find_their_requests()
    {
        const int Count = 500;
        ApnsRequest[] requests = _harness.Post(Count);
        _harness.Pump();
        int[] order = [.. Enumerable.Range(0, Count)];
        new Random(5).Shuffle(order);
        foreach (int i in order)
        {
            PeerRequest received = _harness.Peer.Requests[i];
            _harness.Peer.Answer(received.StreamId, 400, $$"""{"reason":"for {{received.Token}}"}""", ("apns-id", received["apns-id"]!));
        }

        _harness.Pump();
        Assert.Equal(order.Select(i => requests[i]), _harness.Finished);
        Assert.All(requests, request => Assert.Equal($"for {request.Token}", request.Reason));
        Assert.All(requests, request => Assert.Equal(request.ApnsId, request.AnsweredId));
        Assert.Equal(0, _harness.Engine.InFlight);
    }

    [Fact]
    public void A_request_that_is_posted_again_starts_without_its_last_answer()
    {
        ApnsRequest request = Send();
        _harness.Peer.Answer(1, 410, Gone, ("apns-unique-id", "u"), ("retry-after", "9"), ("apns-id", Guid.NewGuid().ToString()));
        AssertAnswered(request, 410, "Unregistered");

        Assert.True(_harness.TryPost(request));
        Assert.Equal((0, null, null, 0L, null, default), (request.Status, request.Reason, request.UniqueId, request.InvalidSinceMilliseconds, request.RetryAfter, request.AnsweredId));
        _harness.Pump();
        _harness.Peer.Answer(3, 503);
        AssertAnswered(request, 503, null);
        Assert.Equal(2, request.Attempts);
        Assert.Equal(0, request.InvalidSinceMilliseconds);
    }

    [Fact]
    public void An_answer_that_broke_off_leaves_no_status_behind()
    {
        ApnsRequest request = Send();
        _harness.Peer.Headers(1, endStream: false, (":status", "200"), ("apns-unique-id", "u"));
        _harness.Pump();
        _harness.Fail();

        Assert.Equal(AttemptEnd.Lost, request.LastEnd);
        Assert.Equal((0, null), (request.Status, request.UniqueId));
    }

    [Fact]
    public void Malformed_answers_cost_their_stream_only()
    {
        ApnsRequest[] requests = _harness.Post(4);
        _harness.Pump();
        _harness.Peer.Headers(1, endStream: true, ("apns-id", "no status"));
        _harness.Peer.Headers(3, endStream: true, (":status", "200"), ("Apns Id", "a space in a name"));
        _harness.Peer.Headers(5, endStream: true, (":status", "20x"));
        _harness.Peer.Answer(_harness.Peer.Requests[3]);
        _harness.Pump();

        Assert.Equal(4, _harness.Finished.Count);
        Assert.All(requests[..3], request => Assert.Equal(AttemptEnd.Lost, request.LastEnd));
        Assert.All(requests[..3], request => Assert.Contains("broke the protocol", request.Failure!.Message, StringComparison.Ordinal));
        Assert.Equal(200, requests[3].Status);
        Assert.Equal(Http2ErrorCode.ProtocolError, _harness.Peer.Requests[0].Reset);
        Assert.Equal(ApnsConnectionState.Active, _harness.Engine.State);
    }

    [Fact]
    public void An_answer_for_a_stream_that_was_never_opened_ends_the_connection()
    {
        Send();
        _harness.Peer.Answer(99, 200);
        Assert.Throws<Http2ConnectionException>(_harness.Pump);
        _harness.Pump();
        Assert.Contains(_harness.Peer.FramesOf(FrameType.GoAway), frame => frame.Payload.Length >= 8);
    }

    [Fact]
    public void Bytes_that_come_after_the_end_are_ignored()
    {
        ApnsRequest request = Send();
        _harness.Peer.Headers(1, endStream: false, (":status", "400"), ("apns-id", request.ApnsId.ToString()));
        _harness.Peer.Data(1, "{}", endStream: true);
        _harness.Fail();
        Assert.Same(request, _harness.OneFinished());

        // Read before the socket was closed, and handed in after.
        _harness.Engine.Receive(_harness.Peer.TakeOutput(), _harness.Now);
        _harness.Pump();
        Assert.Empty(_harness.Finished);
        Assert.Equal((ApnsConnectionState.Closed, 0), (_harness.Engine.State, request.Status));
    }

    private ApnsRequest Send()
    {
        ApnsRequest request = _harness.Post();
        _harness.Pump();
        return request;
    }

    private void AssertAnswered(ApnsRequest request, int status, string? reason)
    {
        _harness.Pump();
        Assert.Same(request, _harness.OneFinished());
        Assert.Equal((AttemptEnd.Answered, status, reason), (request.LastEnd, request.Status, request.Reason));
        Assert.Equal(0, _harness.Engine.InFlight);
    }
}
