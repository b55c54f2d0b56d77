using System;
using System.Collections;
using System.Management.Automation;

namespace Apns.Host.StandIns;

/// <summary>Stands in for New-Object; .NET types only.</summary>
[Cmdlet(VerbsCommon.New, "Object")]
public sealed class NewObjectCommand : PSCmdlet
{
    [Parameter(Mandatory = true, Position = 0)]
    public string TypeName { get; set; } = "";

    [Parameter(Position = 1)]
    [Alias("Args")]
    public object[] ArgumentList { get; set; } = [];

    [Parameter]
    public IDictionary? Property { get; set; }

    protected override void BeginProcessing()
    {
        if (!LanguagePrimitives.TryConvertTo(TypeName, out Type type))
        {
            var error = new PSArgumentException($"Cannot find type [{TypeName}]: verify that the assembly containing this type is loaded.");
            ThrowTerminatingError(new ErrorRecord(error, "TypeNotFound", ErrorCategory.InvalidType, TypeName));
        }

        PSObject result = Construct(type);
        foreach (DictionaryEntry entry in Property ?? new Hashtable())
        {
            string name = LanguagePrimitives.ConvertTo<string>(entry.Key);
            if (result.Properties[name] is { } property) property.Value = entry.Value;
            else if (result.BaseObject is PSCustomObject) result.Properties.Add(new PSNoteProperty(name, entry.Value));
            else WriteMissing(name, result);
        }

        WriteObject(result);
    }

    private PSObject Construct(Type type)
    {
        try
        {
            if (type == typeof(PSObject) && ArgumentList.Length == 0) return new PSObject();
            // The engine's own choice of the constructor, with its conversions of the arguments.
            var construct = ScriptBlock.Create("param($type, $list) , $type::new.Invoke($list)");
            return type.IsValueType && ArgumentList.Length == 0
                ? PSObject.AsPSObject(Activator.CreateInstance(type)!)
                : construct.Invoke(type, ArgumentList)[0];
        }
        catch (RuntimeException e) when (e is not PipelineStoppedException)
        {
            ThrowTerminatingError(new ErrorRecord(e.InnerException ?? e, "ConstructorInvokedThrowException", ErrorCategory.InvalidOperation, type));
            throw;
        }
    }

    private void WriteMissing(string name, PSObject target)
    {
        var error = new InvalidOperationException($"The member \"{name}\" was not found for the specified .NET object.");
        WriteError(new ErrorRecord(error, "InvalidOperationException", ErrorCategory.InvalidOperation, target));
    }
}
