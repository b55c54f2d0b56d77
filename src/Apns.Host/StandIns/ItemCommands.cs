using System.Collections.ObjectModel;
using System.IO;
using System.Management.Automation;

namespace Apns.Host.StandIns;

/// <summary>Stands in for Get-Item.</summary>
[Cmdlet(VerbsCommon.Get, "Item", DefaultParameterSetName = "Path")]
public sealed class GetItemCommand : ItemPathCommand
{
    [Parameter]
    public SwitchParameter Force { get; set; }

    protected override void ProcessRecord()
    {
        foreach (string path in Paths)
            Try(path, () => WriteObject(InvokeProvider.Item.Get([path], Force, IsLiteral), enumerateCollection: true));
    }
}

/// <summary>Stands in for Get-ChildItem.</summary>
[Cmdlet(VerbsCommon.Get, "ChildItem", DefaultParameterSetName = "Path")]
public sealed class GetChildItemCommand : PathCommand
{
    private WildcardPattern? _filter;

    [Parameter(Position = 0, ParameterSetName = "Path", ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    public string[] Path { get; set; } = ["."];

    [Parameter(Mandatory = true, ParameterSetName = "LiteralPath", ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath", "LP")]
    public string[] LiteralPath { get; set; } = [];

    [Parameter(Position = 1)]
    public string? Filter { get; set; }

    [Parameter]
    [Alias("s", "r")]
    public SwitchParameter Recurse { get; set; }

    [Parameter]
    public uint Depth { get; set; }

    [Parameter]
    public SwitchParameter Force { get; set; }

    [Parameter]
    public SwitchParameter Name { get; set; }

    [Parameter]
    [Alias("af")]
    public SwitchParameter File { get; set; }

    [Parameter]
    [Alias("ad")]
    public SwitchParameter Directory { get; set; }

    protected override void BeginProcessing()
    {
        if (!string.IsNullOrEmpty(Filter)) _filter = WildcardPattern.Get(Filter, WildcardOptions.IgnoreCase);
    }

    protected override void ProcessRecord()
    {
        bool literal = ParameterSetName == "LiteralPath";
        foreach (string path in literal ? LiteralPath : Path)
            Try(path, () => WriteChildren(path, literal));
    }

    private void WriteChildren(string path, bool literal)
    {
        bool hasDepth = MyInvocation.BoundParameters.ContainsKey(nameof(Depth));
        Collection<PSObject> items = hasDepth
            ? InvokeProvider.ChildItem.Get([path], recurse: true, Depth, Force, literal)
            : InvokeProvider.ChildItem.Get([path], Recurse, Force, literal);
        foreach (PSObject item in items)
        {
            if (File && item.BaseObject is not FileInfo || Directory && item.BaseObject is not DirectoryInfo) continue;
            string name = item.Properties["PSChildName"]?.Value as string ?? "";
            if (_filter is not null && !_filter.IsMatch(name)) continue;
            if (Name)
                WriteObject(RelativeName(item, path, name));
            else
                WriteObject(item);
        }
    }

    // Below a folder the real one names items relative to the folder that it was asked for.
    private string RelativeName(PSObject item, string path, string name) =>
        item.BaseObject is FileSystemInfo file && (Recurse || Depth > 0) && !WildcardPattern.ContainsWildcardCharacters(path)
            ? System.IO.Path.GetRelativePath(GetUnresolvedProviderPathFromPSPath(path), file.FullName)
            : name;
}

/// <summary>Stands in for New-Item.</summary>
[Cmdlet(VerbsCommon.New, "Item", SupportsShouldProcess = true)]
public sealed class NewItemCommand : PathCommand
{
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    public string[] Path { get; set; } = [""];

    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string? Name { get; set; }

    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("Type")]
    public string? ItemType { get; set; }

    [Parameter(ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Target")]
    public object? Value { get; set; }

    [Parameter]
    public SwitchParameter Force { get; set; }

    protected override void ProcessRecord()
    {
        foreach (string path in Path)
        {
            if (!ShouldProcess(string.IsNullOrEmpty(Name) ? path : SessionState.Path.Combine(path, Name))) continue;
            Try(path, () => WriteObject(InvokeProvider.Item.New([path], Name, ItemType, Value, Force), enumerateCollection: true));
        }
    }
}

/// <summary>Stands in for Remove-Item. A folder with something in it needs -Recurse: there is nobody to ask.</summary>
[Cmdlet(VerbsCommon.Remove, "Item", DefaultParameterSetName = "Path", SupportsShouldProcess = true)]
public sealed class RemoveItemCommand : ItemPathCommand
{
    [Parameter]
    public SwitchParameter Recurse { get; set; }

    [Parameter]
    public SwitchParameter Force { get; set; }

    protected override void ProcessRecord()
    {
        foreach (string path in Paths)
        {
            if (ShouldProcess(path)) Try(path, () => Remove(path));
        }
    }

    private void Remove(string path)
    {
        string pattern = AsPattern(path);
        if (!Recurse && InvokeProvider.Item.Exists(pattern) && InvokeProvider.Item.IsContainer(pattern) && InvokeProvider.ChildItem.HasChild(pattern))
            throw new PSInvalidOperationException($"The item at {path} has children and the Recurse parameter was not specified.");
        InvokeProvider.Item.Remove([path], Recurse, Force, IsLiteral);
    }
}

/// <summary>Stands in for New-TemporaryFile.</summary>
[Cmdlet(VerbsCommon.New, "TemporaryFile", SupportsShouldProcess = true)]
[OutputType(typeof(FileInfo))]
public sealed class NewTemporaryFileCommand : PSCmdlet
{
    protected override void EndProcessing()
    {
        if (ShouldProcess(System.IO.Path.GetTempPath())) WriteObject(new FileInfo(System.IO.Path.GetTempFileName()));
    }
}
