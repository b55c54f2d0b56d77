using System;
using System.Diagnostics.CodeAnalysis;
using System.Threading;
using System.Threading.Channels;

namespace Apns.Client;

/// <summary>
/// What happens to a client's connections, in words for people: begun, ready, other stream limits, ended and why, and what
/// is sent again. It holds neither secrets nor device tokens. Nobody waits for it: beyond a thousand messages that were not
/// taken, new ones are only counted. Thread-safe.
/// </summary>
public sealed class ApnsConnectionLog : IDisposable
{
    private const int MaxKept = 1000;

    private readonly Channel<string> _messages = Channel.CreateBounded<string>(MaxKept);
    private readonly Action<ApnsConnectionLog> _end;
    private int _lost;

    internal ApnsConnectionLog(Action<ApnsConnectionLog> end) => _end = end;

    /// <summary>Takes the oldest message.</summary>
    /// <param name="message">One sentence or two.</param>
    /// <returns>False if there is none at the moment.</returns>
    public bool TryTake([NotNullWhen(true)] out string? message)
    {
        if (_messages.Reader.TryRead(out message)) return true;
        int lost = Interlocked.Exchange(ref _lost, 0);
        message = lost == 0 ? null : $"{lost} more messages about connections were not kept.";
        return message is not null;
    }

    /// <summary>Ends the log; what it has can still be taken.</summary>
    public void Dispose() => _end(this);

    internal void Add(string message)
    {
        if (!_messages.Writer.TryWrite(message)) Interlocked.Increment(ref _lost);
    }
}
