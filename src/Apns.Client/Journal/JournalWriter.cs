using System;
using System.IO;
using System.Threading;
using Apns.Http2;

namespace Apns.Client;

/// <summary>
/// Appends to a journal's file in groups: one write for what came in within a millisecond or until there are 32 KiB of
/// it. Inputs are held until their begin is on file; then they are released, in their order. The thread that adds
/// records writes them too, which takes some microseconds; a thread of the writer's own writes what it leaves when it
/// pauses, and with <c>durable</c> everything, since flushing a group to the disk takes milliseconds. Records are added by
/// one thread at a time.
/// </summary>
internal sealed class JournalWriter : IDisposable
{
    private const int FullGroup = 32 * 1024;

    private static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(2);

    // Held while a group is written and released; taken before the gate.
    private readonly Lock _committing = new();
    private readonly object _gate = new();
    private readonly JournalFile _file;
    private readonly bool _durable;
    private readonly Action<ApnsRequest> _release;
    private readonly Thread _thread;
    private ByteBuffer _fill = new(2 * FullGroup);
    private ByteBuffer _spare = new(2 * FullGroup);
    private ApnsRequest? _firstHeld;
    private ApnsRequest? _lastHeld;

    // Where in the file the fill buffer belongs.
    private long _fillStart;

    // Where in the fill buffer the open block begins; less than 0 if there is none.
    private int _blockStart = -1;
    private int _held;
    private long _groups;
    private long _lastGroup;
    private bool _idle;
    private bool _urgent;
    private bool _closing;
    private ApnsException? _failure;

    /// <param name="file">Where to write; it belongs to the writer from here on.</param>
    /// <param name="length">Where in the file to go on.</param>
    /// <param name="durable">Whether groups are flushed to the disk, for power cuts.</param>
    /// <param name="release">Takes an input whose begin is on file, or could not be written: then its failure says why. Called by either thread.</param>
    public JournalWriter(JournalFile file, long length, bool durable, Action<ApnsRequest> release)
    {
        _file = file;
        _fillStart = length;
        _durable = durable;
        _release = release;
        _thread = BackgroundThread.Start(Run, "apns journal");
    }

    /// <summary>Why nothing is written any more; null while all is well.</summary>
    public ApnsException? Failure => Volatile.Read(ref _failure);

    /// <summary>Inputs that are held.</summary>
    public int Held => Volatile.Read(ref _held);

    /// <summary>Groups written, for tests.</summary>
    public long Groups => Volatile.Read(ref _groups);

    public void AddRun(string what)
    {
        lock (_gate)
        {
            OpenBlock();
            RunRecord.Write(_fill, what);
            AfterRecord();
        }
    }

    /// <summary>Notes that an input is about to be sent, and holds it until that is on file.</summary>
    public void Begin(ApnsRequest request, in BeginRecord record)
    {
        bool due;
        lock (_gate)
        {
            OpenBlock();
            request.JournalOffset = _fillStart + _fill.Length;
            record.Write(_fill);
            if (_lastHeld is null) _firstHeld = request;
            else _lastHeld.Next = request;
            _lastHeld = request;
            _held++;
            AfterRecord();
            due = _fill.Length >= FullGroup || request.TakenAt - _lastGroup >= Gathering.Ticks;
        }

        if (due) Hurry();
    }

    /// <summary>Notes how an input ended.</summary>
    /// <param name="beginOffset">Where in the file its begin is.</param>
    /// <param name="record">How it ended; its <see cref="EndRecord.Back"/> is filled in here.</param>
    public void End(long beginOffset, EndRecord record)
    {
        lock (_gate)
        {
            OpenBlock();
            record.Back = _fillStart + _fill.Length - beginOffset;
            record.Write(_fill);
            AfterRecord();
        }
    }

    /// <summary>Has what was added written without waiting for more.</summary>
    public void Hurry()
    {
        if (!_durable)
        {
            Commit();
            return;
        }

        lock (_gate)
        {
            _urgent = true;
            Monitor.Pulse(_gate);
        }
    }

    /// <summary>Writes what was added, and returns when it is on file, or has failed, and what was held is released.</summary>
    public void Flush() => Commit();

    /// <summary>Writes the rest and closes the file.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _closing = true;
            Monitor.Pulse(_gate);
        }

        _thread.Join();
        _file.Dispose();
    }

    private void OpenBlock()
    {
        if (_blockStart >= 0) return;
        _blockStart = _fill.Length;
        _fill.GetSpan(JournalFormat.BlockHeaderLength);
        _fill.Advance(JournalFormat.BlockHeaderLength);
    }

    private void AfterRecord()
    {
        if (_fill.Length - _blockStart >= JournalFormat.FullBlock) CloseBlock();
        if (!_idle) return;
        _idle = false;
        Monitor.Pulse(_gate);
    }

    private void CloseBlock()
    {
        if (_blockStart < 0) return;
        JournalFormat.SealBlock(_fill.Patch(_blockStart, _fill.Length - _blockStart), _fillStart + _blockStart, DateTimeOffset.UtcNow);
        _blockStart = -1;
    }

    private void Run()
    {
        while (AwaitGroup()) Commit();
    }

    /// <summary>
    /// Waits until there is something to write that nobody else writes; false when nothing more is to come. While groups
    /// are written it looks every pause and need not be woken, which would cost the thread that adds more than its writing.
    /// </summary>
    private bool AwaitGroup()
    {
        lock (_gate)
        {
            while (true)
            {
                if (_fill.Length == 0 && _closing) return false;
                if (_urgent || _closing) return true;
                long group = _groups;
                bool paused = !Monitor.Wait(_gate, Pause) && _groups == group;
                if (!paused) continue;
                if (_fill.Length > 0) return true;
                _idle = true;
                Monitor.Wait(_gate);
                _idle = false;
            }
        }
    }

    private void Commit()
    {
        lock (_committing)
        {
            long start;
            ApnsRequest? held;
            lock (_gate)
            {
                _urgent = false;
                if (_fill.Length == 0) return;
                CloseBlock();
                start = _fillStart;
                held = _firstHeld;
                _firstHeld = _lastHeld = null;
                _held = 0;
                _fillStart += _fill.Length;
                (_fill, _spare) = (_spare, _fill);
                _groups++;
                _lastGroup = MonotonicClock.Now;
            }

            Write(start);
            _spare.Clear();
            Release(held);
        }
    }

    private void Write(long start)
    {
        if (_failure is not null) return;
        try
        {
            if (start + _spare.Length > JournalEntry.MaxValue) throw new IOException("It is full; begin a new one.");
            RandomAccess.Write(_file.Handle, _spare.WrittenSpan, start);
            if (_durable) RandomAccess.FlushToDisk(_file.Handle);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            // This is how .NET puts EFBIG: 4 GiB on FAT32, or a limit of the process.
            if (e is ArgumentException) e = new IOException("It cannot become larger here; begin a new one, or put it on another file system.");
            Volatile.Write(ref _failure, JournalFile.CannotUse(_file.Path, e));
        }
    }

    private void Release(ApnsRequest? held)
    {
        while (held is not null)
        {
            ApnsRequest request = held;
            held = request.Next;
            request.Next = null;
            if (_failure is not null) request.Failure = _failure;
            _release(request);
        }
    }
}
