using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Security.Authentication;
using System.Text;
using System.Threading.Tasks;
using Apns.Http2;
using Apns.Http2.Frames;
using Xunit;

namespace Apns.Emulator.Tests;

/// <summary>Faults of whole connections, as clients see them.</summary>
public sealed class ConnectionFaultTests : FaultTest
{
    [Fact]
    public void The_handshake_is_cut_off_and_the_next_one_is_not()
    {
        for (int seed = 0; seed < 10; seed++)
        {
            using ApnsEmulator emulator = Start($"CutHandshake:seed={seed}");
            Assert.ThrowsAny<IOException>(() => RawClient.Connect(emulator));
            using RawClient client = Greet(emulator);
            Assert.Equal(200, client.Exchange(1, Push.With()).Reply.Status);
        }
    }

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public void The_handshake_ends_with_an_alert(SslProtocols version)
    {
        using ApnsEmulator emulator = Start("TlsAlert");
        Exception error = Assert.ThrowsAny<Exception>(() =>
        {
            using RawClient client = RawClient.Connect(emulator, tls: options => options.EnabledSslProtocols = version);

            // With TLS 1.3 the client takes the handshake for finished.
            Assert.Equal(SslProtocols.Tls13, version);
            client.Read();
        });
        Assert.True(error is IOException or AuthenticationException, error.ToString());
        if (OperatingSystem.IsLinux()) Assert.Contains("alert", error.ToString(), StringComparison.OrdinalIgnoreCase);
        RawClient.Greet(emulator).Dispose();
    }

