using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using Apns.Client;
using Apns.Http2;

namespace Apns.Fuzz;

/// <summary>
/// The server's side of a conversation with requests in flight: four bytes that seed what the client does in between,
/// then frames. Each request finishes exactly once, and nothing but the protocol error comes out.
/// </summary>
internal sealed class ClientConversationTarget : FuzzTarget
{
    private static readonly NoCredential Nobody = new();
    private static readonly RequestTemplate Template = RequestTemplate.Compile(
        new ApnsNotification { Payload = """{"aps":{"alert":"Hi"}}"""u8.ToArray() }, "com.example.app", Keys.Credential);

    public override string Name => "client-conversation";

    public override int PieceLength(ReadOnlySpan<byte> input, int at) => Frames.PieceLength(input, at);

    public override void Run(ReadOnlySpan<byte> input)
    {
        if (input.Length < Frames.SeedLength) return;
        var random = new Random(BinaryPrimitives.ReadInt32LittleEndian(input));
        var engine = new ConnectionEngine("localhost", random.Next(2) == 0 ? Keys.Credential : Nobody, new ConnectionOptions(), static () => DateTimeOffset.UnixEpoch.AddYears(55), 0);
        var finished = new List<ApnsRequest>();
        int posted = 0;
        int position = Frames.SeedLength;
        try
        {
            while (position < input.Length)
            {
                // Mostly frame by frame, so that there are requests for what follows to answer.
                int count = random.Next(6) == 0 ? random.Next(1, 200) : Frames.PieceLength(input, position);
                count = Math.Min(count, input.Length - position);
                engine.Receive(input.Slice(position, count), position);
                position += count;
                for (int i = random.Next(1, 6); i > 0; i--)
                {
                    var request = new ApnsRequest { Token = Keys.Token, Template = Template, Deadline = random.Next(1, 4000) };
                    if (engine.TryPost(request, position)) posted++;
                }

                if (random.Next(4) == 0) engine.Sweep(position);
                if (random.Next(4) > 0) continue;
                engine.Attempted = engine.Session.OutputPosition;
                engine.Session.SwapOutput(new ByteBuffer());
            }
        }
        catch (Http2ConnectionException)
        {
            // What a broken peer is answered with.
        }

        engine.Fail(null);
        engine.TakeFinished(finished);
        Promise(new HashSet<ApnsRequest>(finished).Count == finished.Count, "no request finishes twice");
        Promise(finished.Count == posted, $"all of {posted} requests finish, not {finished.Count}");
    }
}
