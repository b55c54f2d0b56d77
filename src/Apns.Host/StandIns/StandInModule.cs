using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using System.Reflection;
using System.Threading;

namespace Apns.Host.StandIns;

/// <summary>
/// The everyday cmdlets that the engine's package lacks, as the module Apns.StandIns. It exports only those for which
/// PSModulePath has no real one, and is its last entry, so that every other runspace finds it on demand as well.
/// </summary>
public static class StandInModule
{
    private const string ModuleName = "Apns.StandIns";

    private static readonly Lock ChoiceLock = new();
    private static string[]? _chosen;

    /// <summary>The names of all stand-ins.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        .. typeof(StandInModule).Assembly.GetTypes()
            .Select(type => type.GetCustomAttribute<CmdletAttribute>())
            .OfType<CmdletAttribute>()
            .Select(cmdlet => $"{cmdlet.VerbName}-{cmdlet.NounName}")
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>The names to export; the module's script asks for them.</summary>
    public static IReadOnlyList<string> Exported => _chosen ?? All;

    /// <summary>Finds out once which real cmdlets there are, and loads stand-ins for the others.</summary>
    internal static void Load(Runspace runspace)
    {
        string folder = Path.Combine(Path.GetDirectoryName(typeof(StandInModule).Assembly.Location)!, "StandIns");
        lock (ChoiceLock)
            _chosen ??= Choose(runspace, folder);

        using var shell = PowerShell.Create(runspace);
        shell.AddCommand("Import-Module")
            .AddParameter("Name", ManifestIn(folder))
            .AddParameter("Global")
            .AddParameter("ErrorAction", ActionPreference.Stop)
            .Invoke();
    }

    private static string[] Choose(Runspace runspace, string folder)
    {
        // A host that was started by a host inherits the path that its parent extended.
        IEnumerable<string> inherited = (Environment.GetEnvironmentVariable("PSModulePath") ?? "")
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Where(entry => !File.Exists(ManifestIn(entry)) && !BelongsToAnotherEngine(entry));
        string modulePath = string.Join(Path.PathSeparator, inherited);
        Environment.SetEnvironmentVariable("PSModulePath", modulePath);

        // Asking for a command loads the module that has it, so the real ones are ready to be used, too.
        using var finder = PowerShell.Create(runspace);
        finder.AddScript("param($names) $names.Where({ -not $ExecutionContext.InvokeCommand.GetCommand($_, 'Cmdlet, Function') })")
            .AddArgument(All);
        string[] absent = [.. finder.Invoke<string>()];
        Environment.SetEnvironmentVariable("PSModulePath", modulePath + Path.PathSeparator + folder);
        return absent;
    }

    /// <summary>
    /// Whether a folder is the Modules folder of an installed PowerShell, as it is when pwsh starts this host: its
    /// cmdlets are found there and cannot be loaded here, since they are part of that engine.
    /// </summary>
    private static bool BelongsToAnotherEngine(string folder) =>
        Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(folder)) is { Length: > 0 } parent
        && File.Exists(Path.Combine(parent, "System.Management.Automation.dll"));

    private static string ManifestIn(string folder) => Path.Combine(folder, ModuleName, ModuleName + ".psd1");
}
