using System;
using System.IO;
using System.Text.RegularExpressions;

namespace Apns.PowerShell.Tests;

/// <summary>The module as users import it: the folder that the build stages.</summary>
internal static class StagedModule
{
    /// <summary>The repository's root: the folder that holds the manifest.</summary>
    public static string Root { get; } = FindRoot();

    public static string Version { get; } =
        Regex.Match(File.ReadAllText(Path.Combine(Root, "Apns.psd1")), @"ModuleVersion\s*=\s*'([^']+)'").Groups[1].Value;

    public static string Folder { get; } = Path.Combine(Root, "artifacts", "Apns", Version);

    public static string Manifest { get; } = Path.Combine(Folder, "Apns.psd1");

    private static string FindRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            // The staged folder has a manifest too, but no solution beside it.
            if (File.Exists(Path.Combine(folder.FullName, "Apns.psd1")) && File.Exists(Path.Combine(folder.FullName, "Directory.Build.props"))) return folder.FullName;
        }

        throw new InvalidOperationException($"No folder above {AppContext.BaseDirectory} holds Apns.psd1.");
    }
}
