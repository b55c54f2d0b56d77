using System;
using System.Management.Automation;

namespace Apns.Host.StandIns;

/// <summary>Stands in for New-Guid.</summary>
[Cmdlet(VerbsCommon.New, "Guid", DefaultParameterSetName = "Default")]
[OutputType(typeof(Guid))]
public sealed class NewGuidCommand : PSCmdlet
{
    [Parameter(ParameterSetName = "Empty")]
    public SwitchParameter Empty { get; set; }

    [Parameter(Position = 0, ParameterSetName = "InputObject", ValueFromPipeline = true)]
    public Guid? InputObject { get; set; }

    protected override void ProcessRecord() => WriteObject(InputObject ?? (Empty ? Guid.Empty : Guid.NewGuid()));
}
