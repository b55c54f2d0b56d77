using System;

using Apns.Http2.Hpack;

using Xunit;

namespace Apns.Http2.Tests.Hpack;

public class HpackAllocationTests
{
    private const int Rounds = 1000;

    [Fact]
    public void Encoding_a_push_request_allocates_nothing()
    {
        var encoder = new HpackEncoder();
        var output = new ByteBuffer(1024);
        byte[] path = "/3/device/00fc13adff785122b4ad28809a3420982341241421348097878e577c991de8f0"u8.ToArray();
        byte[] id = "eabeae54-14a8-11e5-b60b-1697f925ec7b"u8.ToArray();

        void Round(int round)
        {
            output.Clear();
            path[^1] = (byte)('0' + (round % 10));
            id[^1] = (byte)('0' + (round % 10));
            encoder.BeginBlock(output);
            encoder.Encode(output, ":method"u8, "POST"u8, HeaderIndexing.Incremental);
            encoder.Encode(output, ":scheme"u8, "https"u8, HeaderIndexing.Incremental);
            encoder.Encode(output, ":path"u8, path, HeaderIndexing.Without);
            encoder.Encode(output, ":authority"u8, "api.push.apple.com"u8, HeaderIndexing.Incremental);
            encoder.Encode(output, "apns-topic"u8, "com.example.app"u8, HeaderIndexing.Incremental);
            encoder.Encode(output, "apns-push-type"u8, "alert"u8, HeaderIndexing.Incremental);
            encoder.Encode(output, "authorization"u8, "bearer abc"u8, HeaderIndexing.Never);

            // New each time: inserts and evicts.
            encoder.Encode(output, "apns-id"u8, id, HeaderIndexing.Incremental);
        }

        Assert.Equal(0, Allocated(Round));
        Assert.True(encoder.Table.InsertCount > 10);
    }

    [Fact]
    public void Decoding_an_answer_allocates_nothing()
    {
        var encoder = new HpackEncoder();
        var output = new ByteBuffer(1024);
        var decoder = new HpackDecoder();
        var sink = new Counter();
        byte[] id = "eabeae54-14a8-11e5-b60b-1697f925ec7b"u8.ToArray();

        void Round(int round)
        {
            output.Clear();
            for (int digit = 0, rest = round; digit < 5; digit++, rest /= 10) id[digit] = (byte)('0' + (rest % 10));
            encoder.BeginBlock(output);
            encoder.Encode(output, ":status"u8, "200"u8, HeaderIndexing.Incremental);
            encoder.Encode(output, "apns-id"u8, id, HeaderIndexing.Incremental);
            encoder.Encode(output, "date"u8, "Mon, 21 Oct 2013 20:13:21 GMT"u8, HeaderIndexing.Without);
            encoder.Encode(output, "server"u8, "Apple"u8, HeaderIndexing.Incremental);
            if (!decoder.Decode(output.WrittenSpan, sink)) throw new InvalidOperationException();
        }

        Assert.Equal(0, Allocated(Round));
        Assert.Equal(4 * 2 * Rounds, sink.Headers);
        Assert.Equal(encoder.Table.InsertCount, decoder.Table.InsertCount);
        Assert.True(decoder.Table.InsertCount > Rounds);
    }

    // Bytes allocated by Rounds rounds after as many to warm up.
    private static long Allocated(Action<int> round)
    {
        for (int i = 0; i < Rounds; i++) round(i);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < Rounds; i++) round(Rounds + i);
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private sealed class Counter : IHeaderSink
    {
        internal int Headers { get; private set; }

        public void OnHeader(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value) => Headers++;
    }
}
