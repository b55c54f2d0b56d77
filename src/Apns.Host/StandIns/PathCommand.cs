using System;
using System.Collections.Generic;
using System.Management.Automation;

namespace Apns.Host.StandIns;

/// <summary>A cmdlet about paths: resolves them, and turns an error about one path into one that does not end it.</summary>
public abstract class PathCommand : PSCmdlet
{
    /// <summary>The file-system paths that wildcards or literal paths name; errors are reported.</summary>
    private protected List<string> ResolveFiles(string[]? paths, string[]? literalPaths)
    {
        var files = new List<string>();
        foreach (string path in paths ?? [])
            Try(path, () => files.AddRange(GetResolvedProviderPathFromPSPath(path, out _)));
        foreach (string path in literalPaths ?? [])
            Try(path, () => files.Add(GetUnresolvedProviderPathFromPSPath(path)));
        return files;
    }

    /// <summary>The file-system paths to write to, which need not exist; wildcards count only where they match.</summary>
    private protected List<string> ResolveTargets(string[]? paths, string[]? literalPaths)
    {
        var files = new List<string>();
        foreach (string path in paths ?? [])
        {
            if (WildcardPattern.ContainsWildcardCharacters(path))
                Try(path, () => files.AddRange(GetResolvedProviderPathFromPSPath(path, out _)));
            else
                Try(path, () => files.Add(GetUnresolvedProviderPathFromPSPath(path)));
        }

        foreach (string path in literalPaths ?? [])
            Try(path, () => files.Add(GetUnresolvedProviderPathFromPSPath(path)));
        return files;
    }

    /// <summary>Does something with one path.</summary>
    /// <returns>False if that failed, which is reported.</returns>
    private protected bool Try(string path, Action action)
    {
        try
        {
            action();
            return true;
        }
        catch (RuntimeException e) when (e is not PipelineStoppedException)
        {
            WriteError(new ErrorRecord(e.ErrorRecord, e));
        }
        catch (Exception e) when (e is System.IO.IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            WriteError(new ErrorRecord(e, "PathError", ErrorCategory.InvalidOperation, path));
        }

        return false;
    }

    private protected void WriteNotFound(string path)
    {
        var error = new ItemNotFoundException($"Cannot find path '{path}' because it does not exist.");
        WriteError(new ErrorRecord(error, "PathNotFound", ErrorCategory.ObjectNotFound, path));
    }
}
