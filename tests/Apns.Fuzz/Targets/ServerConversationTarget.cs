using System;
using System.Buffers.Binary;
using Apns.Emulator;
using Apns.Http2;

namespace Apns.Fuzz;

/// <summary>
/// A client's side of a conversation with the emulator: four bytes of which the first bits say what it is like, then
/// frames. Each whole request is answered at once and once, nothing but the protocol error comes out, and what is said
/// are whole frames.
/// </summary>
internal sealed class ServerConversationTarget : FuzzTarget
{
    private static readonly AnswerWriter Writer = new(new ApnsEmulatorOptions { UniqueIds = true, RetryAfter = TimeSpan.FromSeconds(1) });

    public override string Name => "server-conversation";

    public override int PieceLength(ReadOnlySpan<byte> input, int at) => Frames.PieceLength(input, at);

    public override void Run(ReadOnlySpan<byte> input)
    {
        if (input.Length < Frames.SeedLength) return;
        int seed = BinaryPrimitives.ReadInt32LittleEndian(input);
        var random = new Random(seed);
        var owner = new Owner((seed & 1) == 0);
        ReadOnlySpan<byte> bytes = input[Frames.SeedLength..];
        try
        {
            owner.Session.Receive(Http2Session.Preface, 0);
            for (int time = 0; !bytes.IsEmpty; time += 10)
            {
                int count = Math.Min(random.Next(1, 300), bytes.Length);
                owner.Session.Receive(bytes[..count], time);
                bytes = bytes[count..];
            }
        }
        catch (Http2ConnectionException)
        {
            Promise(owner.Session.Failed, "a session that broke knows it");
        }

        Promise(Frames.AreWhole(owner.Session.Output.WrittenSpan), "only whole frames go out");
        Promise(owner.Session.OpenStreams <= Owner.MostStreams, "no more streams are open than were allowed");
    }

    /// <summary>The emulator's connection without socket, latency and faults.</summary>
    private sealed class Owner : IHttp2Events
    {
        public const int MostStreams = 100;

        private readonly Caller _caller = new(new ProviderTokenVerifier(Keys.Signing, Keys.KeyId, Keys.TeamId, TimeSpan.FromHours(1)));
        private readonly IRequestRules _rules;

        public Owner(bool pushes)
        {
            var planned = new PlannedAnswers(new ApnsEmulatorOptions());
            var apps = new BroadcastApps(null, null);
            var channels = new ChannelTable(100);
            channels.Create("com.example.app", MessageStoragePolicy.MostRecent, DateTimeOffset.UnixEpoch);
            _rules = pushes ? new PushRules(new DeviceRules(null, planned), new BroadcastRules(apps, channels, planned)) : new ChannelRules(apps, channels, planned);
            Session = new Http2Session(Http2Role.Server, new Http2SessionOptions { Settings = new Http2Settings { MaxConcurrentStreams = MostStreams, MaxHeaderListSize = 8000 } }, this);
        }

        public Http2Session Session { get; }

        public void OnHeader(Http2Stream stream, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
        {
            stream.State ??= new EmulatorRequest(keepsHeaders: true);
            ((EmulatorRequest)stream.State).Add(name, value);
        }

        public void OnHeaders(Http2Stream stream, bool endStream)
        {
            if (endStream) Answer(stream);
            else if (((EmulatorRequest)stream.State!).ExpectsContinue) AnswerWriter.WriteContinue(Session, stream);
        }

        public void OnData(Http2Stream stream, ReadOnlySpan<byte> data, bool endStream)
        {
            ((EmulatorRequest)stream.State!).AddBody(data);
            if (endStream) Answer(stream);
        }

        public void OnReset(Http2Stream stream, Http2ErrorCode errorCode, Http2ResetCause cause) => Promise(stream.Id > 0, "a stream is reset once");

        public void OnSettings()
        {
        }

        public void OnPingAcknowledged(ulong opaque)
        {
        }

        public void OnGoAway(int lastStreamId, Http2ErrorCode errorCode, ReadOnlySpan<byte> debugData)
        {
        }

        private void Answer(Http2Stream stream)
        {
            Promise(!stream.LocalEnded && stream.Unsent is null, "a request is whole once");
            var request = (EmulatorRequest)stream.State!;
            Answer answer = _rules.Judge(request, _caller, DateTimeOffset.UnixEpoch.AddYears(55));
            Promise(answer.Status is >= 200 and <= 599, "an answer has a status");
            Writer.Write(Session, stream, answer, "0f47ac10-58cc-4372-a567-0e02b2c3d479"u8, DateTimeOffset.UnixEpoch);
        }
    }
}
