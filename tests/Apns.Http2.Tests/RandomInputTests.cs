using System;
using System.Collections.Generic;
using System.Linq;

using Apns.Http2.Frames;
using Apns.Http2.Tests.Support;

using Xunit;

namespace Apns.Http2.Tests;

/// <summary>Whatever a peer sends: nothing but a connection error comes out, and everything stays in order.</summary>
public class RandomInputTests
{
    [Theory]
    [InlineData(Http2Role.Client)]
    [InlineData(Http2Role.Server)]
    public void Pure_noise(Http2Role role)
    {
        var random = new Random(1);
        var outcomes = new Outcomes();
        for (int round = 0; round < 5000; round++)
        {
            byte[] noise = new byte[random.Next(1, 200)];
            random.NextBytes(noise);

            // Half the time with a length that can be met, or little but FRAME_SIZE_ERROR would come of it.
            if (round % 2 == 0 && noise.Length > 1) noise[0] = noise[1] = 0;
            TestSession session = round % 4 == 3 ? new TestSession(role) : Ready(role);
            outcomes.Add(session, noise, random);
        }

        Assert.True(outcomes.Failed > 2000, outcomes.ToString());
    }

    [Theory]
    [InlineData(Http2Role.Client, 1)]
    [InlineData(Http2Role.Client, 2)]
    [InlineData(Http2Role.Server, 3)]
    [InlineData(Http2Role.Server, 4)]
    public void Random_frames(Http2Role role, int seed)
    {
        var random = new Random(seed);
        var outcomes = new Outcomes();
        for (int round = 0; round < 5000; round++)
        {
            var frames = new FrameBuilder();
            for (int count = random.Next(1, 15); count > 0; count--) AddFrame(frames, random);
            outcomes.Add(Ready(role), frames.ToArray(), random);
        }

        Assert.True(outcomes.Failed > 500, outcomes.ToString());
        Assert.True(outcomes.Passed > 500, outcomes.ToString());
        Assert.True(outcomes.Codes.Count >= 5, outcomes.ToString());
    }

    [Theory]
    [InlineData(Http2Role.Client, 5)]
    [InlineData(Http2Role.Server, 6)]
    public void Damaged_conversations(Http2Role role, int seed)
    {
        var random = new Random(seed);
        var outcomes = new Outcomes();
        byte[] script = role == Http2Role.Client ? Conversation.OfServer : Conversation.OfClient;
        for (int round = 0; round < 10_000; round++)
        {
            TestSession session = Conversation.Listener(role, Conversation.Options, out int heard);
            var bytes = new List<byte>(script[heard..]);
            for (int count = random.Next(1, 5); count > 0; count--) Damage(bytes, random);
            outcomes.Add(session, [.. bytes], random);
        }

        Assert.True(outcomes.Failed > 1000, outcomes.ToString());
        Assert.True(outcomes.Passed > 200, outcomes.ToString());
        Assert.True(outcomes.Codes.Count >= 5, outcomes.ToString());
    }

    private static TestSession Ready(Http2Role role)
    {
        if (role == Http2Role.Server) return TestSession.Server(Conversation.Options);
        TestSession client = TestSession.Client(Conversation.Options);
        for (int i = 0; i < 5; i++) client.Request(endStream: i % 2 == 0);
        return client;
    }

