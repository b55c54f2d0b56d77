using System;
using System.Collections.Generic;
using System.Linq;

using Xunit;

namespace Apns.Http2.Tests;

public class StreamTableTests
{
    [Fact]
    public void A_new_table_has_no_streams()
    {
        var table = new StreamTable();
        Assert.Equal(0, table.Count);
        Assert.Null(table.Find(1));
        Assert.Null(table.Find(int.MaxValue));
        Assert.Empty(table.Snapshot());
    }

    [Fact]
    public void A_stream_starts_afresh_and_is_found_until_it_is_removed()
    {
        var table = new StreamTable();
        Http2Stream stream = table.Add(5, 10, 20);
        Assert.Equal((5, 10, 20, -1L, 0L), (stream.Id, stream.SendWindow, stream.ReceiveWindow, stream.ExpectedLength, stream.ReceivedLength));
        Assert.False(stream.LocalEnded || stream.RemoteEnded || stream.HeadersReceived || stream.EndAfterUnsent);
        Assert.Same(stream, table.Find(5));

        // The next id shares nothing with it but the neighbourhood; 133 the slot.
        Assert.Null(table.Find(7));
        Assert.Null(table.Find(4));
        Assert.Null(table.Find(5 + 128));

        table.Remove(stream);
        Assert.Equal(0, stream.Id);
        Assert.Null(table.Find(5));
        Assert.Equal(0, table.Count);
    }

    [Fact]
    public void A_removed_stream_is_reused_without_a_trace()
    {
        var table = new StreamTable();
        Http2Stream stream = table.Add(1, 10, 20);
        stream.State = this;
        stream.LocalEnded = stream.RemoteEnded = stream.HeadersReceived = stream.EndAfterUnsent = true;
        stream.ExpectedLength = stream.ReceivedLength = stream.UnsentStart = 7;
        stream.Unsent = new ByteBuffer();
        table.Remove(stream);
        Assert.Null(stream.State);
        Assert.Null(stream.Unsent);

        Http2Stream again = table.Add(3, 30, 40);
        Assert.Same(stream, again);
        Assert.Equal((3, 30, 40, -1L, 0L, 0), (again.Id, again.SendWindow, again.ReceiveWindow, again.ExpectedLength, again.ReceivedLength, again.UnsentStart));
        Assert.False(again.LocalEnded || again.RemoteEnded || again.HeadersReceived || again.EndAfterUnsent);
    }

    [Fact]
    public void A_long_lived_stream_does_not_block_the_one_that_wants_its_place()
    {
        // 64 places at first: ids 128 apart collide.
        var table = new StreamTable();
        Http2Stream old = table.Add(1, 0, 0);
        Http2Stream displaced = table.Add(129, 0, 0);
        Http2Stream further = table.Add(257, 0, 0);
        Assert.Same(old, table.Find(1));
        Assert.Same(displaced, table.Find(129));
        Assert.Same(further, table.Find(257));
        Assert.Equal([1, 129, 257], table.Snapshot().Select(stream => stream.Id).Order());

        // With the place free again, the displaced are still found, and a newcomer may take it.
        table.Remove(old);
        Assert.Same(displaced, table.Find(129));
        Assert.Null(table.Find(1));
        Http2Stream newcomer = table.Add(385, 0, 0);
        Assert.Same(newcomer, table.Find(385));
        table.Remove(displaced);
        Assert.Null(table.Find(129));
        Assert.Same(newcomer, table.Find(385));
        Assert.Same(further, table.Find(257));
        Assert.Equal(2, table.Count);
    }

    [Fact]
    public void It_grows_and_keeps_everyone()
    {
        var table = new StreamTable();
        var streams = new List<Http2Stream>();
        for (int id = 1; id < 4000; id += 2) streams.Add(table.Add(id, id, 0));
        Assert.Equal(2000, table.Count);
        foreach (Http2Stream stream in streams) Assert.Same(stream, table.Find(stream.Id));
        Assert.Equal(streams.Select(stream => stream.Id), table.Snapshot().Select(stream => stream.Id).Order());
    }

    [Fact]
    public void A_snapshot_stays_as_it_was_while_streams_close()
    {
        var table = new StreamTable();
        for (int id = 1; id < 20; id += 2) table.Add(id, 0, 0);
        int seen = 0;
        foreach (Http2Stream stream in table.Snapshot())
        {
            seen++;
            table.Remove(stream);
        }

        Assert.Equal((10, 0), (seen, table.Count));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void It_behaves_like_a_dictionary(int seed)
    {
        var random = new Random(seed);
        var table = new StreamTable();
        var expected = new SortedDictionary<int, Http2Stream>();
        int next = 1;
        for (int step = 0; step < 20_000; step++)
        {
            if (random.Next(100) < (step / 2000 % 2 == 0 ? 55 : 45))
            {
                expected.Add(next, table.Add(next, next, 0));
                next += 2 * random.Next(1, 40);
            }
            else if (expected.Count > 0)
            {
                // Mostly the oldest go, some stay very long.
                int id = expected.Keys.ElementAt(random.Next(Math.Min(expected.Count, 10)));
                Assert.Same(expected[id], table.Find(id));
                table.Remove(expected[id]);
                expected.Remove(id);
                Assert.Null(table.Find(id));
            }

            Assert.Equal(expected.Count, table.Count);
            if (step % 500 != 0) continue;
            Assert.Equal(expected.Keys, table.Snapshot().Select(stream => stream.Id).Order());
            foreach ((int id, Http2Stream stream) in expected) Assert.Same(stream, table.Find(id));
        }
    }
}
