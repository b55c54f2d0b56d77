using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;

namespace Apns.Host.StandIns;

/// <summary>A cmdlet about variables. Scopes go by name; numbered ones are not in the engine's public interface.</summary>
public abstract class VariableCommand : PSCmdlet
{
    [Parameter]
    [ValidateSet("Global", "Script", "Local")]
    public string? Scope { get; set; }

    private protected string Qualify(string name) => Scope is null ? name : $"{Scope}:{name}";
}

/// <summary>Stands in for Get-Variable.</summary>
[Cmdlet(VerbsCommon.Get, "Variable")]
[OutputType(typeof(PSVariable))]
public sealed class GetVariableCommand : VariableCommand
{
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    public string[] Name { get; set; } = ["*"];

    [Parameter]
    public SwitchParameter ValueOnly { get; set; }

    protected override void ProcessRecord()
    {
        foreach (string name in Name)
        {
            foreach (PSVariable variable in Find(name)) WriteObject(ValueOnly ? variable.Value : variable);
        }
    }

    private IEnumerable<PSVariable> Find(string name)
    {
        if (WildcardPattern.ContainsWildcardCharacters(name))
        {
            return InvokeProvider.ChildItem.Get(Qualify("variable:" + name), recurse: false)
                .Select(item => item.BaseObject)
                .OfType<PSVariable>()
                .OrderBy(variable => variable.Name, StringComparer.OrdinalIgnoreCase);
        }

        if (SessionState.PSVariable.Get(Qualify(name)) is { } found) return [found];
        var error = new ItemNotFoundException($"Cannot find a variable with the name '{name}'.");
        WriteError(new ErrorRecord(error, "VariableNotFound", ErrorCategory.ObjectNotFound, name));
        return [];
    }
}

/// <summary>Stands in for Set-Variable.</summary>
[Cmdlet(VerbsCommon.Set, "Variable", SupportsShouldProcess = true)]
public sealed class SetVariableCommand : VariableCommand
{
    private readonly List<object?> _piped = [];

    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    public string[] Name { get; set; } = [];

    [Parameter(Position = 1, ValueFromPipeline = true)]
    public object? Value { get; set; }

    [Parameter]
    public SwitchParameter PassThru { get; set; }

    protected override void ProcessRecord() => _piped.Add(Value);

    protected override void EndProcessing()
    {
        object? value = _piped.Count == 1 ? _piped[0] : _piped.ToArray();
        foreach (string name in Name)
        {
            if (!ShouldProcess(name)) continue;
            SessionState.PSVariable.Set(Qualify(name), value);
            if (PassThru) WriteObject(SessionState.PSVariable.Get(Qualify(name)));
        }
    }
}
