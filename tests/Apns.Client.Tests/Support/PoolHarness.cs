using System;
using System.Collections.Generic;
using System.Linq;
using Xunit;

namespace Apns.Client.Tests;

/// <summary>Where a test's requests end: each once, or the test fails.</summary>
internal sealed class RecordingSink : IRequestSink
{
    public bool Withdrawn { get; set; }

    public List<ApnsRequest> Ended { get; } = [];

    public HashSet<ApnsRequest> Seen { get; } = [];

    public int Wakes { get; private set; }

    public void Post(ApnsRequest request)
    {
        Assert.True(Seen.Add(request), "a request ended twice");
        Ended.Add(request);
    }

    public void Wake() => Wakes++;
}

/// <summary>A <see cref="Apns.Client.Dispatcher"/> over fake connections, and a clock that moves when it is told to.</summary>
internal sealed class PoolHarness
{
    private int _submitted;

    public PoolHarness(PoolOptions? options = null, int seed = 1)
    {
        Dispatcher = new Dispatcher(options ?? new PoolOptions(), Open, new Random(seed));
    }

    public Dispatcher Dispatcher { get; }

    public List<FakeConnection> Connections { get; } = [];

    public RecordingSink Sink { get; } = new();

    /// <summary>Of the requests made from now on.</summary>
    public ApnsDelivery Delivery { get; set; } = ApnsDelivery.AtLeastOnce;

    public long Now { get; private set; } = TimeSpan.FromDays(2).Ticks;

    public FakeConnection this[int number] => Connections[number];

    /// <summary>A pool whose connections are all ready.</summary>
    public static PoolHarness Ready(PoolOptions? options = null)
    {
        var pool = new PoolHarness(options);
        pool.Dispatcher.Start(pool.Now);
        foreach (FakeConnection connection in pool.Connections) pool.Activate(connection);
        return pool;
    }

    public void Activate(FakeConnection connection)
    {
        connection.State = ApnsConnectionState.Active;
        Progress(connection);
    }

    public void Progress(FakeConnection connection, params List<ApnsRequest> finished) => Dispatcher.OnProgress(connection, finished, Now);

    public ApnsRequest NewRequest(double seconds = 60, int payload = 40, RecordingSink? sink = null)
    {
        int index = _submitted++;
        return new ApnsRequest
        {
            Sink = sink ?? Sink,
            Index = index,
            Token = Samples.Token(index),
            Template = Samples.Template(payload),
            TakenAt = Now,
            Deadline = Now + TimeSpan.FromSeconds(seconds).Ticks,
            Delivery = Delivery,
        };
    }

    public ApnsRequest Submit(double seconds = 60, int payload = 40, RecordingSink? sink = null)
    {
        ApnsRequest request = NewRequest(seconds, payload, sink);
        Dispatcher.Submit(request, Now);
        return request;
    }

    public ApnsRequest[] Submit(int count)
    {
        var requests = new ApnsRequest[count];
        for (int i = 0; i < count; i++) requests[i] = Submit();
        return requests;
    }

    /// <summary>The connection a request is in flight on.</summary>
    public FakeConnection? Where(ApnsRequest request) => Connections.SingleOrDefault(connection => connection.Requests.Contains(request));

    public void Answer(ApnsRequest request, int status = 200, string? reason = null, double? retryAfter = null)
    {
        FakeConnection connection = Where(request)!;
        connection.End(request, AttemptEnd.Answered);
        request.Status = status;
        request.Reason = reason;
        request.RetryAfter = retryAfter is null ? null : TimeSpan.FromSeconds(retryAfter.Value);
        Progress(connection, request);
    }

    public void EndWith(ApnsRequest request, AttemptEnd end)
    {
        FakeConnection connection = Where(request)!;
        Progress(connection, connection.End(request, end));
    }

    /// <summary>The connection dies, and with it what was in flight.</summary>
    public void Lose(FakeConnection connection, ApnsErrorKind kind = ApnsErrorKind.ConnectionLost, AttemptEnd end = AttemptEnd.Lost)
    {
        connection.State = ApnsConnectionState.Closed;
        connection.CloseReason ??= new ApnsException(kind, "lost");
        List<ApnsRequest> finished = [.. connection.Requests];
        foreach (ApnsRequest request in finished)
        {
            connection.End(request, end);
            request.Failure = connection.CloseReason;
        }

        Progress(connection, finished);
    }

    public void Advance(double seconds)
    {
        Pass(seconds);
        Dispatcher.Tick(Now);
    }

    /// <summary>Lets time pass without telling the dispatcher.</summary>
    public void Pass(double seconds) => Now += TimeSpan.FromSeconds(seconds).Ticks;

    /// <summary>Ticks every 50 ms for so long, or until something is true; tells how long that took.</summary>
    public double AdvanceUntil(Func<bool> condition, double seconds)
    {
        double passed = 0;
        while (!condition() && passed < seconds)
        {
            Advance(0.05);
            passed += 0.05;
        }

        return passed;
    }

    private FakeConnection Open(int number)
    {
        Assert.Equal(Connections.Count, number);
        var connection = new FakeConnection(number);
        Connections.Add(connection);
        return connection;
    }
}
