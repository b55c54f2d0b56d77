using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Apns.Http2;
using Apns.Http2.Frames;
using Xunit;

namespace Apns.Client.Tests.Wire;

/// <summary>A connection that ends while its writer is stuck: what was given back as unsent must not leave after all.</summary>
public class AbandonedWriteTests
{
    // More than the buffers of a loopback connection hold, so that the writer waits for a server that does not read.
    private const int Count = 4000;
    private const int PayloadLength = 4000;

    [Fact]
    public async Task No_request_goes_out_whole_on_two_connections_unless_it_may_be_sent_twice()
    {
        using var posted = new ManualResetEventSlim();
        using var peer = new ScriptedPeer(connection =>
        {
            connection.Peer.Settings((Http2SettingId.MaxConcurrentStreams, Count));
            connection.Peer.WindowUpdate(0, 100_000_000);
            connection.Send();
            if (connection.Number > 0)
            {
                connection.AnswerAll();
                return;
            }

            // A PING of the wrong length: the client must end the connection, and then the server reads on.
            Assert.True(posted.Wait(Eventually.Patience));
            FrameWriter.Write(connection.Peer.Output, FrameType.Ping, FrameFlags.None, 0, [1, 2, 3]);
            connection.Send();
            connection.AwaitEnd();
        });
        await using ApnsClient client = await Clients.ConnectAsync(Clients.Options(peer.Endpoint, Samples.Certificate) with { Delivery = ApnsDelivery.AtMostOnce });
        ApnsNotification notification = Samples.Notification(PayloadLength);
        Task<ApnsResult>[] sends = [.. Enumerable.Range(0, Count).Select(i => client.SendAsync(i, notification))];
        Assert.Equal(Count, client.InFlight);
        posted.Set();
        ApnsResult[] results = await Task.WhenAll(sends).Soon();

        await Eventually.True(() => peer.Connections.Length == 2, "a second connection");
        HashSet<string> first = Whole(peer.Connections[0]);
        HashSet<string> second = Whole(peer.Connections[1]);
        Assert.NotEmpty(first);
        Assert.NotEmpty(second);
        Assert.Empty(first.Intersect(second));
        Assert.All(results, result => Assert.Equal(second.Contains(result.Token), result.Outcome == ApnsOutcome.Delivered));
        Assert.All(results, result => Assert.False(result.PossibleDuplicate));
    }

    private static HashSet<string> Whole(PeerConnection connection) =>
        [.. connection.Peer.Requests.Where(request => request.Ended).Select(request => request.Token)];
}
