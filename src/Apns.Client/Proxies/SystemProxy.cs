using System;
using System.Net;
using System.Net.Http;

namespace Apns.Client;

/// <summary>
/// The proxy that the environment names, or else the system. .NET reads the environment once for a process; here it is
/// read for each connection, so that a variable set in a running PowerShell counts, and one taken away does not.
/// </summary>
internal static class SystemProxy
{
    // Internal to .NET, and with no other mark.
    private const string EnvironmentProxy = "System.Net.Http.HttpEnvironmentProxy";

    /// <summary>The proxy to use for a server, or null. A server on this machine has none.</summary>
    /// <exception cref="ApnsException">A variable names something else.</exception>
    public static ProxyServer? For(ApnsEndpoint endpoint, NetworkCredential? credential)
    {
        if (endpoint.IsLoopback || NoProxyList.Covers(Variable("no_proxy")?.Value ?? "", endpoint)) return null;
        return (Variable("https_proxy") ?? Variable("all_proxy")) is var (name, value)
            ? Read(value, credential, $"The environment variable {name}")
            : FromSystem(endpoint, credential);
    }

    private static ProxyServer? FromSystem(ApnsEndpoint endpoint, NetworkCredential? credential)
    {
        IWebProxy settings = HttpClient.DefaultProxy;

        // What .NET read of the environment when it was first asked: it knows no settings of the system, and the
        // environment has just been read, and names none.
        if (settings.GetType().FullName == EnvironmentProxy) return null;

        // A host that no address can be made of is not found later, and told so.
        if (!Uri.TryCreate($"https://{endpoint}/", UriKind.Absolute, out Uri? target)) return null;
        if (settings.IsBypassed(target) || settings.GetProxy(target) is not { } address || address == target) return null;

        // The credential of the one who is logged on has no name: it is for other ways to sign in than those here.
        NetworkCredential? known = credential ?? settings.Credentials?.GetCredential(address, "Basic");
        return Read(address.AbsoluteUri, known is { UserName.Length: > 0 } ? known : null, "The system's proxy setting");
    }

    private static ProxyServer Read(string address, NetworkCredential? credential, string source)
    {
        try
        {
            return ProxyServer.Parse(address, credential);
        }
        catch (FormatException e)
        {
            throw new ApnsException(ApnsErrorKind.ProxyFailed, $"{source} cannot be used: {e.Message}", e) { Remedy = "Correct it, or connect with -Proxy or -NoProxy." };
        }
    }

    /// <summary>A variable that is set, by its name in small letters or in capitals.</summary>
    private static (string Name, string Value)? Variable(string name)
    {
        foreach (string spelling in new[] { name, name.ToUpperInvariant() })
        {
            if (Environment.GetEnvironmentVariable(spelling) is { } value && !string.IsNullOrWhiteSpace(value)) return (spelling, value);
        }

        return null;
    }
}
