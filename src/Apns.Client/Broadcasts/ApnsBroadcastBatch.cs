using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;

namespace Apns.Client;

/// <summary>
/// Broadcasts to any number of channels: they are added while results are taken, one result for each, in the order in
/// which they were added. One thread at a time adds and takes.
/// </summary>
public sealed class ApnsBroadcastBatch
{
    // APNs fans broadcasts out, so their number is small.
    private const int Window = 100;

    private readonly Queue<(string ChannelId, bool OwnApp, Task<ApnsRequest> Request)> _underWay = new();
    private readonly ApnsClient _client;
    private readonly CancellationToken _cancellationToken;

    internal ApnsBroadcastBatch(ApnsClient client, CancellationToken cancellationToken)
    {
        _client = client;
        _cancellationToken = cancellationToken;
    }

    /// <summary>Broadcasts added.</summary>
    public long Added { get; private set; }

    /// <summary>Results still to be taken.</summary>
    public int UnderWay => _underWay.Count;

    /// <summary>Whether a result should be taken before the next broadcast is added.</summary>
    public bool IsFull => _underWay.Count >= Window;

    /// <summary>Whether <see cref="TakeAsync"/> would give a result at once.</summary>
    public bool HasResult => _underWay.TryPeek(out var first) && first.Request.IsCompleted;

    /// <summary>Why nothing that follows can succeed, so that it is not sent any more; null while the batch goes on.</summary>
    public ApnsException? StopReason { get; private set; }

    /// <summary>Adds a broadcast. It never blocks and never throws for the broadcast's sake: what is wrong with it is its result.</summary>
    /// <param name="channelId">The channel.</param>
    /// <param name="broadcast">What to send.</param>
    /// <param name="ownApp">Whether the app was named for this broadcast alone: then a refusal of the app does not stop the batch.</param>
    public void Add(string? channelId, ApnsBroadcast broadcast, bool ownApp = false)
    {
        ArgumentNullException.ThrowIfNull(broadcast);
        if (StopReason is not null)
        {
            Enqueue(channelId, null, StopReason, ownApp);
            return;
        }

        try
        {
            Enqueue(channelId, broadcast.Compile(channelId ?? ""), null, ownApp);
        }
        catch (ApnsException e)
        {
            AddInvalid(channelId, e);
        }
    }

    /// <summary>Adds a broadcast that the caller knows to be bad: nothing is sent for it, and its result says why.</summary>
    /// <param name="channelId">The channel.</param>
    /// <param name="error">What is wrong with it.</param>
    public void AddInvalid(string? channelId, ApnsException error)
    {
        ArgumentNullException.ThrowIfNull(error);
        Enqueue(channelId, null, error, ownApp: true);
    }

    /// <summary>Waits for the result of the first broadcast whose result was not taken.</summary>
    /// <returns>The result.</returns>
    /// <exception cref="InvalidOperationException">All results were taken.</exception>
    /// <exception cref="OperationCanceledException">The batch was given up: what was sent may still be delivered.</exception>
    public async Task<ApnsBroadcastResult> TakeAsync()
    {
        (string channelId, bool ownApp, Task<ApnsRequest> sending) = _underWay.Dequeue();
        ApnsRequest request = await sending;
        ApnsResult result = ResultBuilder.Build(request);
        StopReason ??= Doom.Of(request, result, "broadcast", ownApp);
        return new ApnsBroadcastResult(channelId, result);
    }

    private void Enqueue(string? channelId, RequestTemplate? template, ApnsException? failure, bool ownApp)
    {
        Added++;
        _underWay.Enqueue((channelId ?? "", ownApp, _client.BroadcastAsync(template, failure, _cancellationToken)));
    }
}
