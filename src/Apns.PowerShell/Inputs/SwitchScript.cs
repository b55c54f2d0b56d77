using System;
using System.Management.Automation;

namespace Apns.PowerShell;

/// <summary>
/// Carries the script block of a switch (<c>-MutableContent:{ $_.Rich }</c>) past PowerShell's binder. A SwitchParameter
/// cannot hold one; but the transformation of a parameter's argument and the setter of its property run one after the other
/// on the same thread.
/// </summary>
internal static class SwitchScript
{
    [ThreadStatic]
    private static ScriptBlock? _script;

    /// <summary>Keeps the script block of a switch for its setter; null says that it has none.</summary>
    public static void Put(ScriptBlock? script) => _script = script;

    /// <summary>What was kept for the switch that is being set, once.</summary>
    public static ScriptBlock? Take()
    {
        ScriptBlock? script = _script;
        _script = null;
        return script;
    }
}
