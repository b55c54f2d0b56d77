using System;
using System.Collections;
using System.Collections.Generic;
using System.IO;
using System.Management.Automation;
using System.Management.Automation.Provider;
using System.Text;

namespace Apns.Host.StandIns;

/// <summary>
/// Stands in for Get-Content. Lines are emitted as they are read, as plain strings without the real one's properties
/// about their origin.
/// </summary>
[Cmdlet(VerbsCommon.Get, "Content", DefaultParameterSetName = "Path")]
[OutputType(typeof(string))]
public sealed class GetContentCommand : PathCommand
{
    private const int BufferSize = 1 << 16;

    [Parameter(Mandatory = true, Position = 0, ParameterSetName = "Path", ValueFromPipelineByPropertyName = true)]
    public string[]? Path { get; set; }

    [Parameter(Mandatory = true, ParameterSetName = "LiteralPath", ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath", "LP")]
    public string[]? LiteralPath { get; set; }

    [Parameter]
    [Alias("First", "Head")]
    [ValidateRange(0, long.MaxValue)]
    public long TotalCount { get; set; } = long.MaxValue;

    [Parameter]
    [Alias("Last")]
    [ValidateRange(0, int.MaxValue)]
    public int Tail { get; set; } = -1;

    /// <summary>Lines that come in one array; 0 stands for all.</summary>
    [Parameter]
    [ValidateRange(0, int.MaxValue)]
    public int ReadCount { get; set; } = 1;

    [Parameter]
    public SwitchParameter Raw { get; set; }

    [Parameter]
    [TextEncoding]
    public Encoding Encoding { get; set; } = TextEncodingAttribute.Default;

    protected override void BeginProcessing()
    {
        if (Raw && (Tail >= 0 || TotalCount != long.MaxValue) || Tail >= 0 && TotalCount != long.MaxValue)
        {
            var error = new PSInvalidOperationException("Only one of the parameters Raw, Tail and TotalCount can be used at a time.");
            ThrowTerminatingError(new ErrorRecord(error, "InvalidParameterCombination", ErrorCategory.InvalidArgument, null));
        }
    }

    protected override void ProcessRecord()
    {
        foreach (string path in Path ?? LiteralPath!)
        {
            bool literal = LiteralPath is not null;
            if (IsOfOtherProvider(path))
            {
                Try(path, () => ReadFromProvider(path, literal));
                continue;
            }

            foreach (string file in literal ? ResolveFiles(null, [path]) : ResolveFiles([path], null))
            {
                if (Directory.Exists(file))
                {
                    var error = new UnauthorizedAccessException($"Unable to get content because it is a directory: '{file}'. Please use 'Get-ChildItem' instead.");
                    WriteError(new ErrorRecord(error, "GetContainerContentException", ErrorCategory.PermissionDenied, file));
                }
                else if (!File.Exists(file))
                {
                    WriteNotFound(file);
                }
                else
                {
                    Try(file, () => Read(file));
                }
            }
        }
    }

    private bool IsOfOtherProvider(string path)
    {
        try
        {
            SessionState.Path.GetUnresolvedProviderPathFromPSPath(path, out ProviderInfo provider, out _);
            return provider.Name != "FileSystem";
        }
        catch (RuntimeException)
        {
            // Resolving it for reading reports what is wrong.
            return false;
        }
    }

    // Functions, variables and environment variables are content too: "Get-Content function:prompt".
    private void ReadFromProvider(string path, bool literal)
    {
        foreach (IContentReader reader in InvokeProvider.Content.GetReader([path], force: false, literal))
        {
            using (reader)
            {
                for (IList block = reader.Read(1); block is { Count: > 0 }; block = reader.Read(1))
                    WriteObject(block, enumerateCollection: true);
                reader.Close();
            }
        }
    }

    private void Read(string file)
    {
        // Others may go on writing: logs are read while they grow.
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, BufferSize, FileOptions.SequentialScan);
        using var reader = new StreamReader(stream, Encoding, detectEncodingFromByteOrderMarks: true, BufferSize);
        if (Raw)
        {
            string text = reader.ReadToEnd();
            if (text.Length > 0) WriteObject(text);
        }
        else if (Tail >= 0)
        {
            var last = new Queue<string>();
            while (reader.ReadLine() is { } line && !Stopping)
            {
                last.Enqueue(line);
                if (last.Count > Tail) last.Dequeue();
            }

            WriteObject(last, enumerateCollection: true);
        }
        else
        {
            List<string> block = [];
            for (long i = 0; i < TotalCount && reader.ReadLine() is { } line; i++)
            {
                if (ReadCount == 1)
                {
                    WriteObject(line);
                    continue;
                }

                block.Add(line);
                if (block.Count != ReadCount) continue;
                WriteObject(block.ToArray());
                block.Clear();
            }

            if (block.Count > 0) WriteObject(block.ToArray());
        }
    }
}
