using System;

namespace Apns.Http2;

/// <summary>
/// The last streams that were closed in one way. What a frame for a closed stream means depends on how it was closed
/// (RFC 9113 section 5.1), and nobody can remember them all.
/// </summary>
internal sealed class ClosedStreams
{
    private readonly int[] _ids;
    private int _next;

    public ClosedStreams(int capacity) => _ids = new int[capacity];

    /// <summary>Whether ids have been forgotten.</summary>
    public bool Overflowed { get; private set; }

    public void Add(int id)
    {
        Overflowed |= _ids[_next] != 0;
        _ids[_next] = id;
        _next = (_next + 1) % _ids.Length;
    }

    public bool Contains(int id) => Array.IndexOf(_ids, id) >= 0;
}
