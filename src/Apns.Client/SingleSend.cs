using System;
using System.Threading.Tasks;

namespace Apns.Client;

/// <summary>One <see cref="ApnsClient.SendAsync"/>.</summary>
internal sealed class SingleSend : IRequestSink
{
    // The continuation runs elsewhere: it must not hold up the thread that reads answers.
    private readonly TaskCompletionSource<ApnsResult> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ApnsRequest _request;

    public SingleSend(ApnsClient client, string token, ApnsNotification notification)
    {
        _request = new ApnsRequest { Sink = this };
        client.Prepare(_request, token, notification, Guid.NewGuid());
    }

    public Task<ApnsResult> Result => _result.Task;

    bool IRequestSink.Withdrawn => false;

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

    void IRequestSink.Post(ApnsRequest request) => _result.SetResult(ResultBuilder.Build(request));

    void IRequestSink.Wake()
    {
    }
}
