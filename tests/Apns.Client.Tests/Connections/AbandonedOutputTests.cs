using System.Linq;
using Apns.Http2;
using Apns.Http2.Frames;
using Xunit;

namespace Apns.Client.Tests.Connections;

/// <summary>What was given back as not sent must not be sent after all: it may be on its way elsewhere.</summary>
public class AbandonedOutputTests
{
    [Fact]
    public void Nothing_judged_unwritten_is_left_to_write()
    {
        EngineHarness harness = EngineHarness.Active();
        ApnsRequest[] requests = harness.Post(10);
        harness.Fail();

        Assert.Equal(requests.Reverse(), harness.Finished);
        Assert.All(requests, request => Assert.Equal(AttemptEnd.NotProcessed, request.LastEnd));
        Assert.Empty(harness.TakeOutput());
    }

    [Fact]
    public void After_a_protocol_error_only_GOAWAY_is_left()
    {
        EngineHarness harness = EngineHarness.Active();
        harness.Post(3);
        byte[] badFrame = [0, 0, 5, (byte)FrameType.Ping, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5];
        Http2ConnectionException error = Assert.Throws<Http2ConnectionException>(() => harness.Engine.Receive(badFrame, harness.Now));
        harness.Fail(new ApnsException(ApnsErrorKind.ConnectionLost, error.Message));

        byte[] output = harness.TakeOutput();
        Assert.Equal(FrameType.GoAway, FrameHeader.Read(output).Type);
        Assert.Equal(output.Length, FrameHeader.Size + FrameHeader.Read(output).Length);
        Assert.All(harness.Finished, request => Assert.Equal(AttemptEnd.NotProcessed, request.LastEnd));
    }

    [Fact]
    public void What_was_taken_to_be_written_counts_as_written()
    {
        EngineHarness harness = EngineHarness.Active();
        ApnsRequest taken = harness.Post();
        harness.TakeOutput();
        ApnsRequest left = harness.Post();
        harness.Fail();
        Assert.Equal(AttemptEnd.Lost, taken.LastEnd);
        Assert.Equal(AttemptEnd.NotProcessed, left.LastEnd);
    }

    [Fact]
    public void A_connection_that_is_closed_says_goodbye_once()
    {
        EngineHarness harness = EngineHarness.Active();
        harness.Engine.Close(null);
        harness.Engine.SayGoodbye();
        Assert.Equal(ApnsConnectionState.Closed, harness.Engine.State);
        Assert.Equal(FrameType.GoAway, FrameHeader.Read(harness.TakeOutput()).Type);
    }
}
