using System.Collections.Generic;
using System.Linq;

namespace Apns.Http2.Tests.Support;

/// <summary>A client and a server back to back: what one puts out the other takes in.</summary>
internal sealed class TwoSessions
{
    internal TwoSessions(Http2SessionOptions? client = null, Http2SessionOptions? server = null)
    {
        Client = new TestSession(Http2Role.Client, client);
        Server = new TestSession(Http2Role.Server, server);
        Run();
        Client.Told();
        Server.Told();
        FromClient.Clear();
        FromServer.Clear();
    }

    internal TestSession Client { get; }

    internal TestSession Server { get; }

    /// <summary>Frames that went over the wire.</summary>
    internal List<WireFrame> FromClient { get; } = [];

    internal List<WireFrame> FromServer { get; } = [];

    /// <summary>Moves bytes both ways until nobody has any more to say.</summary>
    internal void Run()
    {
        while (Client.Session.Output.Length + Server.Session.Output.Length > 0)
        {
            Move(Client, Server, FromClient);
            Move(Server, Client, FromServer);
        }
    }

    private static void Move(TestSession from, TestSession to, List<WireFrame> wire)
    {
        byte[] bytes = from.TakeOutput();
        wire.AddRange(WireFrame.Parse(bytes));
        to.Receive(bytes);
    }

    internal static string[] Lines(IEnumerable<WireFrame> frames) => [.. frames.Select(frame => frame.ToString())];
}
