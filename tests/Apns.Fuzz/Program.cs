using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using SharpFuzz;

namespace Apns.Fuzz;

/// <summary>
/// Feeds mutated input to whatever reads a stranger's bytes:
/// <c>dotnet run -c Release --project tests/Apns.Fuzz -- [TARGET] [COUNT] [SEED]</c>, all targets when none is named. Each
/// input has its own seed, so a failing one is repeated with a count of 1. <c>-- TARGET FILE</c> takes the one input that
/// is in a file, and <c>-- TARGET --sharpfuzz</c> takes what AFL or libFuzzer has.
/// </summary>
internal static class Program
{
    public static int Main(string[] args)
    {
        bool named = args.Length > 0 && !int.TryParse(args[0], out _);
        IReadOnlyList<FuzzTarget> targets = named ? [FuzzTarget.Find(args[0])] : FuzzTarget.All;
        string[] rest = named ? args[1..] : args;
        if (rest is ["--sharpfuzz"])
        {
            RunSharpFuzz(targets[0]);
            return 0;
        }

        if (rest.Length == 1 && File.Exists(rest[0]))
        {
            targets[0].Run(File.ReadAllBytes(rest[0]));
            return 0;
        }

        int count = rest.Length > 0 ? int.Parse(rest[0], CultureInfo.InvariantCulture) : 100_000;
        int seed = rest.Length > 1 ? int.Parse(rest[1], CultureInfo.InvariantCulture) : 0;
        bool all = true;
        foreach (FuzzTarget target in targets) all &= Holds(target, count, seed);
        return all ? 0 : 1;
    }

    private static bool Holds(FuzzTarget target, int count, int seed)
    {
        var mutator = new Mutator(target);
        var watch = Stopwatch.StartNew();
        for (int i = seed; i < seed + count; i++)
        {
            byte[] input = mutator.Make(i);
            try
            {
                target.Run(input);
            }
            catch (Exception e)
            {
                Console.Error.WriteLine($"{target.Name}: seed {i} failed, {Convert.ToBase64String(input)}: {e}");
                return false;
            }
        }

        Console.WriteLine($"{target.Name}: {count:N0} inputs from seed {seed} in {watch.Elapsed.TotalSeconds:0.0} s, no failure.");
        return true;
    }

    private static void RunSharpFuzz(FuzzTarget target)
    {
        if (Environment.GetEnvironmentVariable("__LIBFUZZER_SHM_ID") is not null)
        {
            Fuzzer.LibFuzzer.Run(target.Run);
            return;
        }

        Fuzzer.OutOfProcess.Run(stream =>
        {
            using var input = new MemoryStream();
            stream.CopyTo(input);
            target.Run(input.GetBuffer().AsSpan(0, (int)input.Length));
        });
    }
}
