using Xunit;

namespace Apns.Client.Tests.Proxies;

/// <summary>NO_PROXY, entry by entry.</summary>
public class NoProxyListTests
{
    [Theory]
    [InlineData("*", "api.push.apple.com", true)]
    [InlineData("api.push.apple.com", "api.push.apple.com", true)]
    [InlineData("API.Push.apple.com", "api.push.apple.COM", true)]
    [InlineData("push.apple.com", "api.push.apple.com", true)]
    [InlineData(".apple.com", "api.push.apple.com", true)]
    [InlineData(".apple.com", "apple.com", true)]
    [InlineData("*.apple.com", "api.push.apple.com", true)]
    [InlineData("*.Apple.com:443", "api.push.apple.com", true)]
    [InlineData("*.apple.com:2197", "api.push.apple.com", false)]
    [InlineData("*.pple.com", "api.push.apple.com", false)]
    [InlineData("*.", "api.push.apple.com", false)]
    [InlineData("*pple.com", "api.push.apple.com", false)]
    [InlineData("*.2.3", "10.1.2.3", false)]
    [InlineData("apple.com.", "api.push.apple.com", true)]
    [InlineData("pple.com", "api.push.apple.com", false)]
    [InlineData("api.push.apple.com.example", "api.push.apple.com", false)]
    [InlineData("", "api.push.apple.com", false)]
    [InlineData(" , ,", "api.push.apple.com", false)]
    [InlineData(".", "api.push.apple.com", false)]
    [InlineData("a.example, b.example apple.com", "api.push.apple.com", true)]
    [InlineData("a.example,b.example", "api.push.apple.com", false)]
    [InlineData("api.push.apple.com:443", "api.push.apple.com", true)]
    [InlineData("api.push.apple.com:2197", "api.push.apple.com", false)]
    [InlineData("10.1.2.3", "10.1.2.3", true)]
    [InlineData("10.1.2.3:443", "10.1.2.3", true)]
    [InlineData("10.1.2.3:444", "10.1.2.3", false)]
    [InlineData("10.1.2.4", "10.1.2.3", false)]
    [InlineData("2.3", "10.1.2.3", false)]
    [InlineData("10.0.0.0/8", "10.1.2.3", true)]
    [InlineData("192.168.0.0/16", "10.1.2.3", false)]
    [InlineData("10.0.0.0/8", "api.push.apple.com", false)]
    [InlineData("fd00::/8", "fd00::1", true)]
    [InlineData("fd00::1", "fd00:0::1", true)]
    [InlineData("[fd00::1]:443", "fd00::1", true)]
    [InlineData("[fd00::1]:444", "fd00::1", false)]
    [InlineData("[fd00::1]", "fd00::1", true)]
    public void An_entry_covers_what_it_says(string list, string host, bool covers) =>
        Assert.Equal(covers, NoProxyList.Covers(list, new ApnsEndpoint(host, 443)));
}
