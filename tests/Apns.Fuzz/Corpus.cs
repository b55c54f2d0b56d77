using System;
using System.IO;
using System.Linq;
using System.Reflection;

namespace Apns.Fuzz;

/// <summary>The files of Corpus/, a folder for each target, as they lie in the assembly.</summary>
internal static class Corpus
{
    private static readonly Assembly Assembly = typeof(Corpus).Assembly;

    /// <summary>A target's, always in the same order.</summary>
    public static byte[][] Of(FuzzTarget target) =>
        [.. Assembly.GetManifestResourceNames().Where(name => FolderOf(name) == target.Name).Order(StringComparer.Ordinal).Select(Read)];

    /// <summary>One by its name, folder and all.</summary>
    public static byte[] Read(string name)
    {
        using Stream file = Assembly.GetManifestResourceStream(name) ?? throw new FileNotFoundException(name);
        byte[] bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        return bytes;
    }

    private static string FolderOf(string name) => name[..Math.Max(0, name.IndexOf('/', StringComparison.Ordinal))];
}
