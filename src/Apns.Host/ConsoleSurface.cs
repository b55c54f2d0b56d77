using System;
using System.IO;

namespace Apns.Host;

/// <summary>Where the host's output goes: the process's console, or two writers in a test.</summary>
internal sealed class ConsoleSurface
{
    private const int RedirectedWidth = 120;

    private readonly int? _width;

    public ConsoleSurface(TextWriter output, TextWriter error, int? width = null)
    {
        Output = output;
        Error = error;
        _width = width;
    }

    public TextWriter Output { get; }

    public TextWriter Error { get; }

    public bool OutputIsTerminal { get; init; }

    public bool ErrorIsTerminal { get; init; }

    /// <summary>Columns to format for.</summary>
    public int Width
    {
        get
        {
            int width = _width ?? (OutputIsTerminal ? Console.WindowWidth : RedirectedWidth);
            // A terminal that does not know its size says 0.
            return width > 0 ? width : RedirectedWidth;
        }
    }

    /// <summary>Rows of the terminal; they matter to scripts only.</summary>
    public int Height => OutputIsTerminal && _width is null && Console.WindowHeight > 0 ? Console.WindowHeight : 50;

    public static ConsoleSurface OfProcess() => new(Console.Out, Console.Error)
    {
        OutputIsTerminal = !Console.IsOutputRedirected,
        ErrorIsTerminal = !Console.IsErrorRedirected,
    };
}
