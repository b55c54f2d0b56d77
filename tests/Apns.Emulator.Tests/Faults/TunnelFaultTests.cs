using System;
using System.Collections.Generic;
using System.IO;
using System.Threading;
using Xunit;

namespace Apns.Emulator.Tests;

/// <summary>Faults of tunnels through the emulator's proxy, as clients see them.</summary>
public sealed class TunnelFaultTests : FaultTest
{
    private const string Refusal = "HTTP/1.1 502 Bad Gateway\r\nProxy-Status: emulator; error=dns_error\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

    [Fact]
    public void A_name_is_not_resolved_as_often_as_it_is_told_to()
    {
        using ApnsEmulator emulator = Start("RefuseTunnel:every=2");
        for (int i = 0; i < 6; i++)
        {
            if (i % 2 == 0) Greet(emulator, throughProxy: true).Dispose();
            else Assert.Equal(Refusal, Assert.Throws<IOException>(() => Greet(emulator, throughProxy: true)).Message);
        }

        Assert.Equal(3, emulator.CountStrikes(EmulatorFaultKind.RefuseTunnel));
        Assert.Equal(0, emulator.CountStrikes(EmulatorFaultKind.CutTunnel));
    }

    [Fact]
    public void Names_are_not_resolved_for_a_while_and_then_they_are()
    {
        using ApnsEmulator emulator = Start("RefuseTunnel:duration=00:00:00.100");
        int refused = 0;
        bool OpensAtLast()
        {
            if (Opens(emulator)) return true;
            refused++;
            return false;
        }

        Assert.True(SpinWait.SpinUntil(OpensAtLast, TimeSpan.FromSeconds(30)));
        Assert.InRange(refused, 1, int.MaxValue);
        Assert.Equal(refused, emulator.CountStrikes(EmulatorFaultKind.RefuseTunnel));
    }

    [Fact]
    public void Who_does_not_go_through_the_proxy_is_left_in_peace()
    {
        using ApnsEmulator emulator = Start("RefuseTunnel:every=1");
        using RawClient client = Greet(emulator);
        Assert.Equal(200, client.Exchange(1, Push.With()).Reply.Status);
        Assert.Equal(0, emulator.CountStrikes(EmulatorFaultKind.RefuseTunnel));
    }

    [Fact]
    public void A_tunnel_is_cut_anywhere_and_the_next_one_is_not()
    {
        var cuts = new HashSet<string>();
        for (int seed = 0; seed < 40; seed++)
        {
            using ApnsEmulator emulator = Start($"CutTunnel:seed={seed}");
            cuts.Add(Exchange(emulator));
            Assert.Equal(1, emulator.CountStrikes(EmulatorFaultKind.CutTunnel));
            using RawClient next = Greet(emulator, throughProxy: true);
            Assert.Equal(200, next.Exchange(1, Push.With()).Reply.Status);
        }

        Assert.Superset(new HashSet<string> { "in the handshake", "later", "by reset" }, cuts);
    }

    /// <summary>Sends and reads until the tunnel is cut; tells where that was.</summary>
    private string Exchange(ApnsEmulator emulator)
    {
        bool greeted = false;
        try
        {
            using RawClient client = Greet(emulator, throughProxy: true);
            greeted = true;
            for (int id = 1; ; id += 2) client.Exchange(id, Push.With());
        }
        catch (Exception e) when (e is IOException or Xunit.Sdk.XunitException)
        {
            return e.InnerException is not null ? "by reset" : greeted ? "later" : "in the handshake";
        }
    }

    private bool Opens(ApnsEmulator emulator)
    {
        try
        {
            Greet(emulator, throughProxy: true).Dispose();
            return true;
        }
        catch (IOException e)
        {
            Assert.Equal(Refusal, e.Message);
            return false;
        }
    }
}
