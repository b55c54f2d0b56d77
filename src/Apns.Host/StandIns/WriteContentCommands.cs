using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Text;

namespace Apns.Host.StandIns;

/// <summary>What Set-Content and Add-Content have in common; files only.</summary>
public abstract class WriteContentCommand : PathCommand, IDisposable
{
    private readonly List<StreamWriter> _writers = [];
    private bool _opened;

    [Parameter(Mandatory = true, Position = 0, ParameterSetName = "Path", ValueFromPipelineByPropertyName = true)]
    public string[]? Path { get; set; }

    [Parameter(Mandatory = true, ParameterSetName = "LiteralPath", ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath", "LP")]
    public string[]? LiteralPath { get; set; }

    [Parameter(Mandatory = true, Position = 1, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [AllowNull]
    [AllowEmptyCollection]
    public object?[]? Value { get; set; }

    [Parameter]
    public SwitchParameter NoNewline { get; set; }

    [Parameter]
    public SwitchParameter PassThru { get; set; }

    [Parameter]
    public SwitchParameter Force { get; set; }

    [Parameter]
    [TextEncoding]
    public Encoding Encoding { get; set; } = TextEncodingAttribute.Default;

    private protected abstract FileMode Mode { get; }

    /// <summary>Closes the files: the engine disposes of a cmdlet whichever way its pipeline ends.</summary>
    public void Dispose()
    {
        foreach (StreamWriter writer in _writers) writer.Dispose();
        _writers.Clear();
        GC.SuppressFinalize(this);
    }

    protected override void BeginProcessing()
    {
        // Paths from the pipeline come with the first object; those of the command line are opened even without any.
        if (Path is not null || LiteralPath is not null) Open();
    }

    protected override void ProcessRecord()
    {
        if (!_opened) Open();
        foreach (object? value in Value ?? [])
        {
            string text = LanguagePrimitives.ConvertTo<string>(value) + (NoNewline ? "" : Environment.NewLine);
            foreach (StreamWriter writer in _writers) writer.Write(text);
            if (PassThru) WriteObject(value);
        }
    }

    private void Open()
    {
        _opened = true;
        foreach (string file in ResolveTargets(Path, LiteralPath).Where(file => ShouldProcess(file)))
        {
            Try(file, () =>
            {
                if (Force && File.Exists(file)) File.SetAttributes(file, File.GetAttributes(file) & ~FileAttributes.ReadOnly);
                _writers.Add(new StreamWriter(new FileStream(file, Mode, FileAccess.Write, FileShare.Read), Encoding));
            });
        }
    }
}

/// <summary>Stands in for Set-Content.</summary>
[Cmdlet(VerbsCommon.Set, "Content", DefaultParameterSetName = "Path", SupportsShouldProcess = true)]
public sealed class SetContentCommand : WriteContentCommand
{
    private protected override FileMode Mode => FileMode.Create;
}

/// <summary>Stands in for Add-Content.</summary>
[Cmdlet(VerbsCommon.Add, "Content", DefaultParameterSetName = "Path", SupportsShouldProcess = true)]
public sealed class AddContentCommand : WriteContentCommand
{
    private protected override FileMode Mode => FileMode.Append;
}
