using Apns.Http2.Frames;
using Apns.Http2.Tests.Support;

using Xunit;

namespace Apns.Http2.Tests;

/// <summary>RFC 9113 section 6.7.</summary>
public class PingTests
{
    [Theory]
    [InlineData(Http2Role.Client)]
    [InlineData(Http2Role.Server)]
    public void A_ping_is_answered_with_its_own_bytes(Http2Role role)
    {
        TestSession session = role == Http2Role.Client ? TestSession.Client() : TestSession.Server();
        session.Receive(frames => frames.Ping(0x0123456789abcdef).Ping(0));
        Assert.Equal(["PING 123456789abcdef ACK", "PING 0 ACK"], session.Sent());
        Assert.Empty(session.Told());
    }

    [Fact]
    public void The_answer_is_told_and_not_answered()
    {
        TestSession client = TestSession.Client();
        client.Session.Ping(ulong.MaxValue);
        Assert.Equal(["PING ffffffffffffffff"], client.Sent());
        client.Receive(frames => frames.Ping(ulong.MaxValue, acknowledge: true));
        Assert.Equal(["ping ffffffffffffffff answered"], client.Told());
        Assert.Empty(client.Sent());
    }

    [Fact]
    public void An_answer_to_nothing_is_only_told()
    {
        TestSession client = TestSession.Client();
        client.Receive(frames => frames.Ping(5, acknowledge: true));
        Assert.Equal(["ping 5 answered"], client.Told());
        Assert.Empty(client.Sent());
    }

    [Fact]
    public void Unknown_flags_do_not_make_it_an_answer()
    {
        TestSession client = TestSession.Client();
        client.Receive(frames => frames.Frame(FrameType.Ping, (FrameFlags)0xfe, 0, new byte[8]));
        Assert.Equal(["PING 0 ACK"], client.Sent());
    }

    [Fact]
    public void Two_sessions_ping_each_other()
    {
        var both = new TwoSessions();
        both.Client.Session.Ping(1);
        both.Server.Session.Ping(2);
        both.Run();
        Assert.Equal(["ping 1 answered"], both.Client.Told());
        Assert.Equal(["ping 2 answered"], both.Server.Told());
    }
}
