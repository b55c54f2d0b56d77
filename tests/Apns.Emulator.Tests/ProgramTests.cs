using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using System.Threading.Tasks;
using Xunit;

namespace Apns.Emulator.Tests;

/// <summary>HTTP/2 programs that others wrote, where they are installed.</summary>
public sealed class ProgramTests : IDisposable
{
    private const string Payload = """{"aps":{"alert":"Hello"}}""";
    private const string Update = """{"aps":{"timestamp":1790000000,"event":"update","content-state":{"score":1}}}""";

    private readonly string _folder = Directory.CreateTempSubdirectory("apns-emulator-").FullName;
    private readonly string _gone = Push.NumberedToken(410);
    private ApnsEmulator _emulator = null!;

    public ProgramTests()
    {
        Start(new ApnsEmulatorOptions
        {
            Unregistered = new Dictionary<string, DateTimeOffset> { [_gone] = DateTimeOffset.FromUnixTimeMilliseconds(1741057567089) },
        });
        File.WriteAllText(Body, Payload);
    }

    private string Root => Path.Combine(_folder, "root.pem");

    private string Body => Path.Combine(_folder, "body.json");

    private string[] Headers =>
    [
        "-H", "authorization: " + Jwt.Good(_emulator), "-H", "apns-topic: " + Push.Topic, "-H", "apns-push-type: alert",
    ];

