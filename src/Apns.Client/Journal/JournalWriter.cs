using System;
using System.IO;
using System.Threading;
using Apns.Http2;

namespace Apns.Client;

/// <summary>
/// Appends to a journal's file in groups, on a thread of its own: one write for all that came in while the one before was
/// on its way, and with <c>durable</c> one flush to the disk. Inputs are held until their begin is on file; then they are
/// released, in their order. With few in flight a group is written at once, with many after a millisecond. Records
/// are added by one thread at a time.
/// </summary>
internal sealed class JournalWriter : IDisposable
{
    private const int FullGroup = 32 * 1024;
    private const int FewInFlight = 64;

    private static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(1);

    private readonly object _gate = new();
    private readonly JournalFile _file;
    private readonly bool _durable;
    private readonly Action<ApnsRequest> _release;
    private readonly Action _released;
    private readonly Thread _thread;
    private ByteBuffer _fill = new(2 * FullGroup);
    private ByteBuffer _spare = new(2 * FullGroup);
    private ApnsRequest? _firstHeld;
    private ApnsRequest? _lastHeld;

    // Where in the file the fill buffer belongs, and where what is written ends.
    private long _fillStart;
    private long _written;

    // Where in the fill buffer the open block begins; less than 0 if there is none.
    private int _blockStart = -1;
    private long _inFlight;
    private bool _idle;
    private bool _hurry;
    private bool _closing;
    private ApnsException? _failure;

    /// <param name="file">Where to write; it belongs to the writer from here on.</param>
    /// <param name="length">Where in the file to go on.</param>
    /// <param name="durable">Whether groups are flushed to the disk, for power cuts.</param>
    /// <param name="release">Takes an input whose begin is on file, or could not be written: then its failure says why.</param>
    /// <param name="released">Called after a group's inputs were released.</param>
    public JournalWriter(JournalFile file, long length, bool durable, Action<ApnsRequest> release, Action released)
    {
        _file = file;
        _fillStart = _written = length;
        _durable = durable;
        _release = release;
        _released = released;
        _thread = new Thread(Run, 256 * 1024) { IsBackground = true, Name = "apns journal" };
        _thread.UnsafeStart();
    }

    /// <summary>Why nothing is written any more; null while all is well.</summary>
    public ApnsException? Failure => Volatile.Read(ref _failure);

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
        lock (_gate)
        {
            OpenBlock();
            request.JournalOffset = _fillStart + _fill.Length;
            record.Write(_fill);
            if (_lastHeld is null) _firstHeld = request;
            else _lastHeld.Next = request;
            _lastHeld = request;
            _inFlight++;
            AfterRecord();
        }
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
            _inFlight--;
            AfterRecord();
        }
    }

    /// <summary>Has what was added written without waiting for more.</summary>
    public void Hurry()
    {
        lock (_gate)
        {
            _hurry = _fill.Length > 0;
            if (_hurry) Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Waits until all that was added is on file, or that has failed, and what was held is released.</summary>
    public void Flush()
    {
        lock (_gate)
        {
            long end = _fillStart + _fill.Length;
            _hurry = true;
            Monitor.PulseAll(_gate);
            while (_written < end) Monitor.Wait(_gate);
        }
    }

    /// <summary>Writes the rest and closes the file.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _closing = true;
            Monitor.PulseAll(_gate);
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
        bool full = _fill.Length >= FullGroup && !_hurry;
        if (!_idle && !full) return;
        _hurry |= full;
        _idle = false;
        Monitor.PulseAll(_gate);
    }

    private void CloseBlock()
    {
        if (_blockStart < 0) return;
        JournalFormat.SealBlock(_fill.Patch(_blockStart, _fill.Length - _blockStart), _fillStart + _blockStart, DateTimeOffset.UtcNow);
        _blockStart = -1;
    }

    private void Run()
    {
        while (TakeGroup(out long start, out ApnsRequest? held))
        {
            Write(start);
            Release(held);
            lock (_gate)
            {
                _written = start + _spare.Length;
                Monitor.PulseAll(_gate);
            }

            _spare.Clear();
        }
    }

    /// <summary>Waits for a group and swaps the buffers; false when there is nothing more to come.</summary>
    private bool TakeGroup(out long start, out ApnsRequest? held)
    {
        lock (_gate)
        {
            _idle = true;
            while (_fill.Length == 0 && !_closing) Monitor.Wait(_gate);
            _idle = false;
            if (_inFlight >= FewInFlight && _fill.Length < FullGroup && !_hurry && !_closing) Monitor.Wait(_gate, Gathering);
            CloseBlock();
            _hurry = false;
            start = _fillStart;
            held = _firstHeld;
            _firstHeld = _lastHeld = null;
            _fillStart += _fill.Length;
            (_fill, _spare) = (_spare, _fill);
            return _spare.Length > 0;
        }
    }

    private void Write(long start)
    {
        try
        {
            if (_failure is null)
            {
                if (start + _spare.Length > JournalEntry.MaxValue) throw new IOException("It is full; begin a new one.");
                RandomAccess.Write(_file.Handle, _spare.WrittenSpan, start);
                if (_durable) RandomAccess.FlushToDisk(_file.Handle);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            Volatile.Write(ref _failure, JournalFile.CannotUse(_file.Path, e));
        }
    }

    private void Release(ApnsRequest? held)
    {
        if (held is null) return;
        for (ApnsRequest? next; held is not null; held = next)
        {
            next = held.Next;
            held.Next = null;
            if (_failure is not null) held.Failure = _failure;
            _release(held);
        }

        _released();
    }
}
