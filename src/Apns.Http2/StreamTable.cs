using System.Collections.Generic;

namespace Apns.Http2;

/// <summary>
/// The open streams of a session by id. Ids come in sequence, so half the id taken as an array index is nearly always
/// free; whoever finds its place taken, by a stream that is open unusually long, goes into a dictionary. Stream objects
/// are kept for reuse.
/// </summary>
internal sealed class StreamTable
{
    private readonly Stack<Http2Stream> _free = new();
    private readonly Dictionary<int, Http2Stream> _displaced = [];
    private Http2Stream?[] _slots = new Http2Stream?[64];

    public int Count { get; private set; }

    public Http2Stream? Find(int id)
    {
        Http2Stream? stream = _slots[(id >> 1) & (_slots.Length - 1)];
        if (stream is not null && stream.Id == id) return stream;
        return _displaced.Count == 0 ? null : _displaced.GetValueOrDefault(id);
    }

    public Http2Stream Add(int id, int sendWindow, int receiveWindow)
    {
        if (2 * (Count + 1) > _slots.Length) Grow();
        if (!_free.TryPop(out Http2Stream? stream)) stream = new Http2Stream();
        stream.Open(id, sendWindow, receiveWindow);
        Place(stream);
        Count++;
        return stream;
    }

    public void Remove(Http2Stream stream)
    {
        ref Http2Stream? slot = ref _slots[(stream.Id >> 1) & (_slots.Length - 1)];
        if (slot == stream) slot = null;
        else _displaced.Remove(stream.Id);
        Count--;
        stream.Clear();
        _free.Push(stream);
    }

    /// <summary>The open streams at this moment, in no order: a copy, since whoever walks them may close some.</summary>
    public Http2Stream[] Snapshot()
    {
        var streams = new Http2Stream[Count];
        int next = 0;
        foreach (Http2Stream? stream in _slots)
        {
            if (stream is not null) streams[next++] = stream;
        }

        _displaced.Values.CopyTo(streams, next);
        return streams;
    }

    private void Place(Http2Stream stream)
    {
        ref Http2Stream? slot = ref _slots[(stream.Id >> 1) & (_slots.Length - 1)];
        if (slot is null) slot = stream;
        else _displaced.Add(stream.Id, stream);
    }

    private void Grow()
    {
        Http2Stream[] open = Snapshot();
        _slots = new Http2Stream?[_slots.Length * 2];
        _displaced.Clear();
        foreach (Http2Stream stream in open) Place(stream);
    }
}
