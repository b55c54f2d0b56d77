using System;
using Xunit;

namespace Apns.Client.Tests.Connections;

public class EndpointTests
{
    [Fact]
    public void Apples_hosts_are_known()
    {
        Assert.Equal(new ApnsEndpoint("api.push.apple.com", 443), ApnsEndpoint.For(ApnsEnvironment.Production));
        Assert.Equal(new ApnsEndpoint("api.sandbox.push.apple.com", 2197), ApnsEndpoint.For(ApnsEnvironment.Development, ApnsEndpoint.AlternatePort));
        Assert.Throws<ArgumentOutOfRangeException>(() => ApnsEndpoint.For((ApnsEnvironment)9));
    }

    [Theory]
    [InlineData("api.development.push.apple.com")]
    [InlineData("API.Development.push.apple.com")]
    public void The_older_name_of_the_development_host_is_known_too(string host)
    {
        var endpoint = new ApnsEndpoint(host, ApnsEndpoint.DefaultPort);
        Assert.Equal(ApnsEnvironment.Development, endpoint.Environment);
        Assert.Equal(ApnsEndpoint.ManagementFor(ApnsEnvironment.Development), ApnsEndpoint.ManagementBeside(endpoint));
    }

    [Theory]
    [InlineData("api.push.apple.com", "APNs listens on 443 and 2197")]
    [InlineData("api.sandbox.push.apple.com", "APNs listens on 443 and 2197")]
    [InlineData("somewhere", "APNs listens on 443 and 2197")]
    [InlineData("api-manage-broadcast.push.apple.com", "APNs manages channels there on 2196")]
    [InlineData("API-manage-broadcast.sandbox.push.apple.com", "APNs manages channels there on 2195")]
    public void The_ports_that_Apple_serves_are_told_for_the_host(string host, string hint) => Assert.Equal(hint, new ApnsEndpoint(host, 1).PortHint);

    [Fact]
    public void The_authority_leaves_out_the_schemes_own_port()
    {
        Assert.Equal("api.push.apple.com", ApnsEndpoint.For(ApnsEnvironment.Production).Authority);
        Assert.Equal("api.push.apple.com:2197", ApnsEndpoint.For(ApnsEnvironment.Production, 2197).Authority);
        Assert.Equal("api.push.apple.com:443", ApnsEndpoint.For(ApnsEnvironment.Production).ToString());
    }
}
