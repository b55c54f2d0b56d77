using System;
using System.Linq;
using System.Text;
using Apns.Http2;
using Apns.Http2.Frames;
using Xunit;

namespace Apns.Client.Tests.Connections;

/// <summary>GOAWAY, RST_STREAM and lost connections: what was provably not processed, and what nobody knows.</summary>
public class ConnectionEndTests
{
    private readonly EngineHarness _harness = EngineHarness.Active();

    [Fact]
    public void Goaway_gives_back_what_is_above_its_last_stream_and_waits_for_the_rest()
    {
        ApnsRequest[] requests = _harness.Post(5);
        _harness.Pump();
        _harness.Peer.GoAway(lastStreamId: 5);
        _harness.Pump();

        Assert.Equal(requests[3..].ToHashSet(), _harness.Finished.ToHashSet());
        Assert.All(requests[3..], request => Assert.Equal((AttemptEnd.NotProcessed, 0), (request.LastEnd, request.Attempts)));
        Assert.Equal((ApnsConnectionState.Closing, 3), (_harness.Engine.State, _harness.Engine.InFlight));
        Assert.False(_harness.TryPost(_harness.NewRequest()));

        _harness.Finished.Clear();
        foreach (PeerRequest request in _harness.Peer.Requests.Take(3)) _harness.Peer.Answer(request);
        _harness.Pump();
        Assert.Equal(requests[..3], _harness.Finished);
        Assert.All(requests[..3], request => Assert.Equal((AttemptEnd.Answered, 200, 1), (request.LastEnd, request.Status, request.Attempts)));
    }

    [Fact]
    public void Goaway_may_come_twice_and_the_second_decides()
    {
        ApnsRequest[] requests = _harness.Post(3);
        _harness.Pump();
        _harness.Peer.GoAway(int.MaxValue, debugData: """{"reason":"Shutdown"}""");
        _harness.Pump();
        Assert.Empty(_harness.Finished);
        Assert.Equal((ApnsConnectionState.Closing, "Shutdown"), (_harness.Engine.State, _harness.Engine.CloseReason!.Reason));

        _harness.Peer.GoAway(lastStreamId: 1);
        _harness.Pump();
        Assert.Equal(requests[1..].ToHashSet(), _harness.Finished.ToHashSet());
        Assert.Equal("Shutdown", _harness.Engine.CloseReason.Reason);
    }

    [Fact]
    public void A_second_goaway_with_a_reason_tells_more_than_a_first_without()
    {
        _harness.Peer.GoAway(int.MaxValue);
        _harness.Peer.GoAway(0, Http2ErrorCode.NoError, """{"reason":"BadCertificateEnvironment"}""");
        _harness.Pump();

        ApnsException reason = _harness.Engine.CloseReason!;
        Assert.Equal((ApnsErrorKind.Refused, "BadCertificateEnvironment"), (reason.Kind, reason.Reason));
    }

    [Fact]
    public void What_has_no_answer_when_the_connection_ends_is_told_what_goaway_said()
    {
        ApnsRequest request = Send();
        _harness.Peer.GoAway(int.MaxValue, debugData: """{"reason":"Shutdown"}""");
        _harness.Pump();
        _harness.Fail(new ApnsException(ApnsErrorKind.ConnectionLost, "The server closed the connection."));

        Assert.Equal((AttemptEnd.Lost, "Shutdown"), (request.LastEnd, request.Failure!.Reason));
    }

    [Fact]
    public void What_has_no_answer_when_the_client_is_closed_is_told_that_whatever_goaway_said()
    {
        ApnsRequest request = Send();
        _harness.Peer.GoAway(int.MaxValue, debugData: """{"reason":"Shutdown"}""");
        _harness.Pump();
        _harness.Fail(ApnsException.SessionClosed);

        Assert.Equal((AttemptEnd.Lost, ApnsErrorKind.Closed), (request.LastEnd, request.Failure!.Kind));
    }

    [Fact]
    public void A_goaway_that_raises_the_last_stream_breaks_the_protocol()
    {
        _harness.Post(3);
        _harness.Pump();
        _harness.Peer.GoAway(1);
        _harness.Peer.GoAway(3);
        Assert.Throws<Http2ConnectionException>(_harness.Pump);
    }

