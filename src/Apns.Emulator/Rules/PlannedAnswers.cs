using System;
using System.Collections.Generic;
using System.Linq;

namespace Apns.Emulator;

/// <summary>
/// Answers that were asked for, given to requests that are right: by device token, and by bundle id to broadcasts and
/// to channel management. Thread-safe.
/// </summary>
internal sealed class PlannedAnswers
{
    // Hexadecimal has two cases and means the same in both.
    private readonly Dictionary<string, DateTimeOffset> _unregistered;
    private readonly Dictionary<string, Answer> _always;
    private readonly Dictionary<string, Queue<Answer>> _oneByOne;

    public PlannedAnswers(ApnsEmulatorOptions options)
    {
        StringComparer comparer = StringComparer.OrdinalIgnoreCase;
        _unregistered = new Dictionary<string, DateTimeOffset>(options.Unregistered, comparer);
        _always = options.Reasons.ToDictionary(static entry => entry.Key, static entry => Reasons.Parse(entry.Value), comparer);
        _oneByOne = options.ReasonSequences.ToDictionary(static entry => entry.Key, static entry => new Queue<Answer>(entry.Value.Select(Reasons.Parse)), comparer);
    }

    /// <summary>Whether there are any, so that the key of a request matters.</summary>
    public bool Any => _unregistered.Count + _always.Count + _oneByOne.Count > 0;

    /// <summary>The answer for this token or bundle id, or null when the request is to be answered as usual.</summary>
    public Answer? Next(string key, DateTimeOffset now)
    {
        if (_unregistered.TryGetValue(key, out DateTimeOffset since)) return new Answer(410, "Unregistered") { Timestamp = since.ToUnixTimeMilliseconds() };
        Answer? answer = Take(key) ?? _always.GetValueOrDefault(key);
        return answer?.Status == 410 ? answer with { Timestamp = now.AddDays(-1).ToUnixTimeMilliseconds() } : answer;
    }

    private Answer? Take(string key)
    {
        if (!_oneByOne.TryGetValue(key, out Queue<Answer>? queue)) return null;
        lock (queue) return queue.TryDequeue(out Answer? answer) ? answer : null;
    }
}
