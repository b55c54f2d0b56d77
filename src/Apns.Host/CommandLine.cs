using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Management.Automation.Runspaces;

namespace Apns.Host;

/// <summary>What the command line asks for: a script with its arguments, or the text of a command.</summary>
internal sealed class CommandLine
{
    /// <summary>The exit code of pwsh for a command line that it cannot run.</summary>
    public const int UsageExitCode = 64;

    public const string Usage = """

        Usage: Apns.Host [-File] <script.ps1> [arguments...]
               Apns.Host -Command <text>
        """;

    private CommandLine()
    {
    }

    /// <summary>Full path of the script; null for a command.</summary>
    public string? ScriptPath { get; private init; }

    /// <summary>The command's text; null for a script.</summary>
    public string? Command { get; private init; }

    /// <summary>What is bound to the script's parameters.</summary>
    public IReadOnlyList<CommandParameter> Arguments { get; private init; } = [];

    /// <summary>Why nothing can run; null if all is well.</summary>
    public string? Error { get; private init; }

    public static CommandLine Parse(IReadOnlyList<string> args)
    {
        int i = 0;
        // The two switches that scripts for pwsh are habitually started with say what this host does anyway.
        while (i < args.Count && IsOption(args[i], "-NoProfile", "-NonInteractive")) i++;
        if (i == args.Count) return new CommandLine { Error = "No script is named." };

        if (IsOption(args[i], "-Command", "-c"))
        {
            return i + 1 == args.Count
                ? new CommandLine { Error = "-Command needs the text of a command." }
                : new CommandLine { Command = string.Join(' ', args.Skip(i + 1)) };
        }

        if (IsOption(args[i], "-File", "-f") && ++i == args.Count)
            return new CommandLine { Error = "-File needs the path of a script." };

        string path = Path.GetFullPath(args[i]);
        if (File.Exists(path)) return new CommandLine { ScriptPath = path, Arguments = [.. Bind(args.Skip(i + 1))] };

        return new CommandLine
        {
            Error = $"The argument '{args[i]}' is not recognized as the name of a script file. Check the spelling of " +
                "the name, or if a path was included, verify that the path is correct and try again.",
        };
    }

    // The rules of pwsh -File: "-Name", "-Name:value" and "-Name: value" name a parameter, anything else is a value,
    // and a value is a string unless it is a Boolean behind a colon.
    private static IEnumerable<CommandParameter> Bind(IEnumerable<string> args)
    {
        string? pending = null;
        foreach (string arg in args)
        {
            int colon = arg.IndexOf(':', StringComparison.Ordinal);
            if (pending is not null)
            {
                yield return new CommandParameter(pending, arg);
                pending = null;
            }
            else if (arg.Length < 2 || arg[0] != '-')
            {
                yield return new CommandParameter(null, arg);
            }
            else if (colon < 0)
            {
                yield return new CommandParameter(arg);
            }
            else if (colon == arg.Length - 1)
            {
                pending = arg[..colon];
            }
            else
            {
                yield return new CommandParameter(arg[..colon], BooleanOrText(arg[(colon + 1)..]));
            }
        }

        if (pending is not null) yield return new CommandParameter(pending);
    }

    private static object BooleanOrText(string text) =>
        bool.TryParse(text.StartsWith('$') ? text[1..] : text, out bool value) ? value : text;

    private static bool IsOption(string arg, params string[] names) =>
        names.Contains(arg, StringComparer.OrdinalIgnoreCase);
}
