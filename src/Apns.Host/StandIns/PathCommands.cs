using System.Collections.Generic;
using System.Collections.ObjectModel;
using System.Linq;
using System.Management.Automation;

namespace Apns.Host.StandIns;

/// <summary>Stands in for Test-Path.</summary>
[Cmdlet(VerbsDiagnostic.Test, "Path", DefaultParameterSetName = "Path")]
[OutputType(typeof(bool))]
public sealed class TestPathCommand : ItemPathCommand
{
    [Parameter]
    [Alias("Type")]
    [ValidateSet("Any", "Container", "Leaf")]
    public string PathType { get; set; } = "Any";

    [Parameter]
    public SwitchParameter IsValid { get; set; }

    protected override void ProcessRecord()
    {
        foreach (string path in Patterns) WriteObject(Test(path));
    }

    private bool Test(string path)
    {
        if (string.IsNullOrWhiteSpace(path)) return false;
        if (IsValid) return SessionState.Path.IsValid(path);
        try
        {
            if (!InvokeProvider.Item.Exists(path)) return false;
            return PathType == "Any" || InvokeProvider.Item.IsContainer(path) == (PathType == "Container");
        }
        catch (RuntimeException e) when (e is not PipelineStoppedException)
        {
            // A drive that does not exist, say.
            return false;
        }
    }
}

/// <summary>Stands in for Resolve-Path.</summary>
[Cmdlet(VerbsDiagnostic.Resolve, "Path", DefaultParameterSetName = "Path")]
[OutputType(typeof(PathInfo), typeof(string))]
public sealed class ResolvePathCommand : ItemPathCommand
{
    [Parameter]
    public SwitchParameter Relative { get; set; }

    protected override void ProcessRecord()
    {
        foreach (string path in Patterns)
        {
            Try(path, () =>
            {
                foreach (PathInfo resolved in SessionState.Path.GetResolvedPSPathFromPSPath(path))
                    WriteObject(Relative ? MakeRelative(resolved.Path) : resolved);
            });
        }
    }

    private string MakeRelative(string path)
    {
        string relative = SessionState.Path.NormalizeRelativePath(path, SessionState.Path.CurrentLocation.ProviderPath);
        bool needsDot = !relative.StartsWith('.') && !System.IO.Path.IsPathRooted(relative);
        return needsDot ? SessionState.Path.Combine(".", relative) : relative;
    }
}

/// <summary>Stands in for Join-Path.</summary>
[Cmdlet(VerbsCommon.Join, "Path")]
[OutputType(typeof(string))]
public sealed class JoinPathCommand : PathCommand
{
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath")]
    public string[] Path { get; set; } = [];

    [Parameter(Mandatory = true, Position = 1, ValueFromPipelineByPropertyName = true)]
    [AllowNull]
    [AllowEmptyString]
    public string? ChildPath { get; set; }

    [Parameter(Position = 2, ValueFromRemainingArguments = true)]
    [AllowNull]
    [AllowEmptyString]
    [AllowEmptyCollection]
    public string[] AdditionalChildPath { get; set; } = [];

    [Parameter]
    public SwitchParameter Resolve { get; set; }

    protected override void ProcessRecord()
    {
        foreach (string path in Path)
        {
            Try(path, () =>
            {
                string joined = AdditionalChildPath.Prepend(ChildPath ?? "").Aggregate(path, SessionState.Path.Combine);
                if (Resolve)
                    WriteObject(SessionState.Path.GetResolvedPSPathFromPSPath(joined).Select(info => info.Path), enumerateCollection: true);
                else
                    WriteObject(joined);
            });
        }
    }
}

/// <summary>Stands in for Split-Path.</summary>
[Cmdlet(VerbsCommon.Split, "Path", DefaultParameterSetName = "Parent")]
[OutputType(typeof(string), typeof(bool))]
public sealed class SplitPathCommand : PathCommand
{
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("LiteralPath", "PSPath")]
    public string[] Path { get; set; } = [];

    [Parameter(ParameterSetName = "Parent")]
    public SwitchParameter Parent { get; set; }

    [Parameter(Mandatory = true, ParameterSetName = "Leaf")]
    public SwitchParameter Leaf { get; set; }

    [Parameter(Mandatory = true, ParameterSetName = "LeafBase")]
    public SwitchParameter LeafBase { get; set; }

    [Parameter(Mandatory = true, ParameterSetName = "Extension")]
    public SwitchParameter Extension { get; set; }

    [Parameter(Mandatory = true, ParameterSetName = "IsAbsolute")]
    public SwitchParameter IsAbsolute { get; set; }

    [Parameter]
    public SwitchParameter Resolve { get; set; }

    protected override void ProcessRecord()
    {
        foreach (string path in Path)
        {
            Try(path, () =>
            {
                IEnumerable<string> paths = Resolve ? Resolved(path) : [path];
                foreach (string each in paths) WriteObject(Split(each));
            });
        }
    }

    private IEnumerable<string> Resolved(string path)
    {
        Collection<PathInfo> found = SessionState.Path.GetResolvedPSPathFromPSPath(path);
        return found.Select(info => info.Path);
    }

    private object Split(string path) => ParameterSetName switch
    {
        "Leaf" => SessionState.Path.ParseChildName(path),
        "LeafBase" => System.IO.Path.GetFileNameWithoutExtension(SessionState.Path.ParseChildName(path)),
        "Extension" => System.IO.Path.GetExtension(SessionState.Path.ParseChildName(path)),
        "IsAbsolute" => SessionState.Path.IsPSAbsolute(path, out _) || System.IO.Path.IsPathRooted(path),
        _ => SessionState.Path.ParseParent(path, ""),
    };
}
