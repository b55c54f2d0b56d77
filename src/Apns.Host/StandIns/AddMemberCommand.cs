using System;
using System.Collections;
using System.Management.Automation;

namespace Apns.Host.StandIns;

/// <summary>Stands in for Add-Member: notes, aliases, script properties and script methods.</summary>
[Cmdlet(VerbsCommon.Add, "Member", DefaultParameterSetName = "TypeName")]
public sealed class AddMemberCommand : PSCmdlet
{
    [Parameter(Mandatory = true, ValueFromPipeline = true)]
    public PSObject? InputObject { get; set; }

    [Parameter(Mandatory = true, Position = 0, ParameterSetName = "Member")]
    [Alias("Type")]
    public PSMemberTypes MemberType { get; set; }

    [Parameter(Mandatory = true, Position = 1, ParameterSetName = "Member")]
    public string Name { get; set; } = "";

    [Parameter(Position = 2, ParameterSetName = "Member")]
    public object? Value { get; set; }

    [Parameter(Position = 3, ParameterSetName = "Member")]
    public object? SecondValue { get; set; }

    [Parameter(Mandatory = true, Position = 0, ParameterSetName = "Note")]
    [NoMemberType]
    public string NotePropertyName { get; set; } = "";

    [Parameter(Mandatory = true, Position = 1, ParameterSetName = "Note")]
    [AllowNull]
    public object? NotePropertyValue { get; set; }

    [Parameter(Mandatory = true, Position = 0, ParameterSetName = "Notes")]
    public IDictionary? NotePropertyMembers { get; set; }

    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? TypeName { get; set; }

    [Parameter]
    public SwitchParameter Force { get; set; }

    [Parameter]
    public SwitchParameter PassThru { get; set; }

    protected override void ProcessRecord()
    {
        if (TypeName is not null) InputObject!.TypeNames.Insert(0, TypeName);
        switch (ParameterSetName)
        {
            case "Member":
                Add(MakeMember());
                break;
            case "Note":
                Add(new PSNoteProperty(NotePropertyName, NotePropertyValue));
                break;
            case "Notes":
                foreach (DictionaryEntry note in NotePropertyMembers!)
                    Add(new PSNoteProperty(LanguagePrimitives.ConvertTo<string>(note.Key), note.Value));
                break;
        }

        if (PassThru) WriteObject(InputObject);
    }

    private PSMemberInfo MakeMember()
    {
        switch (MemberType)
        {
            case PSMemberTypes.NoteProperty:
                return new PSNoteProperty(Name, Value);
            case PSMemberTypes.AliasProperty:
                return new PSAliasProperty(Name, LanguagePrimitives.ConvertTo<string>(Value));
            case PSMemberTypes.ScriptProperty:
                return new PSScriptProperty(Name, Value as ScriptBlock, SecondValue as ScriptBlock);
            case PSMemberTypes.ScriptMethod:
                return new PSScriptMethod(Name, Value as ScriptBlock);
            default:
                var error = new PSNotSupportedException($"This Add-Member cannot add a {MemberType}.");
                ThrowTerminatingError(new ErrorRecord(error, "UnsupportedMemberType", ErrorCategory.NotImplemented, MemberType));
                throw error;
        }
    }

    private void Add(PSMemberInfo member)
    {
        if (InputObject!.Members[member.Name] is { } existing)
        {
            if (!Force || !existing.IsInstance)
            {
                var error = new PSInvalidOperationException(
                    $"Cannot add a member with the name \"{member.Name}\" because a member with that name already exists. To overwrite the member anyway, add the Force parameter to your command.");
                WriteError(new ErrorRecord(error, "MemberAlreadyExists", ErrorCategory.InvalidOperation, InputObject));
                return;
            }

            InputObject.Members.Remove(member.Name);
        }

        InputObject.Members.Add(member);
    }

    // "Add-Member NoteProperty a 1" and "Add-Member a 1" differ in the first word only: a word that names a kind of
    // member is no property's name, and the binder goes on to the parameter set that it belongs to.
    [AttributeUsage(AttributeTargets.Property)]
    private sealed class NoMemberTypeAttribute : ValidateArgumentsAttribute
    {
        protected override void Validate(object arguments, EngineIntrinsics engineIntrinsics)
        {
            if (arguments is string name && LanguagePrimitives.TryConvertTo(name, out PSMemberTypes _))
                throw EngineInternals.NotThisParameter($"'{name}' is a kind of member.");
        }
    }
}
