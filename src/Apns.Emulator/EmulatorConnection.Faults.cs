using System;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using Apns.Http2;
using Apns.Http2.Frames;

namespace Apns.Emulator;

/// <content>How it misbehaves where that was asked for: what each fault does is told by <see cref="EmulatorFaultKind"/>.</content>
internal sealed partial class EmulatorConnection
{
    private const ulong FarewellPing = 0x4170_6e73_476f_4177;
    private const int LoweredWindow = 16;
    private const int LongestPiece = 32;

    private readonly FaultPlan? _faults;
    private readonly FaultStrike? _firstStrike;
    private int _streamWindow = Http2Settings.DefaultWindowSize;
    private int _lastStream = int.MaxValue;
    private byte[] _farewell = [];
    private int? _cutAt;
    private byte[]? _lastWords;
    private bool _resets;
    private Random? _pieces;
    private long? _deafUntil;
    private bool _throttled;
    private bool _silent;
    private bool _silentForGood;
    private bool _starving;
    private int _withheld;
    private bool _leaving;

    /// <summary>Whether a request is not to be processed: its fault prevents it, or the connection has ended before it.</summary>
    private bool StaysUnprocessed(Http2Stream stream, EmulatorRequest request, out FaultStrike? strike)
    {
        strike = null;
        bool ended = _cutAt is not null || stream.Id > _lastStream;
        if (!ended) strike = _faults!.NextRequest();
        EmulatorFaultKind? kind = strike?.Fault.Kind;
        bool cut = kind == EmulatorFaultKind.CutConnection && strike!.Random.Next(2) == 0;
        bool refused = kind == EmulatorFaultKind.RefuseStream;
        if (!ended && !cut && !refused) return false;
        stream.State = null;
        Recycle(request);
        if (cut) Cut(strike!.Random);
        if (refused) _session!.Reset(stream, Http2ErrorCode.RefusedStream);
        return true;
    }

    /// <summary>Does to a request that is processed what the fault is.</summary>
    private void Strike(FaultStrike strike, Http2Stream stream, EmulatorRequest request, Answer answer)
    {
        EmulatorFault fault = strike.Fault;
        int streamId = stream.Id;
        byte[] id = new byte[IdLength];
        Record(stream, request, answer, id, _now);
        Http2Session session = _session!;
        int start = session.Output.Length;
        switch (fault.Kind)
        {
            case EmulatorFaultKind.ResetStream:
                session.Reset(stream, Http2ErrorCode.InternalError);
                return;
            case EmulatorFaultKind.HoldAnswer:
                DateTimeOffset now = _now;
                Later(fault.Duration, () => AnswerLate(stream, streamId, answer, id, now));
                return;
            case EmulatorFaultKind.AnswerUnknownStream:
                FaultyFrames.AnswerUnknownStream(session.Output, streamId);
                return;
            case EmulatorFaultKind.MalformedHeaders:
                FaultyFrames.AnswerMalformed(session.Output, streamId);
                return;
            case EmulatorFaultKind.OversizedHeaders:
                FaultyFrames.AnswerOversized(session, stream);
                return;
            case EmulatorFaultKind.EndlessHeaders:
                FaultyFrames.AnswerEndlessly(session.Output, streamId);
                return;
            case EmulatorFaultKind.Silence:
                FallSilent(fault.Duration);
                break;
        }

        _emulator.Writer.Write(session, stream, answer, id, _now);
        switch (fault.Kind)
        {
            case EmulatorFaultKind.Throttle:
                Throttle(fault.Duration);
                break;
            case EmulatorFaultKind.SplitAnswer:
                FaultyFrames.Split(session.Output, start, strike.Random);
                _pieces = strike.Random;
                break;
            case EmulatorFaultKind.RepeatAnswer:
                FaultyFrames.Repeat(session.Output, start);
                break;
            case EmulatorFaultKind.CutConnection:
                Cut(strike.Random);
                break;
            case EmulatorFaultKind.StopReading:
                _deafUntil = fault.Duration is { } duration ? Environment.TickCount64 + (long)duration.TotalMilliseconds : long.MaxValue;
                break;
            case EmulatorFaultKind.GoAway:
                BeginFarewell(streamId, fault.Reason);
                SayLastStream();
                break;
            case EmulatorFaultKind.GoAwayTwice:
                BeginFarewell(streamId, fault.Reason);
                session.GoAway(Http2ErrorCode.NoError, _farewell, int.MaxValue);
                session.Ping(FarewellPing);
                break;
            case EmulatorFaultKind.EnhanceYourCalm:
                _lastStream = streamId;
                session.GoAway(Http2ErrorCode.EnhanceYourCalm, "too many requests"u8, streamId);
                _leaving = true;
                break;
            case EmulatorFaultKind.LowerWindow:
                LowerWindow(fault.Duration);
                break;
            case EmulatorFaultKind.StarveWindow:
                _starving = true;
                Later(fault.Duration, FeedWindow);
                break;
            case EmulatorFaultKind.PingFlood:
                FaultyFrames.FloodWithPings(session.Output);
                break;
            case EmulatorFaultKind.SettingsFlood:
                FaultyFrames.FloodWithSettings(session.Output);
                break;
        }
    }

