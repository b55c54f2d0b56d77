using System;
using System.Net;
using System.Text;

namespace Apns.Client;

/// <summary>How to speak to a proxy.</summary>
internal enum ProxyKind
{
    /// <summary>HTTP CONNECT in clear text.</summary>
    Http,

    /// <summary>HTTP CONNECT within TLS.</summary>
    HttpOverTls,

    /// <summary>SOCKS5.</summary>
    Socks5,
}

/// <summary>One proxy: where it is, how to speak to it, and who to be there.</summary>
internal sealed class ProxyServer
{
    // RFC 1929: each has one byte for its length.
    private const int MaxSocksBytes = 255;

    private readonly string _scheme;

    private ProxyServer(ProxyKind kind, string scheme, ApnsEndpoint endpoint, string user, string password)
    {
        Kind = kind;
        _scheme = scheme;
        Endpoint = endpoint;
        User = user;
        Password = password;
    }

    public ProxyKind Kind { get; }

    public ApnsEndpoint Endpoint { get; }

    /// <summary>The user's name; empty when there is no credential.</summary>
    public string User { get; }

    public string Password { get; }

    public bool HasCredential => User.Length > 0;

    /// <summary>Reads an address as people write it.</summary>
    /// <param name="address">With or without scheme, user and port.</param>
    /// <param name="credential">Takes the place of one in the address.</param>
    /// <exception cref="FormatException">It is none; the message does not hold the password.</exception>
    public static ProxyServer Parse(string address, NetworkCredential? credential)
    {
        string text = address.Contains("://", StringComparison.Ordinal) ? address.Trim() : $"http://{address.Trim()}";
        bool usable = Uri.TryCreate(text, UriKind.Absolute, out Uri? uri) && uri.Host.Length > 0 && uri.PathAndQuery is "/" or "" && uri.Fragment.Length == 0;
        (ProxyKind Kind, int Port)? known = usable ? Schemes(uri!.Scheme) : null;
        if (known is not { } scheme)
        {
            // Whatever stands before an @ may be a password.
            string shown = ForeignText.Clean(address[(address.LastIndexOf('@') + 1)..]);
            throw new FormatException($"'{shown}' is no proxy. Give http://host:port, https://host:port or socks5://host:port.");
        }

        (string user, string password) = credential is null ? FromAddress(uri!) : FromCredential(credential);
        CheckCredential(scheme.Kind, user, password);
        var endpoint = new ApnsEndpoint(uri!.IdnHost, uri.Port > 0 ? uri.Port : scheme.Port);
        return new ProxyServer(scheme.Kind, uri.Scheme, endpoint, user, password);
    }

    /// <summary>The credential as HTTP sends it (RFC 7617).</summary>
    public string BasicCredential => Convert.ToBase64String(Encoding.UTF8.GetBytes($"{User}:{Password}"));

    /// <summary>What it said, fit for a message: a proxy may repeat what it was sent, the password too.</summary>
    public string Quote(ReadOnlySpan<byte> bytes) => Quote(Encoding.UTF8.GetString(bytes));

    public string Quote(string text)
    {
        if (HasCredential) text = text.Replace(BasicCredential, "…", StringComparison.Ordinal);
        if (Password.Length > 0) text = text.Replace(Password, "…", StringComparison.Ordinal);
        return ForeignText.Clean(text);
    }

    /// <summary>Where it is; nothing of the credential.</summary>
    public override string ToString() => $"{_scheme}://{Endpoint}";

    /// <summary>An error of this proxy.</summary>
    /// <param name="what">What it did; the sentence begins with its name.</param>
    /// <param name="remedy">What to do about it.</param>
    /// <param name="cause">The exception behind it.</param>
    public ApnsException Failed(string what, string? remedy, Exception? cause = null) =>
        new(ApnsErrorKind.ProxyFailed, $"The proxy {this} {what}.", cause) { Remedy = remedy };

    /// <summary>It wants to know who calls, and does not like what it was told.</summary>
    public ApnsException Unauthorized(string what, string remedy) =>
        new(ApnsErrorKind.ProxyAuthenticationFailed, $"The proxy {this} {what}.") { Remedy = remedy };

    /// <summary>No connection to it could be made.</summary>
    public ApnsException OutOfReach(ApnsException cause) =>
        Failed($"is out of reach: {cause.What.TrimEnd('.')}", "Check -Proxy or the proxy settings of this machine, or connect with -NoProxy.", cause);

    private static (ProxyKind Kind, int Port)? Schemes(string scheme) => scheme switch
    {
        "http" => (ProxyKind.Http, 80),
        "https" => (ProxyKind.HttpOverTls, 443),

        // curl means by socks5 that names are resolved here and by socks5h that the proxy does it. Who needs a proxy often
        // has no DNS for the world outside, so here both mean the latter, as in .NET's own HttpClient.
        "socks5" or "socks5h" => (ProxyKind.Socks5, 1080),
        _ => null,
    };

    private static (string User, string Password) FromAddress(Uri uri)
    {
        string info = uri.UserInfo;
        int colon = info.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? (Uri.UnescapeDataString(info), "") : (Uri.UnescapeDataString(info[..colon]), Uri.UnescapeDataString(info[(colon + 1)..]));
    }

    private static (string User, string Password) FromCredential(NetworkCredential credential) =>
        (credential.Domain.Length > 0 ? $@"{credential.Domain}\{credential.UserName}" : credential.UserName, credential.Password);

    private static void CheckCredential(ProxyKind kind, string user, string password)
    {
        bool tooLong = kind == ProxyKind.Socks5 && (Encoding.UTF8.GetByteCount(user) > MaxSocksBytes || Encoding.UTF8.GetByteCount(password) > MaxSocksBytes);
        if (tooLong) throw new FormatException($"A SOCKS5 proxy takes a user name and a password of at most {MaxSocksBytes} bytes each (RFC 1929).");
        bool ambiguous = kind != ProxyKind.Socks5 && user.Contains(':', StringComparison.Ordinal);
        if (ambiguous) throw new FormatException("An HTTP proxy takes no user name with a colon in it (RFC 7617).");
    }
}
