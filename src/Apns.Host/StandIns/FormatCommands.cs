using System.Management.Automation;
using Microsoft.PowerShell.Commands.Internal.Format;

namespace Apns.Host.StandIns;

/// <summary>Stands in for Format-Table: all but its name is in the engine.</summary>
[Cmdlet(VerbsCommon.Format, "Table")]
public sealed class FormatTableCommand : OuterFormatTableBase
{
    public FormatTableCommand()
    {
        EngineInternals.SetShape(this, "Table");
    }
}

/// <summary>Stands in for Format-List: all but its name is in the engine.</summary>
[Cmdlet(VerbsCommon.Format, "List")]
public sealed class FormatListCommand : OuterFormatTableAndListBase
{
    public FormatListCommand()
    {
        EngineInternals.SetShape(this, "List");
    }
}
