using System;
using System.Collections.Generic;
using Xunit;

namespace Apns.Client.Tests;

/// <summary>A connection that does what a test says. It checks that nothing is posted that must not be.</summary>
internal sealed class FakeConnection(int number) : IPoolConnection
{
    private readonly List<ApnsRequest> _inFlight = [];

    public int Number { get; } = number;

    public ApnsConnectionState State { get; set; } = ApnsConnectionState.Connecting;

    public ApnsException? CloseReason { get; set; }

    public int StreamLimit { get; set; } = 1000;

    /// <summary>What it says it has done, besides what is told here.</summary>
    public ConnectionFigures Done { get; set; }

    public ApnsConnectionInfo Info => throw new NotSupportedException();

    public ConnectionFigures Figures => Done with { State = State, StreamLimit = State == ApnsConnectionState.Active ? StreamLimit : 0 };

    /// <summary>The largest payload it takes at the moment.</summary>
    public int Window { get; set; } = int.MaxValue;

    public bool Blocked { get; set; }

    /// <summary>What happens to a request as soon as it is posted: its threads may be quicker than the poster's.</summary>
    public Action<ApnsRequest>? OnPost { get; set; }

    public int Flushes { get; private set; }

    public bool CloseAsked { get; private set; }

    /// <summary>How often it was asked to take a request and did not.</summary>
    public int Refusals { get; private set; }

    public IReadOnlyList<ApnsRequest> Requests => _inFlight;

    public int InFlight => _inFlight.Count;

    public bool IsBlocked => State != ApnsConnectionState.Active || Blocked || _inFlight.Count >= StreamLimit;

    public bool TryPost(ApnsRequest request, long now, bool more)
    {
        Assert.False(IsBlocked, "a blocked connection was asked");
        Assert.DoesNotContain(request, _inFlight);
        Assert.True(request.Deadline > now, "a request was posted after its deadline");
        if (request.Template is { } template && template.Payload.Length > Window)
        {
            Refusals++;
            return false;
        }

        request.ForgetAnswer();
        request.Failure = null;
        request.Attempts++;
        _inFlight.Add(request);
        OnPost?.Invoke(request);
        return true;
    }

    public void Sweep()
    {
    }

    public void Flush() => Flushes++;

    public void Close()
    {
        CloseAsked = true;
        if (State < ApnsConnectionState.Closing) State = ApnsConnectionState.Closing;
    }

    public void Abort(ApnsException reason) => State = ApnsConnectionState.Closed;

    /// <summary>Takes a request out of flight as an engine would.</summary>
    public ApnsRequest End(ApnsRequest request, AttemptEnd end)
    {
        Assert.True(_inFlight.Remove(request), "the request is not in flight here");
        request.LastEnd = end;
        if (end == AttemptEnd.NotProcessed) request.Attempts--;
        return request;
    }
}
