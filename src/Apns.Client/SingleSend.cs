using System;
using System.Threading;
using System.Threading.Tasks;

namespace Apns.Client;

/// <summary>One request that a task waits for. It holds its place among the client's single sends until it ends.</summary>
internal sealed class SingleSend : IRequestSink
{
    // The continuation runs elsewhere: it must not hold up the thread that reads answers.
    private readonly TaskCompletionSource<ApnsRequest> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SemaphoreSlim _places;
    private volatile bool _cancelled;

    public SingleSend(SemaphoreSlim places)
    {
        _places = places;
        Request = new ApnsRequest { Sink = this, ApnsId = Guid.NewGuid() };
    }

    /// <summary>To be filled in before <see cref="Start"/>.</summary>
    public ApnsRequest Request { get; }

    /// <summary>The request, when it has ended.</summary>
    public Task<ApnsRequest> Ended => _ended.Task;

    bool IRequestSink.Withdrawn => _cancelled;

    public void Start(ApnsConnectionPool pool)
    {
        if (Request.Failure is null) pool.Submit(Request);
        else pool.Refuse(Request);
    }

    /// <summary>Nobody waits for it any more: the pool drops it where it waits.</summary>
    public void Cancel() => _cancelled = true;

    void IRequestSink.Post(ApnsRequest request)
    {
        _places.Release();
        _ended.SetResult(request);
    }

    void IRequestSink.Wake()
    {
    }
}