    [Fact]
    public void Goaway_with_last_stream_0_gives_everything_back()
    {
        _harness.Post(4);
        _harness.Pump();
        _harness.Peer.GoAway(0, Http2ErrorCode.NoError, """{"reason":"BadCertificateEnvironment"}""");
        _harness.Pump();

        Assert.Equal(4, _harness.Finished.Count);
        Assert.All(_harness.Finished, request => Assert.Equal((AttemptEnd.NotProcessed, 0), (request.LastEnd, request.Attempts)));
        Assert.Equal(0, _harness.Engine.InFlight);
    }

    [Fact]
    public void Goaway_with_plain_text_is_kept_for_whoever_looks()
    {
        _harness.Peer.GoAway(0, Http2ErrorCode.EnhanceYourCalm, "maximum active streams violated");
        _harness.Pump();

        ApnsException reason = _harness.Engine.CloseReason!;
        Assert.Equal((ApnsErrorKind.ConnectionLost, null), (reason.Kind, reason.Reason));
        Assert.Contains("EnhanceYourCalm, maximum active streams violated", reason.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Answers_for_streams_above_the_last_one_are_ignored()
    {
        _harness.Post(2);
        _harness.Pump();
        _harness.Peer.GoAway(1);
        _harness.Peer.Answer(_harness.Peer.Requests[1]);
        _harness.Peer.Answer(_harness.Peer.Requests[0]);
        _harness.Pump();

        Assert.Equal([AttemptEnd.NotProcessed, AttemptEnd.Answered], _harness.Finished.Select(request => request.LastEnd));
    }

    [Fact]
    public void A_refused_stream_was_not_processed_and_the_connection_goes_on()
    {
        ApnsRequest request = Send();
        _harness.Peer.ResetStream(1, Http2ErrorCode.RefusedStream);
        _harness.Pump();

        Assert.Same(request, _harness.OneFinished());
        Assert.Equal((AttemptEnd.NotProcessed, 0), (request.LastEnd, request.Attempts));
        Assert.Equal(ApnsConnectionState.Active, _harness.Engine.State);
        Assert.True(_harness.TryPost(request));
        Assert.Equal(1, request.Attempts);
    }

    [Theory]
    [InlineData(Http2ErrorCode.InternalError)]
    [InlineData(Http2ErrorCode.Cancel)]
    [InlineData(Http2ErrorCode.StreamClosed)]
    [InlineData(Http2ErrorCode.NoError)]
    [InlineData((Http2ErrorCode)0x99)]
    public void A_stream_reset_for_any_other_reason_leaves_it_open_what_happened(Http2ErrorCode code)
    {
        ApnsRequest request = Send();
        _harness.Peer.ResetStream(1, code);
        _harness.Pump();

        Assert.Same(request, _harness.OneFinished());
        Assert.Equal((AttemptEnd.Lost, 1), (request.LastEnd, request.Attempts));
        Assert.Equal(ApnsErrorKind.ConnectionLost, request.Failure!.Kind);
        Assert.Equal(ApnsConnectionState.Active, _harness.Engine.State);
    }

    [Fact]
    public void A_reset_after_the_whole_answer_changes_nothing()
    {
        ApnsRequest request = Send();
        _harness.Peer.Answer(_harness.Peer.Last);
        _harness.Peer.ResetStream(1, Http2ErrorCode.NoError);
        _harness.Pump();

        Assert.Same(request, _harness.OneFinished());
        Assert.Equal((AttemptEnd.Answered, 200), (request.LastEnd, request.Status));
        Assert.Equal(ApnsConnectionState.Active, _harness.Engine.State);
    }

    [Fact]
    public void A_reset_in_the_middle_of_the_answer_ends_the_request_once()
    {
        ApnsRequest request = Send();
        _harness.Peer.Headers(1, endStream: false, (":status", "500"));
        _harness.Peer.ResetStream(1, Http2ErrorCode.InternalError);
        _harness.Pump();

        Assert.Same(request, _harness.OneFinished());
        Assert.Equal((AttemptEnd.Lost, 0), (request.LastEnd, request.Status));
    }

    [Fact]
    public void Of_a_lost_connection_only_what_was_written_to_the_last_byte_is_in_doubt()
    {
        ApnsRequest written = _harness.Post();
        _harness.Pump();
        ApnsRequest half = _harness.Post();
        ApnsRequest waiting = _harness.Post();
        long end = _harness.Engine.Session.OutputPosition;

        // The transport was given all but the last byte of the second; the third it never saw.
        Assert.True(end > half.Stream!.EndPosition);
        _harness.Engine.Attempted = half.Stream.EndPosition - 1;
        _harness.Fail();

        Assert.Equal((AttemptEnd.Lost, 1), (written.LastEnd, written.Attempts));
        Assert.Equal((AttemptEnd.NotProcessed, 0), (half.LastEnd, half.Attempts));
        Assert.Equal((AttemptEnd.NotProcessed, 0), (waiting.LastEnd, waiting.Attempts));
        Assert.Equal(3, _harness.Finished.Count);
    }

    [Fact]
    public void The_last_byte_decides()
    {
        ApnsRequest request = _harness.Post();
        _harness.Engine.Attempted = request.Stream!.EndPosition;
        _harness.Fail();
        Assert.Equal((AttemptEnd.Lost, 1), (request.LastEnd, request.Attempts));
    }

    [Fact]
    public void Positions_hold_across_many_writes()
    {
        for (int i = 0; i < 50; i++)
        {
            _harness.Post();
            _harness.Pump();
        }

        ApnsRequest last = _harness.Post();
        _harness.Fail();
        Assert.Equal(51, _harness.Finished.Count);
        Assert.Equal(AttemptEnd.NotProcessed, last.LastEnd);
        Assert.Equal(50, _harness.Finished.Count(request => request.LastEnd == AttemptEnd.Lost));
    }

    [Fact]
    public void A_connection_that_was_lost_stays_closed()
    {
        Send();
        var reason = new ApnsException(ApnsErrorKind.ConnectionLost, "first");
        _harness.Fail(reason);
        _harness.Fail(new ApnsException(ApnsErrorKind.ConnectionLost, "second"));

        Assert.Same(reason, _harness.Engine.CloseReason);
        Assert.Same(reason, _harness.OneFinished().Failure);
        Assert.Equal((ApnsConnectionState.Closed, 0), (_harness.Engine.State, _harness.Engine.InFlight));
        Assert.False(_harness.TryPost(_harness.NewRequest()));
        _harness.Engine.Close(null);
        _harness.Engine.Sweep(_harness.Now);
        Assert.Equal(ApnsConnectionState.Closed, _harness.Engine.State);
    }

    [Fact]
    public void What_goaway_said_is_not_hidden_by_the_connections_end()
    {
        Send();
        _harness.Peer.GoAway(1, debugData: """{"reason":"IdleTimeout"}""");
        _harness.Pump();
        _harness.Fail();
        Assert.Equal("IdleTimeout", _harness.Engine.CloseReason!.Reason);
    }

    [Fact]
    public void Closing_takes_no_more_waits_for_answers_and_says_goodbye()
    {
        ApnsRequest request = Send();
        _harness.Engine.Close(null);
        Assert.Equal(ApnsConnectionState.Closing, _harness.Engine.State);
        Assert.Null(_harness.Engine.CloseReason);
        Assert.False(_harness.TryPost(_harness.NewRequest()));
        Assert.True(_harness.Engine.IsBlocked);

        _harness.Peer.Answer(_harness.Peer.Last);
        _harness.Pump();
        Assert.Same(request, _harness.OneFinished());
        Assert.Equal(200, request.Status);

        _harness.Engine.SayGoodbye();
        _harness.Pump();
        PeerFrame goAway = Assert.Single(_harness.Peer.FramesOf(FrameType.GoAway));
        Assert.Equal(new byte[8], goAway.Payload.ToArray());
    }

    [Fact]
    public void Garbage_is_answered_with_a_goaway_that_names_the_error()
    {
        Send();
        _harness.Peer.Output.Write(Encoding.ASCII.GetBytes("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"));
        var error = Assert.Throws<Http2ConnectionException>(_harness.Pump);
        Assert.Equal(Http2ErrorCode.FrameSizeError, error.ErrorCode);
        _harness.Fail();
        _harness.Pump();

        PeerFrame goAway = Assert.Single(_harness.Peer.FramesOf(FrameType.GoAway));
        Assert.Equal((byte)Http2ErrorCode.FrameSizeError, goAway.Payload.Span[7]);
        Assert.Equal(AttemptEnd.Lost, _harness.OneFinished().LastEnd);
    }

    private ApnsRequest Send()
    {
        ApnsRequest request = _harness.Post();
        _harness.Pump();
        return request;
    }
}
