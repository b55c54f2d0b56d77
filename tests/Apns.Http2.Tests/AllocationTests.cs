using System;

using Apns.Http2.Hpack;

using Xunit;

namespace Apns.Http2.Tests;

/// <summary>The hot path allocates nothing once it is warm.</summary>
public class AllocationTests
{
    private const int Rounds = 2000;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_request_and_its_answer_allocate_nothing(bool withLongLivedStream)
    {
        var pair = new Pair();
        if (withLongLivedStream)
        {
            // Whoever comes to its place in the table is displaced.
            Http2Stream stream = pair.Client.OpenStream(null);
            pair.WriteRequest(stream, default, endStream: false);
        }

        byte[] payload = new byte[2000];
        void Round()
        {
            for (int i = 0; i < 3; i++) pair.WriteRequest(pair.Client.OpenStream(null), payload, endStream: true);
            pair.Move();
        }

        Assert.Equal(0, Allocated(Round));
        Assert.Equal(3 * 2 * Rounds, pair.Answers);
        Assert.Equal(withLongLivedStream ? 1 : 0, pair.Client.OpenStreams);
    }

    [Fact]
    public void Bytes_in_small_pieces_allocate_nothing()
    {
        var pair = new Pair { Piece = 7 };
        byte[] payload = new byte[100];
        void Round()
        {
            pair.WriteRequest(pair.Client.OpenStream(null), payload, endStream: true);
            pair.Move();
        }

        Assert.Equal(0, Allocated(Round));
        Assert.Equal(2 * Rounds, pair.Answers);
    }

    [Fact]
    public void Resets_and_pings_allocate_nothing()
    {
        var pair = new Pair();
        void Round()
        {
            Http2Stream stream = pair.Client.OpenStream(null);
            pair.WriteRequest(stream, default, endStream: false);
            pair.Move();
            pair.Client.Reset(stream, Http2ErrorCode.Cancel);
            pair.Client.Ping(1);
            pair.Server.Ping(2);
            pair.Now += 1000;
            pair.Move();
        }

        Assert.Equal(0, Allocated(Round));
        Assert.Equal((0, 0), (pair.Client.CountedStreams, pair.Server.OpenStreams));
    }

    private static long Allocated(Action round)
    {
        for (int i = 0; i < Rounds; i++) round();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < Rounds; i++) round();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    /// <summary>Two sessions and the buffers between them; the server answers each complete request.</summary>
    private sealed class Pair : IHttp2Events
    {
        private ByteBuffer _spare = new(64 * 1024);

        internal Pair()
        {
            Client = new Http2Session(Http2Role.Client, new Http2SessionOptions(), this);
            Server = new Http2Session(Http2Role.Server, new Http2SessionOptions(), this);
            Move();
        }

        internal Http2Session Client { get; }

        internal Http2Session Server { get; }

        internal int Piece { get; init; } = int.MaxValue;

        internal long Now { get; set; }

        internal int Answers { get; private set; }

        internal void Move()
        {
            while (Client.Output.Length + Server.Output.Length > 0)
            {
                Move(Client, Server);
                Move(Server, Client);
            }
        }

        internal void WriteRequest(Http2Stream stream, ReadOnlySpan<byte> payload, bool endStream)
        {
            Client.BeginHeaders(stream, endStream: false);
            Client.Encoder.Encode(Client.Output, ":method"u8, "POST"u8, HeaderIndexing.Incremental);
            Client.Encoder.Encode(Client.Output, ":scheme"u8, "https"u8, HeaderIndexing.Incremental);
            Client.Encoder.Encode(Client.Output, ":path"u8, "/3/device/00ff"u8, HeaderIndexing.Without);
            Client.Encoder.Encode(Client.Output, "apns-topic"u8, "com.example.app"u8, HeaderIndexing.Incremental);
            Client.EndHeaders(stream);
            if (endStream || !payload.IsEmpty) Client.SendData(stream, payload, endStream);
        }

        public void OnHeader(Http2Stream stream, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
        {
        }

        public void OnHeaders(Http2Stream stream, bool endStream)
        {
        }

        public void OnData(Http2Stream stream, ReadOnlySpan<byte> data, bool endStream)
        {
            if (!endStream) return;
            if (stream.LocalEnded)
            {
                Answers++;
                return;
            }

            Server.BeginHeaders(stream, endStream: false);
            Server.Encoder.Encode(Server.Output, ":status"u8, "200"u8, HeaderIndexing.Incremental);
            Server.Encoder.Encode(Server.Output, "apns-id"u8, "eabeae54-14a8-11e5-b60b-1697f925ec7b"u8, HeaderIndexing.Without);
            Server.EndHeaders(stream);
            Server.SendData(stream, "{}"u8, endStream: true);
        }

        public void OnReset(Http2Stream stream, Http2ErrorCode errorCode, Http2ResetCause cause)
        {
        }

        public void OnSettings()
        {
        }

        public void OnPingAcknowledged(ulong opaque)
        {
        }

        public void OnGoAway(int lastStreamId, Http2ErrorCode errorCode, ReadOnlySpan<byte> debugData)
        {
        }

        private void Move(Http2Session from, Http2Session to)
        {
            ByteBuffer filled = from.SwapOutput(_spare);
            for (int at = 0; at < filled.Length;)
            {
                int piece = Math.Min(Piece, filled.Length - at);
                to.Receive(filled.WrittenSpan.Slice(at, piece), Now);
                at += piece;
            }

            filled.Clear();
            _spare = filled;
        }
    }
}
