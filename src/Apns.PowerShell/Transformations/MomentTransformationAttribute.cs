using System;
using System.Management.Automation;

namespace Apns.PowerShell;

/// <summary>Lets a parameter be a point in time in every form that scripts say it: see <see cref="Moment"/>.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public sealed class MomentTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData)
    {
        object? value = ScriptValues.Unwrap(inputData);
        try
        {
            return value is null ? null : Moment.Read(value);
        }
        catch (FormatException e)
        {
            throw new ArgumentTransformationMetadataException(e.Message, e);
        }
    }
}
