using System;
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

    internal Dictionary<string, string> Headers { get; } = new() { ["apns-topic"] = Topic, ["apns-push-type"] = "alert" };

    /// <summary>
    /// Makes a request. Changes are "name: value" to set a header, "-name" to leave one out, ":method: GET", ":path: /" and
    /// "body: 4097" for that many bytes.
    /// </summary>
    internal static Push With(params string[] changes)
    {
        var push = new Push();
        foreach (string change in changes) push.Change(change);
        return push;
    }

    internal static Push To(string token, params string[] changes) => With([":path: /3/device/" + token, .. changes]);

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
                Body = new byte[int.Parse(value, CultureInfo.InvariantCulture)];
                Array.Fill(Body, (byte)'x');
                break;
            default:
                Headers[name] = value;
                break;
        }
    }
}
