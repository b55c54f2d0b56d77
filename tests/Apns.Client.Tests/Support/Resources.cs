using System;
using System.IO;
using System.Linq;

namespace Apns.Client.Tests;

/// <summary>What this process holds of the system: for tests that are <see cref="Alone"/>.</summary>
internal static class Resources
{
    /// <summary>
    /// What survived a full collection, generation by generation. GC.GetTotalMemory also counts what is free in the regions
    /// at hand, which makes a difference of several MiB where nothing has changed.
    /// </summary>
    public static long LiveBytes()
    {
        for (int i = 0; i < 2; i++)
        {
            GC.Collect(2, GCCollectionMode.Forced, blocking: true);
            GC.WaitForPendingFinalizers();
        }

        long live = 0;
        foreach (GCGenerationInfo generation in GC.GetGCMemoryInfo(GCKind.FullBlocking).GenerationInfo) live += generation.SizeAfterBytes - generation.FragmentationAfterBytes;
        return live;
    }

    /// <summary>Threads of connections, by the names that the system knows them by.</summary>
    public static int Threads(params string[] names)
    {
        int count = 0;
        foreach (string task in Directory.GetDirectories("/proc/self/task"))
        {
            try
            {
                if (names.Contains(File.ReadAllText(Path.Combine(task, "comm")).Trim())) count++;
            }
            catch (IOException)
            {
                // It ended meanwhile.
            }
        }

        return count;
    }

    /// <summary>Open sockets.</summary>
    public static int Sockets() =>
        Directory.GetFiles("/proc/self/fd").Count(static file => new FileInfo(file).LinkTarget?.StartsWith("socket:", StringComparison.Ordinal) == true);
}
