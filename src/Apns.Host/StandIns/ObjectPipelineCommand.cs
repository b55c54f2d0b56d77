using System.Collections.Generic;
using System.Management.Automation;

namespace Apns.Host.StandIns;

/// <summary>A cmdlet that works on whatever objects come down the pipeline.</summary>
public abstract class ObjectPipelineCommand : PSCmdlet
{
    [Parameter(ValueFromPipeline = true)]
    public PSObject? InputObject { get; set; }

    /// <summary>False for nothing at all, which the pipeline sends where a command has no input.</summary>
    private protected bool HasInput => InputObject is not null && InputObject != System.Management.Automation.Internal.AutomationNull.Value;

    private protected List<PropertySpec> ParseProperties(object[]? properties)
    {
        try
        {
            return PropertySpec.Parse(properties);
        }
        catch (PSArgumentException e)
        {
            ThrowTerminatingError(new ErrorRecord(e, "InvalidProperty", ErrorCategory.InvalidArgument, properties));
            throw;
        }
    }
}
