using System.Collections.Generic;
using System.Management.Automation;

namespace Apns.Host.StandIns;

/// <summary>Stands in for Tee-Object.</summary>
[Cmdlet("Tee", "Object", DefaultParameterSetName = "File")]
public sealed class TeeObjectCommand : ObjectPipelineCommand
{
    private readonly List<PSObject> _items = [];
    private SteppablePipeline? _file;

    [Parameter(Mandatory = true, Position = 0, ParameterSetName = "File")]
    [Alias("Path")]
    public string? FilePath { get; set; }

    [Parameter(Mandatory = true, ParameterSetName = "LiteralFile")]
    [Alias("PSPath", "LP")]
    public string? LiteralPath { get; set; }

    [Parameter(ParameterSetName = "File")]
    public SwitchParameter Append { get; set; }

    [Parameter(Mandatory = true, ParameterSetName = "Variable")]
    public string? Variable { get; set; }

    protected override void BeginProcessing()
    {
        if (Variable is not null) return;
        var outFile = ScriptBlock.Create("param($path, $append) Out-File -LiteralPath $path -Append:$append");
        _file = outFile.GetSteppablePipeline(CommandOrigin.Internal, [GetUnresolvedProviderPathFromPSPath(FilePath ?? LiteralPath), Append.IsPresent]);
        _file.Begin(expectInput: true);
    }

    protected override void ProcessRecord()
    {
        if (!HasInput) return;
        if (_file is null)
            _items.Add(InputObject!);
        else
            _file.Process(InputObject);
        WriteObject(InputObject);
    }

    protected override void EndProcessing()
    {
        if (_file is not null)
        {
            _file.End();
            _file.Dispose();
        }
        else
        {
            SessionState.PSVariable.Set(Variable, _items.Count == 1 ? _items[0] : _items.ToArray());
        }
    }
}
