using System;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Management.Automation.Internal;

namespace Apns.Host;

/// <summary>The measures of the console, which formatting needs; no cursor, keys or buffer contents.</summary>
internal sealed class ConsoleRawUI : PSHostRawUserInterface
{
    public const ConsoleColor DefaultForeground = ConsoleColor.Gray;
    public const ConsoleColor DefaultBackground = ConsoleColor.Black;

    private readonly ConsoleSurface _surface;

    public ConsoleRawUI(ConsoleSurface surface)
    {
        _surface = surface;
    }

    public override ConsoleColor ForegroundColor { get; set; } = DefaultForeground;

    public override ConsoleColor BackgroundColor { get; set; } = DefaultBackground;

    public override Size BufferSize
    {
        get => new(_surface.Width, _surface.Height);
        set => throw Unsupported();
    }

    public override Size WindowSize
    {
        get => BufferSize;
        set => throw Unsupported();
    }

    public override Size MaxWindowSize => BufferSize;

    public override Size MaxPhysicalWindowSize => BufferSize;

    public override Coordinates CursorPosition
    {
        get => default;
        set => throw Unsupported();
    }

    public override Coordinates WindowPosition
    {
        get => default;
        set => throw Unsupported();
    }

    public override int CursorSize
    {
        get => 25;
        set => throw Unsupported();
    }

    public override string WindowTitle { get; set; } = "";

    public override bool KeyAvailable => false;

    public override int LengthInBufferCells(string source)
    {
        if (source.Contains('\u001b', StringComparison.Ordinal))
            source = new StringDecorated(source).ToString(OutputRendering.PlainText);
        int cells = 0;
        foreach (char c in source) cells += LengthInBufferCells(c);
        return cells;
    }

    public override int LengthInBufferCells(string source, int offset) => LengthInBufferCells(source[offset..]);

    // East Asian scripts and full-width forms take two cells; so does an emoji, one for each of its surrogates.
    public override int LengthInBufferCells(char source) =>
        source is (>= '\u1100' and <= '\u115f') or (>= '\u2e80' and <= '\ua4cf') or (>= '\uac00' and <= '\ud7a3') or
            (>= '\uf900' and <= '\ufaff') or (>= '\ufe30' and <= '\ufe6f') or (>= '\uff00' and <= '\uff60') or
            (>= '\uffe0' and <= '\uffe6')
            ? 2
            : 1;

    public override void FlushInputBuffer()
    {
    }

    public override BufferCell[,] GetBufferContents(Rectangle rectangle) => throw Unsupported();

    public override KeyInfo ReadKey(ReadKeyOptions options) => throw Unsupported();

    public override void ScrollBufferContents(Rectangle source, Coordinates destination, Rectangle clip, BufferCell fill) =>
        throw Unsupported();

    public override void SetBufferContents(Coordinates origin, BufferCell[,] contents) => throw Unsupported();

    public override void SetBufferContents(Rectangle rectangle, BufferCell fill) => throw Unsupported();

    private static NotSupportedException Unsupported() => new("Apns.Host has no access to the console's buffer.");
}
