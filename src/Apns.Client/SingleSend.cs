using System.Threading;
using System.Threading.Tasks;

namespace Apns.Client;

/// <summary>One <see cref="ApnsClient.SendAsync"/>. It holds its place among the client's single sends until it ends.</summary>
internal sealed class SingleSend : IRequestSink
{
    // The continuation runs elsewhere: it must not hold up the thread that reads answers.
    private readonly TaskCompletionSource<ApnsResult> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ApnsRequest _request;
    private readonly SemaphoreSlim _places;
    private volatile bool _cancelled;

    public SingleSend(ApnsClient client, string token, ApnsNotification notification, SemaphoreSlim places)
    {
        _places = places;
        _request = new ApnsRequest { Sink = this };
        client.Prepare(_request, token, notification, System.Guid.NewGuid());
    }

    public Task<ApnsResult> Result => _result.Task;

    bool IRequestSink.Withdrawn => _cancelled;

    public void Start(ApnsConnectionPool pool)
    {
        if (_request.Failure is null)
        {
            pool.Submit(_request);
            return;
        }

        _request.Outcome = ApnsOutcome.NotSent;
        _request.FinishedAt = _request.TakenAt;
        ((IRequestSink)this).Post(_request);
    }

    /// <summary>Nobody waits for it any more: the pool drops it where it waits.</summary>
    public void Cancel() => _cancelled = true;

    void IRequestSink.Post(ApnsRequest request)
    {
        _places.Release();
        _result.SetResult(ResultBuilder.Build(request));
    }

    void IRequestSink.Wake()
    {
    }
}