    public void Dispose()
    {
        _emulator.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Curl_gets_200()
    {
        (int exitCode, string output) = await Run("curl", "curl", [.. Curl, .. Headers, "--data-binary", "@" + Body, Url(Push.Token)]);
        Assert.Equal((0, " 200 2\n"), (exitCode, output));
        Assert.Equal(Payload, Assert.Single(_emulator.GetReceived()).Payload);
    }

    [Fact]
    public async Task Curl_goes_through_the_proxy()
    {
        Start(new ApnsEmulatorOptions { WithProxy = true });
        string[] curl = ["-q", "-s", "--noproxy", "", "--proxy", $"{_emulator.Proxy}", "--http2", "--cacert", Root, "--max-time", "60", "-w", " %{http_connect} %{http_code} %{http_version}\\n"];
        (int exitCode, string output) = await Run("curl", "curl", [.. curl, .. Headers, "--data-binary", "@" + Body, Url(Push.Token)]);
        Assert.Equal((0, " 200 200 2\n"), (exitCode, output));
        (exitCode, output) = await Run("curl", "curl", [.. curl, "https://apns.invalid/"]);
        Assert.Equal((56, " 403 000 0\n"), (exitCode, output));

        Start(new ApnsEmulatorOptions { Faults = [EmulatorFault.Parse("RefuseTunnel")] });
        curl[5] = $"{_emulator.Proxy}";
        Assert.Equal((56, " 502 000 0\n"), await Run("curl", "curl", [.. curl, Url(Push.Token)]));
    }

    [Fact]
    public async Task Curl_gets_reasons()
    {
        (int exitCode, string gone) = await Run("curl", "curl", [.. Curl, .. Headers, "--data-binary", "@" + Body, Url(_gone)]);
        Assert.Equal((0, "{\"reason\":\"Unregistered\",\"timestamp\":1741057567089} 410 2\n"), (exitCode, gone));
        (exitCode, string anonymous) = await Run("curl", "curl", [.. Curl, "--data-binary", "@" + Body, Url(Push.Token)]);
        Assert.Equal((0, "{\"reason\":\"MissingProviderToken\"} 403 2\n"), (exitCode, anonymous));
        (exitCode, string get) = await Run("curl", "curl", [.. Curl, Url(Push.Token)]);
        Assert.Equal((0, "{\"reason\":\"MethodNotAllowed\"} 405 2\n"), (exitCode, get));
    }

    [Fact]
    public async Task Curl_sends_several_over_one_connection()
    {
        string urls = Url(new string('0', 60) + "[1000-1019]");
        (int exitCode, string output) = await Run("curl", "curl", [.. Curl, "--parallel", .. Headers, "--data-binary", "@" + Body, urls]);
        Assert.Equal(0, exitCode);
        Assert.Equal(20, Regex.Count(output, " 200 2\n"));
        Assert.Equal(20, _emulator.GetReceived().Select(received => received.Token).Distinct().Count());
    }

    [Fact]
    public async Task Curl_connects_only_when_it_trusts_the_root_and_speaks_HTTP2()
    {
        const int ConnectFailed = 35;
        const int Untrusted = 60;
        Assert.Equal(Untrusted, (await Run("curl", "curl", ["-q", "-s", "--noproxy", "*", "--http2", Url(Push.Token)])).ExitCode);
        Assert.Equal(ConnectFailed, (await Run("curl", "curl", ["-q", "-s", "--noproxy", "*", "--http1.1", "--cacert", Root, Url(Push.Token)])).ExitCode);
    }

    [Fact]
    public async Task Curl_manages_channels_and_broadcasts_to_them()
    {
        string[] curl = [.. Curl, "-D", "-", "-H", "authorization: " + Jwt.Good(_emulator)];
        string channels = Management("channels");
        (_, string made) = await Run("curl", "curl", [.. curl, "-d", """{"message-storage-policy":1,"push-type":"LiveActivity"}""", channels]);
        Assert.Matches("^HTTP/2 201", made);
        Assert.Matches(Uuid("apns-request-id"), made);
        Match id = Regex.Match(made, "^apns-channel-id: ([A-Za-z0-9+/=]+)\r?$", RegexOptions.Multiline);
        Assert.True(id.Success, made);
        string channel = id.Groups[1].Value;
        string header = "apns-channel-id: " + channel;

        (_, string listed) = await Run("curl", "curl", [.. curl, Management("all-channels")]);
        Assert.Contains($$"""{"channels":["{{channel}}"]} 200 2""", listed, StringComparison.Ordinal);
        (_, string read) = await Run("curl", "curl", [.. curl, "-H", header, channels]);
        Assert.Contains("""{"message-storage-policy":1,"push-type":"LiveActivity"} 200 2""", read, StringComparison.Ordinal);

        (_, string sent) = await Run(
            "curl", "curl",
            [.. curl, "-H", header, "-H", "apns-expiration: 1893456000", "-H", "apns-priority: 10", "-H", "apns-push-type: liveactivity", "-d", Update, Broadcast]);
        Assert.Matches("^HTTP/2 200", sent);
        Assert.Matches(Uuid("apns-request-id"), sent);
        Assert.Matches(Uuid("apns-unique-id"), sent);
        Assert.Equal(Update, Assert.Single(_emulator.GetChannels()).StoredMessage);

        (_, string deleted) = await Run("curl", "curl", [.. curl, "-X", "DELETE", "-H", header, channels]);
        Assert.Matches("^HTTP/2 204", deleted);
        (_, string gone) = await Run("curl", "curl", [.. curl, "-H", header, channels]);
        Assert.Contains("""{"reason":"ChannelNotRegistered"} 400 2""", gone, StringComparison.Ordinal);
        Assert.Empty(_emulator.GetChannels());

        static string Uuid(string name) => $"(?m)^{name}: [0-9a-f]{{8}}(-[0-9a-f]{{4}}){{3}}-[0-9a-f]{{12}}\r?$";
    }

    [Fact]
    public async Task Nghttp_makes_channels_and_broadcasts()
    {
        string[] headers = ["-v", "-H", ":method: POST", "-H", "authorization: " + Jwt.Good(_emulator)];
        await File.WriteAllTextAsync(Body, """{"message-storage-policy":0,"push-type":"LiveActivity"}""", TestContext.Current.CancellationToken);
        (int exitCode, string made) = await Run("nghttp", "nghttp2-client", [.. headers, "-m", "3", "-d", Body, Management("channels")]);
        Assert.Equal((0, 3), (exitCode, Regex.Count(made, ":status: 201")));
        Assert.Equal(3, _emulator.GetChannels().Count);

        await File.WriteAllTextAsync(Body, Update, TestContext.Current.CancellationToken);
        string channel = _emulator.GetChannels()[1].ChannelId;
        (exitCode, string sent) = await Run(
            "nghttp", "nghttp2-client",
            [
                .. headers, "-m", "3", "-H", "apns-channel-id: " + channel, "-H", "apns-expiration: 0", "-H", "apns-priority: 5",
                "-H", "apns-push-type: Liveactivity", "-d", Body, Broadcast,
            ]);
        Assert.Equal((0, 3, 3), (exitCode, Regex.Count(sent, ":status: 200"), Regex.Count(sent, "apns-unique-id: ")));
    }

    [Theory]
    [InlineData(4096, 200)]
    [InlineData(4097, 413)]
    [InlineData(1_000_000, 413)]
    public async Task A_large_body_is_taken_to_its_end_whoever_sends_it(int length, int status)
    {
        await File.WriteAllTextAsync(Body, Payload[..^3] + new string('x', length - Payload.Length) + Payload[^3..], TestContext.Current.CancellationToken);
        (int exitCode, string output) = await Run("curl", "curl", [.. Curl, .. Headers, "--data-binary", "@" + Body, Url(Push.Token)]);
        Assert.Equal(0, exitCode);
        Assert.EndsWith($" {status} 2\n", output, StringComparison.Ordinal);

        (exitCode, output) = await Run("nghttp", "nghttp2-client", ["-v", "-m", "3", "-H", ":method: POST", .. Headers, "-d", Body, Url(Push.Token)]);
        Assert.Equal((0, 3), (exitCode, Regex.Count(output, $":status: {status}")));
        if (status == 413) Assert.Equal(3, Regex.Count(output, "PayloadTooLarge"));

        (exitCode, output) = await Run("h2load", "nghttp2-client", ["-n", "10", "-c", "2", "-m", "5", "-d", Body, .. Headers, Url(Push.Token)]);
        Assert.Equal(0, exitCode);
        Assert.Contains(status == 200 ? "10 2xx, 0 3xx, 0 4xx, 0 5xx" : "0 2xx, 0 3xx, 10 4xx, 0 5xx", output, StringComparison.Ordinal);
        Assert.Equal(14, _emulator.Accepted + _emulator.Rejected);
    }

    [Theory]
    [InlineData("--padding=200")]
    [InlineData("--window-bits=10")]
    [InlineData("--header-table-size=0")]
    [InlineData("--trailer=x-end: 1")]
    public async Task Nghttp_is_answered_in_whatever_way_it_speaks(string option)
    {
        string[] common = ["-v", "-m", "5", option, "-H", ":method: POST", .. Headers, "-d", Body];
        (int exitCode, string output) = await Run("nghttp", "nghttp2-client", [.. common, Url(Push.Token)]);
        Assert.Equal((0, 5), (exitCode, Regex.Count(output, ":status: 200")));
        (exitCode, output) = await Run("nghttp", "nghttp2-client", [.. common, Url(_gone)]);
        Assert.Equal((0, 5, 5), (exitCode, Regex.Count(output, ":status: 410"), Regex.Count(output, "Unregistered")));
        Assert.Equal((5, 5), (_emulator.Accepted, _emulator.Rejected));
    }

    [Fact]
    public async Task Nghttp_that_waits_before_it_sends_a_body_is_told_to_go_on()
    {
        (int exitCode, string output) = await Run("nghttp", "nghttp2-client", ["-v", "--expect-continue", "-H", ":method: POST", .. Headers, "-d", Body, Url(Push.Token)]);
        Assert.Equal((0, 1, 1), (exitCode, Regex.Count(output, ":status: 100"), Regex.Count(output, ":status: 200")));
    }

    [Fact]
    public async Task Nghttp_that_sends_more_headers_than_were_announced_is_told_so()
    {
        // 32 KiB of headers, in CONTINUATION frames.
        (_, string output) = await Run("nghttp", "nghttp2-client", ["-v", "--continuation", "-H", ":method: POST", .. Headers, "-d", Body, Url(Push.Token)]);
        Assert.Contains("[SETTINGS_MAX_HEADER_LIST_SIZE(0x06):8000]", output, StringComparison.Ordinal);
        Assert.Contains("error_code=ENHANCE_YOUR_CALM", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    public async Task A_stream_limit_is_kept_to_by_others_too(int limit)
    {
        Start(new ApnsEmulatorOptions { MaxConcurrentStreams = limit, Latency = TimeSpan.FromMilliseconds(1) });
        (int exitCode, string output) = await Run("h2load", "nghttp2-client", ["-n", "200", "-c", "4", "-m", "50", "-d", Body, .. Headers, Url(Push.Token)]);
        Assert.Equal(0, exitCode);
        Assert.Contains("200 2xx, 0 3xx, 0 4xx, 0 5xx", output, StringComparison.Ordinal);
        Assert.Equal(4, _emulator.GetReceived().Select(received => received.Connection).Distinct().Count());

        (exitCode, output) = await Run("curl", "curl", [.. Curl, "--parallel", .. Headers, "--data-binary", "@" + Body, Url(new string('0', 60) + "[1000-1049]")]);
        Assert.Equal((0, 50), (exitCode, Regex.Count(output, " 200 2\n")));
        Assert.Equal(250, _emulator.Accepted);
    }

    [Fact]
    public async Task H2load_gets_each_rejection()
    {
        (int exitCode, string output) = await Run("h2load", "nghttp2-client", ["-n", "1000", "-c", "3", "-m", "100", "-d", Body, .. Headers, Url(_gone)]);
        Assert.Equal(0, exitCode);
        Assert.Contains("status codes: 0 2xx, 0 3xx, 1000 4xx, 0 5xx", output, StringComparison.Ordinal);
        Assert.Equal((0, 1000), (_emulator.Accepted, _emulator.Rejected));
    }

    [Fact]
    public async Task Nghttp_gets_200_each_time()
    {
        (int exitCode, string output) = await Run(
            "nghttp", "nghttp2-client", ["-v", "-m", "20", "-H", ":method: POST", .. Headers, "-d", Body, Url(Push.Token)]);
        Assert.Equal(0, exitCode);
        Assert.Equal(20, Regex.Count(output, ":status: 200"));
        Assert.Contains("[SETTINGS_MAX_CONCURRENT_STREAMS(0x03):1]", output, StringComparison.Ordinal);
        Assert.Contains("[SETTINGS_MAX_CONCURRENT_STREAMS(0x03):1000]", output, StringComparison.Ordinal);
        Assert.Equal(20, _emulator.Accepted);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(100)]
    public async Task H2load_gets_2xx_only(int streams)
    {
        const int Count = 2000;
        (int exitCode, string output) = await Run(
            "h2load", "nghttp2-client",
            ["-n", Number(Count), "-c", "2", "-m", Number(streams), "-d", Body, .. Headers, Url(Push.Token)]);
        Assert.Equal(0, exitCode);
        Assert.Contains($"{Count} succeeded, 0 failed, 0 errored, 0 timeout", output, StringComparison.Ordinal);
        Assert.Contains($"status codes: {Count} 2xx, 0 3xx, 0 4xx, 0 5xx", output, StringComparison.Ordinal);
        Assert.Equal((Count, 0), (_emulator.Accepted, _emulator.Rejected));
        Assert.All(_emulator.GetReceived(), received => Assert.Equal(Payload, received.Payload));
    }

    /// <summary>Starts an emulator in the place of the one before.</summary>
    private void Start(ApnsEmulatorOptions options)
    {
        _emulator?.Dispose();
        _emulator = ApnsEmulator.Start(options);
        File.WriteAllText(Root, _emulator.RootCertificate.ExportCertificatePem());
    }

    private string[] Curl =>
        ["-q", "-s", "--noproxy", "*", "--http2", "--cacert", Root, "--max-time", "60", "-w", " %{http_code} %{http_version}\\n"];

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    private string Broadcast => $"https://{_emulator.Host}:{Number(_emulator.Port)}/4/broadcasts/apps/{Push.Topic}";

    private string Management(string what) => $"https://{_emulator.Host}:{Number(_emulator.ManagementPort)}/1/apps/{Push.Topic}/{what}";

    private string Url(string token) => $"https://{_emulator.Host}:{Number(_emulator.Port)}/3/device/{token}";

    /// <summary>Runs a program to its end; the test is skipped when it is not installed.</summary>
    private static async Task<(int ExitCode, string Output)> Run(string name, string package, IEnumerable<string> arguments)
    {
        string? path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .SelectMany(folder => new[] { Path.Combine(folder, name), Path.Combine(folder, name + ".exe") })
            .FirstOrDefault(File.Exists);
        Assert.SkipWhen(path is null, $"{name} is not installed (Debian package {package}).");

        var start = new ProcessStartInfo(path) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string argument in arguments) start.ArgumentList.Add(argument);
        using Process process = Process.Start(start)!;
        try
        {
            Task<string> output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            Task<string> error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            TestContext.Current.TestOutputHelper?.WriteLine(await error);
            return (process.ExitCode, await output);
        }
        finally
        {
            if (!process.HasExited) process.Kill();
        }
    }
}