    private static void AddFrame(FrameBuilder frames, Random random)
    {
        int id = random.Next(8) == 0 ? random.Next(12) : 2 * random.Next(5) + 1;
        switch (random.Next(16))
        {
            case 0:
                byte[] payload = new byte[random.Next(20)];
                random.NextBytes(payload);
                frames.Frame((FrameType)random.Next(11), (FrameFlags)random.Next(256), random.Next(4) == 0 ? 0 : id, payload);
                break;
            case 1 or 2 or 3:
                frames.Headers(id, Fields());
                break;
            case 4 or 5:
                frames.HeadersEnd(id, Fields());
                break;
            case 6 or 7:
                frames.Data(id, random.Next(150), random.Next(4) == 0);
                break;
            case 8:
                frames.WindowUpdate(random.Next(3) == 0 ? 0 : id, random.Next(20) == 0 ? (uint)random.Next() : (uint)random.Next(30));
                break;
            case 9:
                frames.Reset(id, (Http2ErrorCode)random.Next(16));
                break;
            case 10:
                uint value = random.Next(4) == 0 ? (uint)random.NextInt64(uint.MaxValue) : (uint)random.Next(70_000);
                frames.Settings(((Http2SettingId)random.Next(8), value));
                break;
            case 11:
                byte[] block = FrameBuilder.Block(Fields());
                int cut = random.Next(block.Length + 1);
                frames.Frame(FrameType.Headers, (FrameFlags)random.Next(2), id, block[..cut]).Continuation(id, random.Next(8) != 0, block[cut..]);
                break;
            case 12:
                frames.Frame(FrameType.Data, FrameFlags.Padded, id, [(byte)random.Next(8), .. new byte[random.Next(5, 12)]]);
                break;
            case 13:
                frames.GoAway(random.Next(12), Http2ErrorCode.NoError);
                break;
            case 14:
                frames.Ping((ulong)random.Next(), random.Next(2) == 0).SettingsAck();
                break;
            default:
                frames.Priority(id, random.Next(10) == 0 ? random.Next(8) : 5);
                break;
        }

        string[] Fields() => random.Next(6) switch
        {
            0 or 1 => FrameBuilder.Get,
            2 or 3 => FrameBuilder.Ok,
            4 => ["x: y", $"content-length: {random.Next(200)}"],
            _ => [":status: 103"],
        };
    }

    private static void Damage(List<byte> bytes, Random random)
    {
        if (bytes.Count == 0) return;
        int at = random.Next(bytes.Count);
        int count = random.Next(1, Math.Min(30, bytes.Count - at + 1));
        switch (random.Next(6))
        {
            case 0:
                bytes[at] = (byte)random.Next(256);
                break;
            case 1 or 2:
                bytes[at] ^= (byte)(1 << random.Next(8));
                break;
            case 3:
                bytes.RemoveRange(at, count);
                break;
            case 4:
                bytes.InsertRange(random.Next(bytes.Count), bytes.GetRange(at, count));
                break;
            default:
                bytes.RemoveRange(at, bytes.Count - at);
                break;
        }
    }

    private sealed class Outcomes
    {
        internal int Passed { get; private set; }

        internal int Failed { get; private set; }

        internal HashSet<Http2ErrorCode> Codes { get; } = [];

        /// <summary>Any exception but the one allowed gets out and fails the test.</summary>
        internal void Add(TestSession session, byte[] bytes, Random random)
        {
            // An owner who answers, resets, or does nothing.
            session.Recorder.Answer = (stream, line) =>
            {
                if (stream.Id == 0) throw new InvalidOperationException("An event tells of a closed stream: " + line);
                switch (random.Next(10))
                {
                    case 0 when !line.Contains("reset", StringComparison.Ordinal):
                        session.Session.Reset(stream, Http2ErrorCode.Cancel);
                        break;
                    case 1 when session.Role == Http2Role.Server && line.Contains("end", StringComparison.Ordinal) && !stream.LocalEnded && stream.Unsent is null:
                        session.SendHeaders(stream, endStream: random.Next(2) == 0, FrameBuilder.Ok);
                        break;
                    case 2 when !stream.LocalEnded && !stream.EndAfterUnsent && !line.Contains("reset", StringComparison.Ordinal):
                        session.Session.SendData(stream, new byte[random.Next(300)], random.Next(3) == 0);
                        break;
                }
            };
            try
            {
                for (int at = 0; at < bytes.Length;)
                {
                    int piece = Math.Min(random.Next(1, 300), bytes.Length - at);
                    session.Receive(bytes.AsSpan(at, piece));
                    at += piece;
                }

                Passed++;
                WireFrame.Parse(session.TakeOutput());
                Assert.False(session.Session.Failed);
                session.Recorder.Answer = null;
                CheckStreams(session);
            }
            catch (Http2ConnectionException error)
            {
                Failed++;
                Codes.Add(error.ErrorCode);
                session.Recorder.Answer = null;
                session.CheckFailed(error);
            }
        }

        public override string ToString() => $"{Passed} passed, {Failed} failed: {string.Join(", ", Codes)}";

        // No stream is lost, none is there twice.
        private static void CheckStreams(TestSession session)
        {
            Assert.Equal(session.Recorder.Streams.Count(seen => seen.Value.Id == seen.Key), session.Session.OpenStreams);
            Assert.True(session.Session.CountedStreams >= session.Session.OpenStreams);
        }
    }
}
