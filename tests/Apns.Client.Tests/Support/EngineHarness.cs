using System;
using System.Collections.Generic;
using Apns.Http2;
using Xunit;

namespace Apns.Client.Tests;

/// <summary>
/// A <see cref="ConnectionEngine"/> with a <see cref="RawPeer"/> on the other side, and a clock that moves when it is told to.
/// </summary>
internal sealed class EngineHarness
{
    public const string Authority = "api.example.com";

    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    // One for all, as in a bulk send: what is prepared for it is used again.
    private readonly RequestTemplate _template = Samples.Template();
    private readonly List<ApnsRequest> _new = [];
    private int _posted;

    private EngineHarness(ApnsCredential credential, ConnectionOptions options)
    {
        UtcNow = Start;
        Engine = new ConnectionEngine(Authority, credential, options, () => UtcNow, Now);
    }

    public ConnectionEngine Engine { get; }

    public RawPeer Peer { get; } = new();

    /// <summary>The monotonic clock, in ticks; it does not begin at 0.</summary>
    public long Now { get; private set; } = TimeSpan.FromDays(3).Ticks;

    /// <summary>The clock on the wall.</summary>
    public DateTimeOffset UtcNow { get; set; }

    /// <summary>All that finished, in order.</summary>
    public List<ApnsRequest> Finished { get; } = [];

    /// <summary>With a provider token.</summary>
    public static EngineHarness WithKey(ConnectionOptions? options = null) => With(Samples.NewKey(), options);

    public static EngineHarness With(ApnsCredential credential, ConnectionOptions? options = null) => new(credential, options ?? new ConnectionOptions());

    /// <summary>With a client certificate.</summary>
    public static EngineHarness WithCertificate(ConnectionOptions? options = null) => new(Samples.Certificate, options ?? new ConnectionOptions());

    /// <summary>A certificate's connection that has its SETTINGS.</summary>
    public static EngineHarness Active(int streams = 1000, ConnectionOptions? options = null)
    {
        EngineHarness harness = WithCertificate(options);
        harness.Peer.Settings((Http2SettingId.MaxConcurrentStreams, streams));
        harness.Pump();
        return harness;
    }

    /// <summary>A provider token's connection that has its SETTINGS and one answer.</summary>
    public static EngineHarness Accepted(int streams = 1000, ConnectionOptions? options = null, ApnsCredential? credential = null)
    {
        EngineHarness harness = With(credential ?? Samples.NewKey(), options);
        harness.Peer.Settings((Http2SettingId.MaxConcurrentStreams, streams));
        harness.Pump();
        harness.Post();
        harness.Pump();
        harness.Peer.Answer(harness.Peer.Last);
        harness.Pump();
        harness.Finished.Clear();
        return harness;
    }

    public ApnsRequest NewRequest(RequestTemplate? template = null, TimeSpan? timeout = null) => new()
    {
        Token = Samples.Token(++_posted),
        Template = template ?? _template,
        ApnsId = Guid.NewGuid(),
        TakenAt = Now,
        Deadline = Now + (timeout ?? TimeSpan.FromMinutes(1)).Ticks,
    };

    public bool TryPost(ApnsRequest request) => Engine.TryPost(request, Now);

    /// <summary>Posts a request that must be taken.</summary>
    public ApnsRequest Post(RequestTemplate? template = null, TimeSpan? timeout = null)
    {
        ApnsRequest request = NewRequest(template, timeout);
        Assert.True(TryPost(request), "the connection refused a request");
        return request;
    }

    public ApnsRequest[] Post(int count)
    {
        var requests = new ApnsRequest[count];
        for (int i = 0; i < count; i++) requests[i] = Post();
        return requests;
    }

    /// <summary>How many more requests it takes.</summary>
    public int PostAll(RequestTemplate? template = null)
    {
        int count = 0;
        while (TryPost(NewRequest(template))) count++;
        return count;
    }

    /// <summary>Carries bytes to and fro until both sides are quiet.</summary>
    public void Pump()
    {
        while (true)
        {
            byte[] toPeer = TakeOutput();
            Peer.Receive(toPeer);
            byte[] toClient = Peer.TakeOutput();
            if (toClient.Length > 0) Engine.Receive(toClient, Now);
            if (toPeer.Length + toClient.Length == 0) break;
        }

        Collect();
    }

    /// <summary>What the engine put out, counted as given to the transport.</summary>
    public byte[] TakeOutput()
    {
        ByteBuffer batch = Engine.Session.SwapOutput(new ByteBuffer());
        Engine.Attempted += batch.Length;
        return batch.WrittenSpan.ToArray();
    }

    /// <summary>Lets time pass on both clocks, then sweeps, then carries bytes.</summary>
    public void Advance(TimeSpan time)
    {
        Pass(time);
        Engine.Sweep(Now);
        Pump();
    }

    /// <summary>Lets time pass without telling the engine.</summary>
    public void Pass(TimeSpan time)
    {
        Now += time.Ticks;
        UtcNow += time;
    }

    /// <summary>Lets time pass on the wall only, as when the clock is set.</summary>
    public void SetClock(TimeSpan jump) => UtcNow += jump;

    public void Fail(ApnsException? reason = null)
    {
        Engine.Fail(reason ?? new ApnsException(ApnsErrorKind.ConnectionLost, "cut"));
        Collect();
    }

    /// <summary>The request that finished, of which there must be exactly one since the last call.</summary>
    public ApnsRequest OneFinished()
    {
        ApnsRequest request = Assert.Single(Finished);
        Finished.Clear();
        return request;
    }

    private void Collect()
    {
        _new.Clear();
        Engine.TakeFinished(_new);
        Finished.AddRange(_new);
    }
}
