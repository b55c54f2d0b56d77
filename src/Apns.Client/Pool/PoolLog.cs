using System;
using System.Collections.Generic;
using System.Linq;

namespace Apns.Client;

/// <summary>What a dispatcher tells those who listen: nothing is put into words while nobody does. Its owner's lock guards it.</summary>
internal sealed class PoolLog
{
    // One by one, what is sent again would be as much as what is sent.
    private static readonly long AgainPeriod = TimeSpan.FromSeconds(1).Ticks;

    private readonly List<ApnsConnectionLog> _logs = [];
    private readonly Dictionary<string, int> _again = new(StringComparer.Ordinal);
    private long _againSince;

    /// <summary>Whether anybody listens.</summary>
    public bool IsHeard => _logs.Count > 0;

    public void Add(ApnsConnectionLog log) => _logs.Add(log);

    public void Remove(ApnsConnectionLog log)
    {
        TellAgain();
        _logs.Remove(log);
    }

    public void Began(int number) => Tell($"Connection {number} begins.");

    public void BecameReady(int number, ConnectionFigures figures) => Tell($"Connection {number} is ready, with a stream limit of {figures.StreamLimit:N0}.");

    public void ChangedLimit(int number, int before, ConnectionFigures figures) =>
        Tell($"Connection {number} has a stream limit of {figures.StreamLimit:N0} now, {before:N0} before{(figures.IsThrottled ? ": APNs throttles it" : "")}.");

    public void Ends(int number, ApnsException? reason) => Tell($"Connection {number} takes no more: {reason?.Message ?? "it is closed."}");

    public void Ended(int number, ConnectionFigures figures) => Tell($"Connection {number} is gone; it sent {figures.Sent:N0}.");

    /// <summary>A request is to be sent again.</summary>
    public void SendsAgain(ApnsRequest request, long now)
    {
        if (!IsHeard) return;
        string why = request.LastEnd switch
        {
            AttemptEnd.Answered => $"{request.Status} {request.Reason}".TrimEnd(),
            AttemptEnd.NotProcessed => "not processed",
            _ => "connection lost",
        };
        if (_again.Count == 0) _againSince = now;
        _again[why] = _again.GetValueOrDefault(why) + 1;
    }

    /// <summary>Tells of what is sent again, once a second.</summary>
    public void Tick(long now)
    {
        if (_again.Count > 0 && now - _againSince >= AgainPeriod) TellAgain();
    }

    private void TellAgain()
    {
        if (_again.Count == 0) return;
        Tell($"Sent again: {string.Join(", ", _again.Select(static why => $"{why.Value:N0} × {why.Key}"))}.");
        _again.Clear();
    }

    private void Tell(FormattableString message)
    {
        if (!IsHeard) return;
        string text = FormattableString.Invariant(message);
        foreach (ApnsConnectionLog log in _logs) log.Add(text);
    }
}
