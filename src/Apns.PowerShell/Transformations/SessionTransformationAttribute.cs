using System;
using System.Collections;
using System.Collections.Generic;
using System.Management.Automation;

namespace Apns.PowerShell;

/// <summary>Lets -Session be sessions or the names of some of this runspace's.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public sealed class SessionTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData)
    {
        object? value = ScriptValues.Unwrap(inputData);
        switch (value)
        {
            case string name:
                return RunspaceResources.Current.FindSession(name)
                    ?? throw new ArgumentTransformationMetadataException(ErrorRecords.SessionNotFound(name).Exception.Message);
            case IEnumerable list:
                var items = new List<object?>();
                foreach (object? item in list) items.Add(Transform(engineIntrinsics, item));
                return items.ToArray();
            default:
                return value;
        }
    }
}
