using System;
using System.IO;
using System.Linq;
using Apns.Client;

namespace Apns.Fuzz;

/// <summary>
/// What a proxy says, to CONNECT and to SOCKS5: the way is open, or there is an error that holds neither the password nor
/// a control character.
/// </summary>
internal sealed class ProxiesTarget : FuzzTarget
{
    private const string Password = "not-to-be-told";

    private static readonly ApnsEndpoint Server = new("api.push.apple.com", 443);
    private static readonly ProxyServer Http = ProxyServer.Parse($"http://user:{Password}@proxy.example", null);
    private static readonly ProxyServer Socks = ProxyServer.Parse($"socks5://user:{Password}@proxy.example", null);

    public override string Name => "proxies";

    public override void Run(ReadOnlySpan<byte> input)
    {
        byte[] bytes = input.ToArray();
        Open(stream => HttpTunnel.Open(stream, Http, Server), bytes);
        Open(stream => Socks5Tunnel.Open(stream, Socks, Server), bytes);
        foreach (string line in System.Text.Encoding.UTF8.GetString(input).Split('\n')) ReadAddress(line);
    }

    private static void Open(Action<Stream> open, byte[] answer)
    {
        using var stream = new Answering(answer);
        try
        {
            open(stream);
        }
        catch (EndOfStreamException)
        {
            Promise(stream.Position == answer.Length, "the end is seen where it is");
        }
        catch (ApnsException e)
        {
            Promise(e.Kind is ApnsErrorKind.ProxyFailed or ApnsErrorKind.ProxyAuthenticationFailed, "it is told that the proxy is at fault");
            Promise(!e.Message.Any(char.IsControl), "no control character gets into a message");
            Promise(!e.Message.Contains(Password, StringComparison.Ordinal) && !e.Message.Contains(Http.BasicCredential, StringComparison.Ordinal), "no password is told");
        }
    }

    private static void ReadAddress(string address)
    {
        try
        {
            Promise(ProxyServer.Parse(address, null).Endpoint.Host.Length > 0, "an address has a host");
        }
        catch (FormatException e)
        {
            Promise(!e.Message.Any(char.IsControl), "no control character gets into a message");
        }
    }

    /// <summary>Says what it has, a few bytes at a time, and takes whatever it is told.</summary>
    private sealed class Answering(byte[] bytes) : MemoryStream(bytes)
    {
        public override int Read(byte[] buffer, int offset, int count) => base.Read(buffer, offset, Math.Min(count, 100));

        public override int Read(Span<byte> buffer) => base.Read(buffer[..Math.Min(buffer.Length, 100)]);

        public override void Write(byte[] buffer, int offset, int count)
        {
        }

        public override void Write(ReadOnlySpan<byte> buffer)
        {
        }
    }
}
