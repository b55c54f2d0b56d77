using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using System.Threading.Tasks;

namespace Apns.LoadTest.Bench;

/// <summary>h2load at the same server: what a load generator in C needs for the same requests, without looking at the answers.</summary>
internal static partial class Yardstick
{
    private const int Paths = 10_000;

    /// <summary>Requests for each second of processor time, user and system.</summary>
    /// <exception cref="BenchException">h2load or time is missing, or not every request was answered 200.</exception>
    public static async Task<double> RunAsync(int cpu, NginxServer server, int count, byte[] payload)
    {
        string h2load = Child.Find("h2load") ?? throw new BenchException("h2load is missing: apt-get install nghttp2-client");
        string time = Child.Find("time") ?? throw new BenchException("time is missing: apt-get install time");
        string folder = Directory.CreateTempSubdirectory("apns-h2load-").FullName;
        try
        {
            string body = Path.Combine(folder, "body");
            string paths = Path.Combine(folder, "paths");
            string used = Path.Combine(folder, "time");
            await File.WriteAllBytesAsync(body, payload);
            await File.WriteAllLinesAsync(paths, new Workload(Paths, 1, payload).Tokens.Select(token => $"https://localhost:{server.Port}/3/device/{token}"));
            string said = await Child.RunAsync(
                cpu,
                time,
                ["-f", "%U %S", "-o", used, h2load, "-n", $"{count}", "-c", "1", "-m", "1000", "-t", "1", "-d", body, "-i", paths, "-H", "apns-topic: com.example.app", "-H", "apns-push-type: alert", "-H", "apns-priority: 10", "-H", $"authorization: bearer {new string('x', 200)}"]);
            Match good = Answers().Match(said);
            if (!good.Success || good.Groups[1].Value != $"{count}") throw new BenchException($"h2load was not answered {count} times: {said}");
            double seconds = (await File.ReadAllTextAsync(used)).Split(' ').Sum(static part => double.Parse(part, CultureInfo.InvariantCulture));
            return count / seconds;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [GeneratedRegex(@"status codes: (\d+) 2xx")]
    private static partial Regex Answers();
}