    [Theory]
    [InlineData("ExpiredCertificate", "NotTimeValid")]
    [InlineData("WrongHostCertificate", "RemoteCertificateNameMismatch")]
    public void The_certificate_is_wrong_as_often_as_it_is_told_to(string kind, string problem)
    {
        using ApnsEmulator emulator = Start($"{kind}:every=2");
        for (int i = 0; i < 4; i++)
        {
            if (i % 2 == 0) RawClient.Greet(emulator).Dispose();
            else Assert.Contains(problem, Assert.Throws<AuthenticationException>(() => RawClient.Connect(emulator)).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Settings_come_late()
    {
        using ApnsEmulator emulator = Start("NoSettings:duration=00:00:00.050");
        using RawClient client = RawClient.Connect(emulator);
        Assert.Equal(1u, client.ReadSettings()[Http2SettingId.MaxConcurrentStreams]);
    }

    [Fact]
    public void Settings_never_come_and_neither_does_anything_else()
    {
        using ApnsEmulator emulator = Start("NoSettings");
        using RawClient client = RawClient.Connect(emulator, Certificate);
        client.Request(1, Push.With());
        client.Ping(1);
        client.Flush();
        Eventually(() => emulator.Accepted == 1);
        emulator.Dispose();
        Assert.Null(client.Read());
    }

    [Fact]
    public void A_connection_is_cut_anywhere_and_what_comes_after_is_not_processed()
    {
        var cuts = new HashSet<(bool Processed, string Place)>();
        for (int seed = 0; seed < 60; seed++)
        {
            using ApnsEmulator emulator = Start($"CutConnection:after=1,seed={seed}");
            using RawClient client = Greet(emulator);
            for (int i = 0; i < 3; i++) client.Request((2 * i) + 1, Push.To(Push.NumberedToken(i)));
            client.Flush();
            int answers = 0;
            string place = "between frames";
            try
            {
                while (client.Read() is { } frame) answers += frame.Header.Type == FrameType.Headers ? 1 : 0;
            }
            catch (Exception e) when (e is IOException or Xunit.Sdk.XunitException)
            {
                place = e.InnerException is null ? "in a frame" : "by reset";
            }

            int received = emulator.GetReceived().Count;
            Assert.InRange(received, 1, 2);
            Assert.True(answers <= received);
            cuts.Add((received == 2, place));
        }

        Assert.Contains((true, "in a frame"), cuts);
        Assert.Contains((false, "in a frame"), cuts);
        Assert.Contains(cuts, cut => cut.Place == "by reset");
    }

    [Fact]
    public void A_silent_connection_goes_on_processing()
    {
        using ApnsEmulator emulator = Start("Silence:after=1");
        using RawClient client = Greet(emulator);
        client.Exchange(1, Push.With());
        for (int id = 3; id < 9; id += 2) client.Request(id, Push.With());
        client.Ping(1);
        client.Flush();
        Eventually(() => emulator.Accepted == 4);
        emulator.Dispose();
        Assert.Null(client.Read());
    }

    [Fact]
    public void Silence_ends_and_all_that_was_to_be_said_follows()
    {
        using ApnsEmulator emulator = Start("Silence:duration=00:00:00.050");
        using RawClient client = Greet(emulator);
        client.Request(1, Push.With());
        client.Request(3, Push.With());
        client.Flush();
        Assert.Equal(200, client.ReadReply(1).Reply.Status);
        Assert.Equal(200, client.ReadReply(3).Reply.Status);
    }

    [Fact]
    public void A_connection_that_stops_reading_reads_on_when_its_time_has_come()
    {
        using ApnsEmulator emulator = Start("StopReading:duration=00:00:00.100");
        using RawClient client = Greet(emulator);
        Assert.Equal(200, client.Exchange(1, Push.With()).Reply.Status);
        Assert.Equal(200, client.Exchange(3, Push.With()).Reply.Status);
    }

    [Fact]
    public void A_connection_that_stops_reading_for_good_ends_with_the_emulator()
    {
        using ApnsEmulator emulator = Start("StopReading");
        using RawClient client = Greet(emulator);
        Assert.Equal(200, client.Exchange(1, Push.With()).Reply.Status);
        client.Request(3, Push.With());
        client.Flush();
        emulator.Dispose();
        Eventually(() => emulator.Connections == 0);
        Assert.Equal(1, emulator.Accepted);
    }

    [Theory]
    [InlineData("Shutdown", """{"reason":"Shutdown"}""")]
    [InlineData("come back later", "come back later")]
    [InlineData(null, "")]
    public void A_goodbye_names_the_last_stream_and_why(string? reason, string said)
    {
        using ApnsEmulator emulator = ApnsEmulator.Start(new ApnsEmulatorOptions { Faults = [new EmulatorFault { Kind = EmulatorFaultKind.GoAway, After = 1, Reason = reason }] });
        using RawClient client = Greet(emulator);
        for (int id = 1; id < 9; id += 2) client.Request(id, Push.With());
        client.Flush();
        ReceivedFrame[] frames = [.. Frames(client)];
        Assert.Equal([FrameType.Headers, FrameType.Headers, FrameType.GoAway], frames.Select(frame => frame.Header.Type));
        Assert.Equal((3, Http2ErrorCode.NoError, said), Goodbye(frames[2]));
        Assert.Equal(2, emulator.GetReceived().Count);
    }

    [Fact]
    public void A_goodbye_waits_for_the_requests_that_were_begun_before()
    {
        using ApnsEmulator emulator = Start("GoAway");
        using RawClient client = Greet(emulator);
        client.Headers(1, Push.With());
        client.Request(3, Push.With());
        client.Headers(5, Push.With());
        client.Flush();
        Assert.Equal(3, Goodbye(client.ReadUntil(frame => frame.Header.Type == FrameType.GoAway)).LastStream);
        client.Data(1, Push.With().Body);
        client.Data(5, Push.With().Body);
        client.Flush();
        Assert.Equal(200, client.ReadReply(1).Reply.Status);
        Assert.Equal(2, emulator.Accepted);
        Assert.Null(client.Read());
    }

    [Fact]
    public void A_goodbye_in_two_steps_names_the_last_stream_once_the_client_has_seen_the_first()
    {
        using ApnsEmulator emulator = Start("GoAwayTwice:reason=Shutdown");
        using RawClient client = Greet(emulator);
        client.Request(1, Push.With());
        client.Request(3, Push.With());
        client.Flush();
        Assert.Equal(int.MaxValue, Goodbye(client.ReadUntil(frame => frame.Header.Type == FrameType.GoAway)).LastStream);
        ReceivedFrame ping = client.Read()!;
        client.Frame(FrameType.Ping, FrameFlags.Acknowledge, 0, ping.Payload);
        client.Flush();
        Assert.Equal((1, Http2ErrorCode.NoError, """{"reason":"Shutdown"}"""), Goodbye(client.Read()!));
        Assert.Single(emulator.GetReceived());
        Assert.Null(client.Read());
    }

    [Fact]
    public void An_emulator_that_wants_calm_says_so_and_goes()
    {
        using ApnsEmulator emulator = Start("EnhanceYourCalm");
        using RawClient client = Greet(emulator);
        client.Request(1, Push.With());
        client.Flush();
        ReceivedFrame[] frames = [.. Frames(client)];
        Assert.Equal([FrameType.Headers, FrameType.GoAway], frames.Select(frame => frame.Header.Type));
        Assert.Equal((1, Http2ErrorCode.EnhanceYourCalm), (Goodbye(frames[1]).LastStream, frames[1].ErrorCode));
    }

    [Fact]
    public void The_streams_window_falls_twice_and_comes_back()
    {
        using ApnsEmulator emulator = Start("LowerWindow:duration=00:00:00.100");
        using RawClient client = Greet(emulator);
        client.Request(1, Push.With());
        client.Flush();
        Assert.Equal([16u, 0u, 65_535u], Enumerable.Range(0, 3).Select(_ => client.ReadSettings()[Http2SettingId.InitialWindowSize]));
        Assert.Equal(200, client.Exchange(3, Push.With()).Reply.Status);
    }

    [Fact]
    public void A_lowered_window_is_topped_up_bit_by_bit()
    {
        using ApnsEmulator emulator = Start("LowerWindow");
        using RawClient client = Greet(emulator);
        client.Exchange(1, Push.With());
        Assert.Equal(16u, client.ReadSettings()[Http2SettingId.InitialWindowSize]);
        Push push = Push.With("body: 20");
        client.Headers(3, push);
        client.Data(3, push.Body.AsSpan(0, 16), endStream: false);
        client.Flush();
        Assert.Equal(new FrameHeader(4, FrameType.WindowUpdate, FrameFlags.None, 3), client.Read()!.Header);
        client.Data(3, push.Body.AsSpan(16));
        client.Flush();
        Assert.Equal(200, client.ReadReply(3).Reply.Status);
    }

    [Fact]
    public void The_connections_window_is_not_topped_up()
    {
        using ApnsEmulator emulator = Start("StarveWindow");
        using RawClient client = Greet(emulator);
        UseUpHalfOfTheWindow(client);
        client.Ping(42);
        client.Flush();
        var frames = new List<FrameHeader>();
        do frames.Add(client.Read()!.Header);
        while (frames[^1].Type != FrameType.Ping);
        Assert.DoesNotContain(frames, frame => frame is { Type: FrameType.WindowUpdate, StreamId: 0 });
        Assert.Equal(200, frames.Count(frame => frame.Type == FrameType.Headers));
    }

    [Fact]
    public void The_connections_window_is_topped_up_when_its_time_has_come()
    {
        using ApnsEmulator emulator = Start("StarveWindow:duration=00:00:00.050");
        using RawClient client = Greet(emulator);
        UseUpHalfOfTheWindow(client);
        client.ReadUntil(frame => frame.Header is { Type: FrameType.WindowUpdate, StreamId: 0 });
    }

    [Theory]
    [InlineData("PingFlood", FrameType.Ping)]
    [InlineData("SettingsFlood", FrameType.Settings)]
    public void Frames_come_by_the_thousands(string kind, FrameType type)
    {
        using ApnsEmulator emulator = Start(kind);
        using RawClient client = Greet(emulator);
        client.Request(1, Push.With());
        client.Flush();
        Assert.Equal(FrameType.Headers, client.Read()!.Header.Type);
        for (int i = 0; i < 10_000; i++) Assert.Equal((type, FrameFlags.None), (client.Read()!.Header.Type, FrameFlags.None));
    }

    [Fact]
    public async Task Without_a_provider_token_accepted_a_fault_leaves_the_limit_as_it_is()
    {
        using ApnsEmulator emulator = Start("Throttle:duration=00:00:00.020");
        using Stranger client = Stranger.WithToken(emulator);
        Assert.Equal(429, (await client.SendAsync()).Status);
        Assert.Equal(200, (await client.SendAsync()).Status);
    }

    private static IEnumerable<ReceivedFrame> Frames(RawClient client)
    {
        while (client.Read() is { } frame) yield return frame;
    }

    /// <summary>More than half of 1 MiB, which is when the window is topped up.</summary>
    private static void UseUpHalfOfTheWindow(RawClient client)
    {
        Push push = Push.With("body: 4096");
        for (int i = 0; i < 200; i++) client.Request((2 * i) + 1, push);
        client.Flush();
    }

    private static (int LastStream, Http2ErrorCode Code, string Said) Goodbye(ReceivedFrame frame) =>
        (System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(frame.Payload), frame.ErrorCode, Encoding.UTF8.GetString(frame.Payload.AsSpan(8)));

    private static void Eventually(Func<bool> condition) =>
        Assert.True(System.Threading.SpinWait.SpinUntil(condition, TimeSpan.FromSeconds(30)), "in vain");
}
