using System;
using System.Collections;
using System.Collections.Generic;
using System.Management.Automation;

namespace Apns.PowerShell;

/// <summary>
/// A parameter that says something of a notification, and so may differ from input to input: it takes a value, or a
/// script block that is given the input as <c>$_</c>, or its value comes from the input's property of the same name.
/// </summary>
/// <param name="type">What the value is in the end; see <see cref="NotificationValue"/>.</param>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class NotificationValueAttribute(Type type) : ArgumentTransformationAttribute
{
    /// <summary>What the value is in the end.</summary>
    public Type Type { get; } = type;

    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData)
    {
        object? value = ScriptValues.Unwrap(inputData);
        if (Type == typeof(bool)) SwitchScript.Put(value as ScriptBlock);
        if (value is ScriptBlock) return Type == typeof(bool) ? SwitchParameter.Present : value;

        // What a structure holds is judged as the notification's content, when that is made.
        if (Type == typeof(IDictionary) || Type == typeof(byte[]) || Type == typeof(IReadOnlyDictionary<string, string>)) return inputData;
        try
        {
            return NotificationValue.Read(inputData, Type);
        }
        catch (Exception e) when (e is FormatException or PSInvalidCastException)
        {
            throw new ArgumentTransformationMetadataException(e.Message, e);
        }
    }
}
