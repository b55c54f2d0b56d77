using System;
using System.Collections.Generic;
using Apns.Client;
using Apns.Http2;
using Apns.Http2.Frames;
using Apns.Http2.Hpack;

namespace Apns.Fuzz;

/// <summary>
/// One input: the server's side of a conversation with requests in flight, mutated. Whatever comes, the engine ends with
/// each request finished exactly once, and throws nothing but the protocol error.
/// </summary>
internal static class FuzzTarget
{
    private static readonly ApnsKeyCredential Credential = NewCredential();
    private static readonly RequestTemplate Template = RequestTemplate.Compile(
        new ApnsNotification { Payload = """{"aps":{"alert":"Hi"}}"""u8.ToArray() }, "com.example.app", Credential);

    public static void Run(Random random)
    {
        var engine = new ConnectionEngine("localhost", Credential, new ConnectionOptions(), static () => DateTimeOffset.UtcNow, 0);
        var finished = new List<ApnsRequest>();
        int posted = 0;
        byte[] conversation = Mutate(Conversation(random), random);
        int position = 0;
        try
        {
            while (position < conversation.Length)
            {
                int count = Math.Min(random.Next(1, 200), conversation.Length - position);
                engine.Receive(conversation.AsSpan(position, count), position);
                position += count;
                for (int i = random.Next(4); i > 0; i--)
                {
                    var request = new ApnsRequest { Token = new string('a', 64), Template = Template, Deadline = random.Next(1, 4000) };
                    if (engine.TryPost(request, position)) posted++;
                }

                if (random.Next(4) == 0) engine.Sweep(position);
            }
        }
        catch (Http2ConnectionException)
        {
            // What a broken peer is answered with.
        }

        engine.Fail(null);
        engine.TakeFinished(finished);
        if (new HashSet<ApnsRequest>(finished).Count != finished.Count) throw new InvalidOperationException("A request finished twice.");
        if (finished.Count != posted) throw new InvalidOperationException($"{posted} requests were posted and {finished.Count} finished.");
    }

    /// <summary>What a server might say: SETTINGS, answers, resets, GOAWAY, in any order.</summary>
    private static byte[] Conversation(Random random)
    {
        var output = new ByteBuffer();
        var encoder = new HpackEncoder();
        FrameWriter.WriteSettings(output, new Http2Settings { MaxConcurrentStreams = random.Next(1, 1000) }, new Http2Settings());
        for (int i = random.Next(40), stream = 1; i > 0; i--, stream += 2)
        {
            switch (random.Next(10))
            {
                case 0:
                    FrameWriter.WritePing(output, (ulong)random.NextInt64(), random.Next(2) == 0);
                    break;
                case 1:
                    FrameWriter.WriteResetStream(output, stream, (Http2ErrorCode)random.Next(14));
                    break;
                case 2:
                    FrameWriter.WriteWindowUpdate(output, random.Next(2) * stream, random.Next(1, 100_000));
                    break;
                case 3:
                    FrameWriter.WriteGoAway(output, random.Next(100), Http2ErrorCode.NoError, """{"reason":"Shutdown"}"""u8);
                    break;
                default:
                    WriteAnswer(output, encoder, stream, random);
                    break;
            }
        }

        return output.WrittenSpan.ToArray();
    }

    private static void WriteAnswer(ByteBuffer output, HpackEncoder encoder, int stream, Random random)
    {
        var block = new ByteBuffer();
        bool good = random.Next(3) > 0;
        encoder.BeginBlock(block);
        encoder.Encode(block, ":status"u8, good ? "200"u8 : "410"u8, HeaderIndexing.Incremental);
        encoder.Encode(block, "apns-id"u8, "0f47ac10-58cc-4372-a567-0e02b2c3d479"u8, (HeaderIndexing)random.Next(3));
        FrameFlags end = good ? FrameFlags.EndStream : FrameFlags.None;
        int cut = random.Next(block.Length + 1);
        FrameWriter.Write(output, FrameType.Headers, end, stream, block.WrittenSpan[..cut]);
        FrameWriter.Write(output, FrameType.Continuation, FrameFlags.EndHeaders, stream, block.WrittenSpan[cut..]);
        if (!good) FrameWriter.Write(output, FrameType.Data, FrameFlags.EndStream, stream, """{"reason":"Unregistered","timestamp":1700000000000}"""u8);
    }

    private static byte[] Mutate(byte[] bytes, Random random)
    {
        for (int i = random.Next(6); i > 0 && bytes.Length > 0; i--)
        {
            switch (random.Next(4))
            {
                case 0:
                    bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
                    break;
                case 2:
                    bytes = bytes[..random.Next(bytes.Length + 1)];
                    break;
                default:
                    int from = random.Next(bytes.Length);
                    int length = random.Next(1, Math.Min(40, bytes.Length - from) + 1);
                    bytes = [.. bytes[..from], .. bytes[from..(from + length)], .. bytes[from..]];
                    break;
            }
        }

        return bytes;
    }

    private static ApnsKeyCredential NewCredential()
    {
        using var key = System.Security.Cryptography.ECDsa.Create(System.Security.Cryptography.ECCurve.NamedCurves.nistP256);
        return new ApnsKeyCredential(key.ExportPkcs8PrivateKeyPem(), "FUZZKEY001", "FUZZTEAM01");
    }
}