    private void AnswerLate(Http2Stream stream, int streamId, Answer answer, byte[] id, DateTimeOffset now)
    {
        if (stream.Id == streamId) _emulator.Writer.Write(_session!, stream, answer, id, now);
    }

    private void Cut(Random random)
    {
        _cutAt = random.Next(_session!.Output.Length + 1);
        _resets = random.Next(2) == 0;
    }

    /// <summary>Called when all that was read is handled: what is still written of the answers, and nothing after it.</summary>
    private void KeepLastWords(int length)
    {
        _lastWords = _silent ? [] : _session!.Output.WrittenSpan[..length].ToArray();
        _silent = _silentForGood = true;
    }

    private void FallSilent(TimeSpan? duration)
    {
        _silent = true;
        _silentForGood = duration is null;
        Later(duration, () => _silent = false);
    }

    private void Throttle(TimeSpan? duration)
    {
        _throttled = true;
        _session!.ChangeSettings(Settings());
        Later(
            duration,
            () =>
            {
                _throttled = false;
                _session.ChangeSettings(Settings());
            });
    }

    private void LowerWindow(TimeSpan? duration)
    {
        ChangeWindow(LoweredWindow);
        Later(
            duration / 2,
            () =>
            {
                ChangeWindow(0);
                Later(duration / 2, () => ChangeWindow(Http2Settings.DefaultWindowSize));
            });
    }

    private void ChangeWindow(int size)
    {
        _streamWindow = size;
        _session!.ChangeSettings(Settings());
    }

    private void FeedWindow()
    {
        _starving = false;
        if (_withheld > 0) FrameWriter.WriteWindowUpdate(_session!.Output, 0, _withheld);
        _withheld = 0;
    }

    private void BeginFarewell(int lastStream, string? reason)
    {
        _lastStream = lastStream;
        bool known = reason is not null && Reasons.IsKnown(reason);
        _farewell = Encoding.UTF8.GetBytes(known ? $$"""{"reason":"{{reason}}"}""" : reason ?? "");
    }

    private void SayLastStream()
    {
        _session!.GoAway(Http2ErrorCode.NoError, _farewell, _lastStream);
        _leaving = true;
    }

    /// <summary>Does something when the duration is over, or never without one.</summary>
    private void Later(TimeSpan? duration, Action action)
    {
        if (duration is { } time) Task.Delay(time).ContinueWith(_ => Act(action), TaskScheduler.Default);
    }

    private void Act(Action action)
    {
        try
        {
            lock (_gate)
            {
                if (_closed) return;
                action();
            }

            WriteOutput();
        }
        catch (Exception)
        {
            Close();
        }
    }

    /// <summary>Called under the lock: whether what is in the output may leave.</summary>
    private bool MayWrite()
    {
        if (!_silentForGood) return !_silent;
        _session!.AbandonOutput();
        return false;
    }

    private void WriteFaulty(ReadOnlySpan<byte> bytes)
    {
        lock (_gate)
        {
            if (_starving) bytes = FaultyFrames.WithoutWindow(bytes, ref _withheld).WrittenSpan;
        }

        Random? pieces = Interlocked.Exchange(ref _pieces, null);
        while (!bytes.IsEmpty)
        {
            int length = pieces is null ? bytes.Length : Math.Min(bytes.Length, pieces.Next(1, LongestPiece + 1));
            _stream!.Write(bytes[..length]);
            bytes = bytes[length..];
        }
    }

    /// <summary>Between two reads: whether the connection ends here; waits where it is not to read.</summary>
    private bool IsOver()
    {
        if (_lastWords is not null)
        {
            lock (_writing) _stream!.Write(_lastWords);
            if (_resets) _socket.Close(timeout: 0);
            return true;
        }

        lock (_gate)
        {
            while (_deafUntil > Environment.TickCount64 && !_closed) Monitor.Wait(_gate, (int)Math.Min(_deafUntil.Value - Environment.TickCount64, int.MaxValue));
            _deafUntil = null;
            if (!_leaving || _session!.HasOpenStreamUpTo(_lastStream)) return false;
        }

        Part();
        return true;
    }
}
