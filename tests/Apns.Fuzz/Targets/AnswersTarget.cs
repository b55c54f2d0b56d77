using System;
using System.Collections.Generic;
using System.Linq;
using Apns.Client;
using Apns.Http2;
using Apns.Http2.Frames;
using Apns.Http2.Hpack;

namespace Apns.Fuzz;

/// <summary>
/// An answer as a text: the status, header lines, a blank line, the content. It becomes a result whatever it says, and
/// nothing of it that gets into a result can do harm on a console. The content is a GOAWAY's debug data too.
/// </summary>
internal sealed class AnswersTarget : FuzzTarget
{
    private const int LongestText = 200;

    private static readonly RequestTemplate Template = RequestTemplate.Compile(
        new ApnsNotification { Payload = """{"aps":{}}"""u8.ToArray() }, "com.example.app", Keys.Credential);

    public override string Name => "answers";

    public override void Run(ReadOnlySpan<byte> input)
    {
        var engine = new ConnectionEngine("localhost", Keys.Credential, new ConnectionOptions(), static () => DateTimeOffset.UnixEpoch.AddYears(55), 0);
        var frames = new ByteBuffer();
        FrameWriter.WriteSettings(frames, new Http2Settings(), new Http2Settings());
        engine.Receive(frames.WrittenSpan, 1);
        var request = new ApnsRequest { Token = Keys.Token, Template = Template, Deadline = long.MaxValue };
        Promise(engine.TryPost(request, 2), "a connection takes a request");

        frames.Clear();
        ReadOnlySpan<byte> content = WriteHeaders(frames, input);
        if (content.Length > Http2Settings.MinMaxFrameSize) content = content[..Http2Settings.MinMaxFrameSize];
        FrameWriter.Write(frames, FrameType.Data, FrameFlags.EndStream, 1, content);
        try
        {
            engine.Receive(frames.WrittenSpan, 3);
        }
        catch (Http2ConnectionException)
        {
            // A list that is too long, for one.
        }

        engine.Fail(null);
        var finished = new List<ApnsRequest>();
        engine.TakeFinished(finished);
        Promise(finished.Count == 1, "a request finishes once");
        request.Outcome = request.LastEnd != AttemptEnd.Answered ? ApnsOutcome.Unknown : request.Succeeded ? ApnsOutcome.Delivered : ApnsOutcome.Rejected;
        ApnsResult result = ResultBuilder.Build(request);
        Promise((result.Advice == ApnsAdvice.None) == (result.Outcome == ApnsOutcome.Delivered), "there is advice where it was not delivered");
        Promise(result.Advice != ApnsAdvice.Drop || result.Reason is "Unregistered" or "ExpiredToken", "only two reasons have a token dropped");
        CheckText(result.Reason);
        CheckText(result.UniqueId);
        Promise(!result.ToString().Any(char.IsControl), "no control character gets into a result's text");

        ApnsException goodbye = GoAwayReason.Read(Http2ErrorCode.NoError, content);
        CheckText(goodbye.Reason);
        Promise(!goodbye.Message.Any(char.IsControl), "no control character gets into a message");
    }

    /// <summary>Writes the header block; gives back the content.</summary>
    private static ReadOnlySpan<byte> WriteHeaders(ByteBuffer frames, ReadOnlySpan<byte> input)
    {
        var block = new ByteBuffer();
        var encoder = new HpackEncoder();
        encoder.BeginBlock(block);
        encoder.Encode(block, ":status"u8, TakeLine(ref input), HeaderIndexing.Without);
        for (ReadOnlySpan<byte> line = TakeLine(ref input); !line.IsEmpty; line = TakeLine(ref input))
        {
            int colon = line.IndexOf((byte)':');
            if (colon < 0) encoder.Encode(block, line, default, HeaderIndexing.Without);
            else encoder.Encode(block, line[..colon], line[(colon + 1)..].TrimStart((byte)' '), HeaderIndexing.Without);
        }

        ReadOnlySpan<byte> rest = block.WrittenSpan;
        int first = Math.Min(rest.Length, Http2Settings.MinMaxFrameSize);
        FrameWriter.Write(frames, FrameType.Headers, first == rest.Length ? FrameFlags.EndHeaders : FrameFlags.None, 1, rest[..first]);
        for (rest = rest[first..]; !rest.IsEmpty; rest = rest[first..])
        {
            first = Math.Min(rest.Length, Http2Settings.MinMaxFrameSize);
            FrameWriter.Write(frames, FrameType.Continuation, first == rest.Length ? FrameFlags.EndHeaders : FrameFlags.None, 1, rest[..first]);
        }

        return input;
    }

    private static ReadOnlySpan<byte> TakeLine(ref ReadOnlySpan<byte> input)
    {
        int end = input.IndexOf((byte)'\n');
        ReadOnlySpan<byte> line = end < 0 ? input : input[..end];
        input = end < 0 ? default : input[(end + 1)..];
        return line;
    }

    private static void CheckText(string? text) =>
        Promise(text is null || (text.Length <= LongestText && !text.Any(char.IsControl)), "a stranger's text is short and has no control character");
}
