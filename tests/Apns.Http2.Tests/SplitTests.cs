using System;
using System.Collections.Generic;

using Apns.Http2.Tests.Support;

using Xunit;

namespace Apns.Http2.Tests;

/// <summary>TCP and TLS cut the bytes anywhere: that must make no difference.</summary>
public class SplitTests
{
    private const string BadEnd = " and a connection error";

    [Theory]
    [InlineData(Http2Role.Client, "")]
    [InlineData(Http2Role.Client, BadEnd)]
    [InlineData(Http2Role.Server, "")]
    [InlineData(Http2Role.Server, BadEnd)]
    public void A_conversation_cut_anywhere_means_the_same(Http2Role role, string end)
    {
        byte[] bytes = Script(role, end);
        string[] whole = Hear(role, bytes, [bytes.Length]);
        Assert.True(whole.Length > 40, string.Join('\n', whole));
        Assert.Equal(end.Length > 0, whole[^1] == "failed ProtocolError");
        for (int cut = 1; cut < bytes.Length; cut++) Assert.Equal(whole, Hear(role, bytes, [cut, bytes.Length - cut]));
    }

    [Theory]
    [InlineData(Http2Role.Client)]
    [InlineData(Http2Role.Server)]
    public void A_conversation_in_equal_pieces_means_the_same(Http2Role role)
    {
        byte[] bytes = Script(role, BadEnd);
        string[] whole = Hear(role, bytes, [bytes.Length]);
        for (int size = 1; size < 100; size++)
        {
            var pieces = new List<int>();
            for (int at = 0; at < bytes.Length; at += size) pieces.Add(Math.Min(size, bytes.Length - at));
            Assert.Equal(whole, Hear(role, bytes, pieces));
        }
    }

    [Theory]
    [InlineData(Http2Role.Client)]
    [InlineData(Http2Role.Server)]
    public void A_conversation_in_random_pieces_means_the_same(Http2Role role)
    {
        var random = new Random(17);
        byte[] bytes = Script(role, "");
        string[] whole = Hear(role, bytes, [bytes.Length]);
        for (int round = 0; round < 500; round++)
        {
            var pieces = new List<int>();
            int most = random.Next(1, 400);
            for (int at = 0; at < bytes.Length; at += pieces[^1]) pieces.Add(Math.Min(random.Next(most + 1), bytes.Length - at));
            Assert.Equal(whole, Hear(role, bytes, pieces));
        }
    }

    private static byte[] Script(Http2Role role, string end)
    {
        byte[] script = role == Http2Role.Client ? Conversation.OfServer : Conversation.OfClient;
        return end.Length == 0 ? script : [.. script, .. new FrameBuilder().WindowUpdate(0, 0).Ping(1).ToArray()];
    }

    // Events, then what was sent.
    private static string[] Hear(Http2Role role, byte[] bytes, List<int> pieces)
    {
        TestSession session = Conversation.Listener(role, Conversation.Options, out int at);
        int skip = at;
        bool failed = false;
        foreach (int piece in pieces)
        {
            int left = Math.Max(0, piece - skip);
            skip -= piece - left;
            try
            {
                session.Receive(bytes.AsSpan(at, left));
            }
            catch (Http2ConnectionException)
            {
                Assert.False(failed);
                failed = true;
            }

            at += left;
        }

        Assert.Equal(bytes.Length, at);
        Assert.Equal(failed, session.Session.Failed);
        byte[] sent = session.TakeOutput();
        string[] lines = [.. session.Told(), .. TwoSessions.Lines(WireFrame.Parse(sent)), Convert.ToHexString(sent)];
        return failed ? [.. lines, "failed ProtocolError"] : lines;
    }
}
