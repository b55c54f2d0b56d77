using System;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using System.Reflection;
using Microsoft.PowerShell.Commands.Internal.Format;

namespace Apns.Host;

/// <summary>
/// The few things that pwsh and its own cmdlets do with members of the engine that are not public. The engine's version
/// is pinned, and a test covers each of these.
/// </summary>
internal static class EngineInternals
{
    private const BindingFlags Any = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;

    private static readonly Assembly Engine = typeof(PSObject).Assembly;

    /// <summary>Lets <c>exit</c> in the next script reach <see cref="ScriptHost.SetShouldExit"/> as pwsh -File does.</summary>
    public static void LetExitReachHost(Runspace runspace)
    {
        object context = Get(runspace, "ExecutionContext");
        Set(context, "ScriptCommandProcessorShouldRethrowExit", true);
    }

    /// <summary>Marks an object as an error, so that Out-Default writes it to the error stream.</summary>
    public static PSObject AsErrorOutput(ErrorRecord error)
    {
        var wrapped = new PSObject(error);
        Set(wrapped, "WriteStream", "Error");
        return wrapped;
    }

    /// <summary>Makes an error point at the caller's position rather than at the cmdlet that reports it.</summary>
    public static void SetInvocation(ErrorRecord error, InvocationInfo invocation)
    {
        typeof(ErrorRecord).GetMethod("SetInvocationInfo", Any)!.Invoke(error, [invocation]);
        Set(error, "PreserveInvocationInfoOnce", true);
    }

    /// <summary>The exception that ends the commands before <paramref name="cmdlet"/> and nothing else.</summary>
    public static Exception StopUpstream(Cmdlet cmdlet) =>
        (Exception)Create("System.Management.Automation.StopUpstreamCommandsException", cmdlet);

    /// <summary>The validation error that makes the binder try another parameter set instead of giving up.</summary>
    public static Exception NotThisParameter(string message) =>
        (Exception)Create("System.Management.Automation.ValidationMetadataException", message, true);

    /// <summary>Makes a formatting cmdlet produce tables or lists.</summary>
    public static void SetShape(FrontEndCommandBase cmdlet, string shape)
    {
        Type shapes = Engine.GetType("Microsoft.PowerShell.Commands.Internal.Format.FormatShape", throwOnError: true)!;
        Set(cmdlet, "implementation", Create(FormatType("InnerFormatShapeCommand"), Enum.Parse(shapes, shape)));
    }

    /// <summary>Makes an output cmdlet format what it gets into a writer.</summary>
    public static void SetWriter(FrontEndCommandBase cmdlet, System.IO.TextWriter writer, int columns)
    {
        object manager = Create(FormatType("OutputManagerInner"));
        Set(manager, "LineOutput", Create(FormatType("TextWriterLineOutput"), writer, columns));
        Set(cmdlet, "implementation", manager);
    }

    private static string FormatType(string name) => "Microsoft.PowerShell.Commands.Internal.Format." + name;

    private static object Create(string typeName, params object[] arguments) =>
        Activator.CreateInstance(Engine.GetType(typeName, throwOnError: true)!, Any, null, arguments, null)!;

    private static object Get(object target, string name) =>
        target.GetType().GetProperty(name, Any)?.GetValue(target) ?? throw Missing(target, name);

    private static void Set(object target, string name, object value)
    {
        // Fields are looked for in the base types too: private ones are not inherited, these are internal.
        for (Type? type = target.GetType(); type is not null; type = type.BaseType)
        {
            if (type.GetProperty(name, Any) is { CanWrite: true } property)
            {
                property.SetValue(target, Convert(value, property.PropertyType));
                return;
            }

            if (type.GetField(name, Any) is { } field)
            {
                field.SetValue(target, Convert(value, field.FieldType));
                return;
            }
        }

        throw Missing(target, name);
    }

    private static object Convert(object value, Type type) =>
        type.IsEnum && value is string name ? Enum.Parse(type, name) : value;

    private static MissingMemberException Missing(object target, string name) =>
        new($"This version of the PowerShell engine has no {target.GetType().Name}.{name}.");
}
