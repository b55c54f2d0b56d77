using System.Management.Automation;

namespace Apns.PowerShell.Commands;

/// <summary>Lists the runspace's open sessions.</summary>
[Cmdlet(VerbsCommon.Get, "ApnsSession")]
[OutputType(typeof(ApnsSession))]
public sealed class GetApnsSessionCommand : ApnsCmdlet
{
    /// <summary>Names to list, with wildcards; left out, all are listed.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(SessionCompleter))]
    public string[] Name { get; set; } = ["*"];

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (string name in Name)
        {
            bool found = false;
            WildcardPattern pattern = WildcardPattern.Get(name, WildcardOptions.IgnoreCase);
            foreach (ApnsSession session in RunspaceResources.Current.Sessions)
            {
                if (!pattern.IsMatch(session.Name)) continue;
                found = true;
                WriteObject(session);
            }

            if (!found && !WildcardPattern.ContainsWildcardCharacters(name)) WriteError(ErrorRecords.SessionNotFound(name));
        }
    }
}
