using System;
using System.Globalization;
using System.IO;
using System.Runtime.InteropServices;
using Xunit;

namespace Apns.Client.Tests;

/// <summary>Makes a file that is open in this process fail when it is read, as one on a network share that is gone.</summary>
internal static class UnreadableFile
{
    /// <summary>Puts a directory's descriptor in the place of the file's: reading that is an I/O error.</summary>
    public static void Make(string path)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "open files are found by /proc, which only Linux has");
        string link = Array.Find(Directory.GetFiles("/proc/self/fd"), link => new FileInfo(link).LinkTarget == path)!;
        int directory = Open("/\0"u8.ToArray(), 0);
        Assert.True(directory >= 0 && Duplicate(directory, int.Parse(Path.GetFileName(link), CultureInfo.InvariantCulture)) >= 0);
        _ = Close(directory);
    }

    [DllImport("libc", EntryPoint = "open")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Open(byte[] path, int flags);

    [DllImport("libc", EntryPoint = "dup2")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Duplicate(int from, int to);

    [DllImport("libc", EntryPoint = "close")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Close(int descriptor);
}
