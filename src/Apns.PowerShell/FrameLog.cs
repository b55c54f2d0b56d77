using System.Diagnostics.CodeAnalysis;
using System.Diagnostics.Tracing;
using System.Threading;
using System.Threading.Channels;

namespace Apns.PowerShell;

/// <summary>
/// The HTTP/2 frames that this process's connections send and receive, in words, for -Debug. Of header blocks and DATA only
/// their length is told. Beyond ten thousand frames that were not taken, new ones are only counted.
/// </summary>
internal sealed class FrameLog : EventListener
{
    private const string SourceName = "Apns-Http2";
    private const int MaxKept = 10_000;

    // The base class calls back before fields are set.
    private readonly Channel<string> _frames = Channel.CreateBounded<string>(MaxKept);
    private int _lost;

    public bool TryTake([NotNullWhen(true)] out string? frame)
    {
        if (_frames.Reader.TryRead(out frame)) return true;
        int lost = Interlocked.Exchange(ref _lost, 0);
        frame = lost == 0 ? null : $"{lost} more frames were not kept.";
        return frame is not null;
    }

    protected override void OnEventSourceCreated(EventSource eventSource)
    {
        if (eventSource.Name == SourceName) EnableEvents(eventSource, EventLevel.Verbose);
    }

    protected override void OnEventWritten(EventWrittenEventArgs eventData)
    {
        if (eventData.Payload is not [int session, string type, int flags, int stream, int length, string detail]) return;
        string way = eventData.EventName == "FrameSent" ? ">" : "<";
        string frame = $"{way} {type} session {session} stream {stream} flags 0x{flags:x2} length {length}{(detail.Length > 0 ? ": " : "")}{detail}";
        if (!_frames.Writer.TryWrite(frame)) Interlocked.Increment(ref _lost);
    }
}
