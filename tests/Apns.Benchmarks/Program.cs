using BenchmarkDotNet.Running;

namespace Apns.Benchmarks;

/// <summary>The parts of the hot path, one at a time: <c>dotnet run -c Release --project tests/Apns.Benchmarks -- --filter '*'</c>.</summary>
internal static class Program
{
    public static void Main(string[] args) => BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
}
