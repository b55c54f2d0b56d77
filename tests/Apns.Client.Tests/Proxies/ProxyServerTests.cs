using System;
using System.Net;
using Xunit;

namespace Apns.Client.Tests.Proxies;

/// <summary>The address of a proxy as people write it, and what is not one.</summary>
public class ProxyServerTests
{
    [Theory]
    [InlineData("http://proxy.example:3128", "http://proxy.example:3128", nameof(ProxyKind.Http))]
    [InlineData("http://proxy.example", "http://proxy.example:80", nameof(ProxyKind.Http))]
    [InlineData("http://proxy.example/", "http://proxy.example:80", nameof(ProxyKind.Http))]
    [InlineData("proxy.example:3128", "http://proxy.example:3128", nameof(ProxyKind.Http))]
    [InlineData("proxy", "http://proxy:80", nameof(ProxyKind.Http))]
    [InlineData("10.0.0.1:8080", "http://10.0.0.1:8080", nameof(ProxyKind.Http))]
    [InlineData("[::1]:8080", "http://[::1]:8080", nameof(ProxyKind.Http))]
    [InlineData(" http://proxy.example:3128 ", "http://proxy.example:3128", nameof(ProxyKind.Http))]
    [InlineData("https://proxy.example", "https://proxy.example:443", nameof(ProxyKind.HttpOverTls))]
    [InlineData("https://proxy.example:8443", "https://proxy.example:8443", nameof(ProxyKind.HttpOverTls))]
    [InlineData("socks5://proxy.example", "socks5://proxy.example:1080", nameof(ProxyKind.Socks5))]
    [InlineData("socks5://proxy.example:9050", "socks5://proxy.example:9050", nameof(ProxyKind.Socks5))]
    [InlineData("SOCKS5H://[::1]:9050/", "socks5h://[::1]:9050", nameof(ProxyKind.Socks5))]
    [InlineData("http://bücher.example:3128", "http://xn--bcher-kva.example:3128", nameof(ProxyKind.Http))]
    public void An_address_is_read(string address, string shown, string kind)
    {
        ProxyServer proxy = ProxyServer.Parse(address, null);
        Assert.Equal((shown, kind, false), (proxy.ToString(), proxy.Kind.ToString(), proxy.HasCredential));
    }

    [Theory]
    [InlineData("")]
    [InlineData("http://")]
    [InlineData("http://a b:80")]
    [InlineData("http://proxy.example:99999")]
    [InlineData("http://proxy.example/path")]
    [InlineData("http://proxy.example?query")]
    [InlineData("http://proxy.example/#fragment")]
    [InlineData("ftp://proxy.example")]
    [InlineData("socks4://proxy.example")]
    [InlineData("://proxy.example")]
    public void What_is_no_address_is_named(string address)
    {
        var error = Assert.Throws<FormatException>(() => ProxyServer.Parse(address, null));
        Assert.Equal($"'{address}' is no proxy. Give http://host:port, https://host:port or socks5://host:port.", error.Message);
    }

    [Theory]
    [InlineData("http://ann:open-sesame@proxy.example:3128", "ann", "open-sesame")]
    [InlineData("ann:open-sesame@proxy.example:3128", "ann", "open-sesame")]
    [InlineData("http://ann@proxy.example", "ann", "")]
    [InlineData("socks5://an%3An:p%40ss%25w%C3%B6rd@proxy.example", "an:n", "p@ss%wörd")]
    [InlineData("http://corp%5Cann:a:b@proxy.example", @"corp\ann", "a:b")]
    public void User_and_password_may_be_in_the_address_and_are_not_shown(string address, string user, string password)
    {
        ProxyServer proxy = ProxyServer.Parse(address, null);
        Assert.Equal((user, password, true), (proxy.User, proxy.Password, proxy.HasCredential));
        Assert.DoesNotContain(user, proxy.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_credential_of_its_own_counts_more_than_the_address()
    {
        ProxyServer proxy = ProxyServer.Parse("http://ann:open-sesame@proxy.example", new NetworkCredential("bob", "secret"));
        Assert.Equal(("bob", "secret"), (proxy.User, proxy.Password));
        Assert.Equal(@"corp\bob", ProxyServer.Parse("proxy", new NetworkCredential("bob", "secret", "corp")).User);
        Assert.False(ProxyServer.Parse("http://ann:open-sesame@proxy.example", new NetworkCredential()).HasCredential);
    }

    [Theory]
    [InlineData("http://ann:open-sesame@proxy.example:99999")]
    [InlineData("ftp://ann:open-sesame@proxy.example")]
    [InlineData("ann:open-sesame@proxy.example/path")]
    [InlineData("http://ann:open-sesame@@proxy.example:x")]
    [InlineData("socks4://ann:open-sesame@")]
    public void A_password_does_not_show_in_the_error(string address)
    {
        var error = Assert.Throws<FormatException>(() => ProxyServer.Parse(address, null));
        Assert.DoesNotContain("sesame", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Credentials_that_cannot_be_sent_are_refused()
    {
        // RFC 7617 section 2, RFC 1929 section 2.
        Assert.Contains("colon", Assert.Throws<FormatException>(() => ProxyServer.Parse("http://proxy", new NetworkCredential("a:b", "secret"))).Message, StringComparison.Ordinal);
        ProxyServer.Parse("socks5://proxy", new NetworkCredential("a:b", new string('ö', 127)));
        foreach (NetworkCredential longOne in new[] { new NetworkCredential("a", new string('ö', 128)), new NetworkCredential(new string('a', 256), "b") })
        {
            var error = Assert.Throws<FormatException>(() => ProxyServer.Parse("socks5://proxy", longOne));
            Assert.Contains("255 bytes", error.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("ö", error.Message, StringComparison.Ordinal);
            ProxyServer.Parse("http://proxy", longOne);
        }
    }

    [Fact]
    public void What_a_proxy_says_is_cleaned_and_rid_of_the_password()
    {
        ProxyServer proxy = ProxyServer.Parse("http://ann:open-sesame@proxy.example", null);
        string said = proxy.Quote($"you\u0007 sent {proxy.BasicCredential}, that is ann:open-sesame" + new string('x', 500));
        Assert.StartsWith("you  sent …, that is ann:…xxx", said, StringComparison.Ordinal);
        Assert.Equal(200, said.Length);
    }

    [Fact]
    public void The_public_face_shows_no_password()
    {
        ApnsProxy proxy = ApnsProxy.At("ann:open-sesame@proxy.example:3128");
        ApnsClientOptions options = Clients.Options(new ApnsEndpoint("localhost", 1)) with { Proxy = proxy };
        Assert.Equal("http://proxy.example:3128", proxy.ToString());
        Assert.Contains("Proxy = http://proxy.example:3128", options.ToString(), StringComparison.Ordinal);
        Assert.Equal("none", ApnsProxy.None.ToString());
        Assert.DoesNotContain("sesame", ApnsProxy.FromSystem(new NetworkCredential("ann", "open-sesame")).ToString(), StringComparison.Ordinal);
        Assert.Throws<FormatException>(() => ApnsProxy.At("no proxy"));
        Assert.Throws<ArgumentNullException>(() => ApnsProxy.At(null!));
    }
}
