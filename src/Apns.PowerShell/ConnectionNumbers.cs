using System.Management.Automation;

namespace Apns.PowerShell;

/// <summary>The rule for -Connections and -MaxConnections together.</summary>
internal static class ConnectionNumbers
{
    /// <summary>What is wrong with them, or null.</summary>
    public static ErrorRecord? Check(int? connections, int? maxConnections)
    {
        if (connections is not { } min || maxConnections is not { } max || max >= min) return null;
        return ErrorRecords.InvalidArgument("InvalidMaxConnections", $"-MaxConnections {max} is less than -Connections {min}. Give at least as many, or leave it out for a fixed number.", max);
    }
}
