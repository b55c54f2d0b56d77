using System;
using System.Collections;
using System.Linq;
using System.Management.Automation;

namespace Apns.PowerShell;

/// <summary>
/// Lets bytes be the one device token that they are, where PowerShell would make a token of each of them; alone and in a
/// list. Whatever else a list holds has a text here, so that no input is refused before it could have a result.
/// </summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
internal sealed class TokenTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData)
    {
        object? value = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        if (ByteList.Gather(value) is { } bytes) return Convert.ToHexStringLower(bytes);
        if (value is not IList list || value is string[]) return inputData;
        return list.Cast<object?>().Select(Read).ToArray();
    }

    private static string? Read(object? given)
    {
        object? value = ScriptValues.Unwrap(given);
        return ByteList.Gather(value) is { } bytes ? Convert.ToHexStringLower(bytes) : value?.ToString();
    }
}
