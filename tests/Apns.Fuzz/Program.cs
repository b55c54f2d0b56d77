using System;
using System.Diagnostics;
using System.Globalization;

namespace Apns.Fuzz;

/// <summary>
/// Feeds mutated input to whatever reads a stranger's bytes: <c>dotnet run -c Release --project tests/Apns.Fuzz -- [COUNT] [SEED]</c>.
/// Each input has its own seed, so a failing one is repeated by giving its seed and a count of 1.
/// </summary>
internal static class Program
{
    public static int Main(string[] args)
    {
        int count = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 100_000;
        int seed = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 1;
        var watch = Stopwatch.StartNew();
        for (int i = 0; i < count; i++)
        {
            try
            {
                FuzzTarget.Run(new Random(seed + i));
            }
            catch (Exception e)
            {
                Console.Error.WriteLine($"Seed {seed + i} failed: {e}");
                return 1;
            }
        }

        Console.WriteLine($"{count:N0} inputs from seed {seed} in {watch.Elapsed.TotalSeconds:0.0} s, no failure.");
        return 0;
    }
}
