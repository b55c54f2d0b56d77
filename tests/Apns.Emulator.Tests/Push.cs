using System.Collections.Generic;
using System.Globalization;
using System.Text;

namespace Apns.Emulator.Tests;

/// <summary>A request to send: a right one, with what a test changes.</summary>
internal sealed class Push
{
    internal const string Topic = "com.example.app";

    /// <summary>A device token that nobody has anything against.</summary>
    internal static readonly string Token = new('a', 64);

    internal string Method { get; private set; } = "POST";

    internal string Path { get; private set; } = "/3/device/" + Token;

    internal byte[] Body { get; private set; } = """{"aps":{"alert":"Hello"}}"""u8.ToArray();

    internal Dictionary<string, string> Headers { get; private init; } = new() { ["apns-topic"] = Topic, ["apns-push-type"] = "alert" };

    /// <summary>
    /// Makes a request. Changes are "name: value" to set a header, "-name" to leave one out, ":method: GET", ":path: /" and
    /// "body: 4097" for a JSON object of that many bytes, and "text: {}" for a body.
    /// </summary>
    internal static Push With(params string[] changes) => new Push().Changed(changes);

    internal static Push To(string token, params string[] changes) => With([":path: /3/device/" + token, .. changes]);

    /// <summary>A broadcast to a channel.</summary>
    internal static Push Broadcast(string channelId, params string[] changes) => new Push
    {
        Path = "/4/broadcasts/apps/" + Topic,
        Body = """{"aps":{"timestamp":1790000000,"event":"update","content-state":{"score":1}}}"""u8.ToArray(),
        Headers = new() { ["apns-channel-id"] = channelId, ["apns-expiration"] = "0", ["apns-priority"] = "10", ["apns-push-type"] = "Liveactivity" },
    }.Changed(changes);

    /// <summary>A request of channel management. One that makes a channel has a right body.</summary>
    internal static Push Manage(string method, params string[] changes) => new Push
    {
        Method = method,
        Path = $"/1/apps/{Topic}/channels",
        Body = method == "POST" ? """{"message-storage-policy":1,"push-type":"LiveActivity"}"""u8.ToArray() : [],
        Headers = [],
    }.Changed(changes);

    /// <summary>The token with this number.</summary>
    internal static string NumberedToken(int number) => number.ToString("x64", CultureInfo.InvariantCulture);

    internal Push Authorized(string authorization)
    {
        Headers["authorization"] = authorization;
        return this;
    }

    internal Push WithBody(string text)
    {
        Body = Encoding.UTF8.GetBytes(text);
        return this;
    }

    /// <summary>A JSON object of that many bytes; what is too short for one is none.</summary>
    private static byte[] JsonOfSize(int size) =>
        Encoding.ASCII.GetBytes(size < 8 ? "{}".PadRight(size)[..size] : $$"""{"a":"{{new string('x', size - 8)}}"}""");

    private Push Changed(string[] changes)
    {
        foreach (string change in changes) Change(change);
        return this;
    }

    private void Change(string change)
    {
        if (change.StartsWith('-'))
        {
            Headers.Remove(change[1..]);
            return;
        }

        int colon = change.IndexOf(':', 1);
        string name = change[..colon];
        string value = change[(colon + 1)..].TrimStart(' ');
        switch (name)
        {
            case ":method":
                Method = value;
                break;
            case ":path":
                Path = value;
                break;
            case "body":
                Body = JsonOfSize(int.Parse(value, CultureInfo.InvariantCulture));
                break;
            case "text":
                Body = Encoding.UTF8.GetBytes(value);
                break;
            default:
                Headers[name] = value;
                break;
        }
    }
}
