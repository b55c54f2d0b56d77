using System.Management.Automation;

namespace Apns.PowerShell;

/// <summary>Closes the runspace's sessions and emulators when the module is removed from it.</summary>
public sealed class ModuleLifetime : IModuleAssemblyCleanup
{
    /// <inheritdoc/>
    public void OnRemove(PSModuleInfo psModuleInfo) => RunspaceResources.Current.CloseAll();
}
