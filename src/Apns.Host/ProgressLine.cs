using System;
using System.Diagnostics;
using System.Globalization;
using System.Management.Automation;

namespace Apns.Host;

/// <summary>
/// Progress as one line on standard error. A terminal's line is rewritten in place; into a file or a pipe goes one
/// record a second at most, and always the last one. Its owner's lock guards it.
/// </summary>
internal sealed class ProgressLine
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly ConsoleSurface _surface;
    private long? _lastWritten;
    private string? _heldBack;
    private int _shownLength;

    public ProgressLine(ConsoleSurface surface)
    {
        _surface = surface;
    }

    public void Show(ProgressRecord record)
    {
        if (record.RecordType == ProgressRecordType.Completed)
        {
            Finish();
            return;
        }

        string text = Describe(record);
        if (_surface.ErrorIsTerminal)
        {
            if (text.Length >= _surface.Width) text = text[..(_surface.Width - 1)];
            // The spaces cover what the previous text had more.
            _surface.Error.Write("\r" + text.PadRight(_shownLength) + "\r");
            _shownLength = text.Length;
        }
        else if (_lastWritten is { } last && Stopwatch.GetElapsedTime(last) < Interval)
        {
            _heldBack = text;
        }
        else
        {
            WriteRecord(text);
        }
    }

    /// <summary>Clears the terminal's line, so that other output starts on an empty one.</summary>
    public void Hide()
    {
        if (_shownLength == 0) return;
        _surface.Error.Write("\r" + new string(' ', _shownLength) + "\r");
        _shownLength = 0;
    }

    public void Finish()
    {
        Hide();
        if (_heldBack is not null) WriteRecord(_heldBack);
    }

    private static string Describe(ProgressRecord record)
    {
        string text = record.Activity;
        if (!string.IsNullOrWhiteSpace(record.StatusDescription)) text += ": " + record.StatusDescription;
        if (record.PercentComplete >= 0) text += string.Create(CultureInfo.InvariantCulture, $" [{record.PercentComplete}%]");
        if (!string.IsNullOrEmpty(record.CurrentOperation)) text += " " + record.CurrentOperation;
        return text.ReplaceLineEndings(" ");
    }

    private void WriteRecord(string text)
    {
        _surface.Error.WriteLine(text);
        _lastWritten = Stopwatch.GetTimestamp();
        _heldBack = null;
    }
}
