using System;
using System.Collections.Generic;
using System.Collections.ObjectModel;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Management.Automation.Internal;
using System.Security;
using System.Threading;

namespace Apns.Host;

/// <summary>
/// Writes what the engine formatted, each stream where pwsh writes it: errors and progress to standard error, all else
/// to standard output. It asks nothing: a prompt is an error, as under <c>-NonInteractive</c>.
/// </summary>
internal sealed class ConsoleUI : PSHostUserInterface
{
    private readonly ConsoleSurface _surface;
    private readonly ConsoleRawUI _rawUI;
    private readonly ProgressLine _progress;
    // Output comes from the pipeline's thread, and from any thread that a script started.
    private readonly Lock _lock = new();

    public ConsoleUI(ConsoleSurface surface)
    {
        _surface = surface;
        _rawUI = new ConsoleRawUI(surface);
        _progress = new ProgressLine(surface);
    }

    public override PSHostRawUserInterface RawUI => _rawUI;

    // Asked by whoever is about to put colours in: worth it if at least one of the two streams keeps them.
    public override bool SupportsVirtualTerminal => KeepsColours(_surface.OutputIsTerminal) || KeepsColours(_surface.ErrorIsTerminal);

    public override void Write(string value) => WriteText(value);

    public override void Write(ConsoleColor foregroundColor, ConsoleColor backgroundColor, string value) =>
        WriteText(Paint(foregroundColor, backgroundColor, value));

    public override void WriteLine(string value) => WriteText(value + Environment.NewLine);

    public override void WriteLine(ConsoleColor foregroundColor, ConsoleColor backgroundColor, string value) =>
        WriteText(Paint(foregroundColor, backgroundColor, value) + Environment.NewLine);

    public override void WriteErrorLine(string value)
    {
        if (string.IsNullOrEmpty(value)) return;
        lock (_lock)
        {
            _progress.Hide();
            _surface.Error.WriteLine(Render(value, _surface.ErrorIsTerminal));
        }
    }

    public override void WriteWarningLine(string message) => WriteMessage("WARNING: ", FormatStyle.Warning, message);

    public override void WriteVerboseLine(string message) => WriteMessage("VERBOSE: ", FormatStyle.Verbose, message);

    public override void WriteDebugLine(string message) => WriteMessage("DEBUG: ", FormatStyle.Debug, message);

    public override void WriteProgress(long sourceId, ProgressRecord record)
    {
        lock (_lock)
            _progress.Show(record);
    }

    /// <summary>Clears the line that shows progress, if there is one.</summary>
    public void HideProgress()
    {
        lock (_lock)
            _progress.Hide();
    }

    /// <summary>Shows the last progress record if it was held back, and clears the line.</summary>
    public void FinishProgress()
    {
        lock (_lock)
            _progress.Finish();
    }

    // The engine turns this exception into "missing mandatory parameters", which is what the user needs to read.
    public override Dictionary<string, PSObject> Prompt(string caption, string message, Collection<FieldDescription> descriptions) =>
        throw NotInteractive();

    public override int PromptForChoice(string caption, string message, Collection<ChoiceDescription> choices, int defaultChoice) =>
        throw NotInteractive();

    public override PSCredential PromptForCredential(string caption, string message, string userName, string targetName) =>
        throw NotInteractive();

    public override PSCredential PromptForCredential(
        string caption,
        string message,
        string userName,
        string targetName,
        PSCredentialTypes allowedCredentialTypes,
        PSCredentialUIOptions options) =>
        throw NotInteractive();

    public override string ReadLine() => throw NotInteractive();

    public override SecureString ReadLineAsSecureString() => throw NotInteractive();

    private static PSInvalidOperationException NotInteractive() =>
        new("Apns.Host is not interactive: reading input and prompting are not available.");

    private static string Paint(ConsoleColor foreground, ConsoleColor background, string value)
    {
        // The engine passes RawUI's colours where the script named none.
        string start = (foreground == ConsoleRawUI.DefaultForeground ? "" : PSStyle.MapForegroundColorToEscapeSequence(foreground)) +
            (background == ConsoleRawUI.DefaultBackground ? "" : PSStyle.MapBackgroundColorToEscapeSequence(background));
        return start.Length == 0 ? value : start + value + PSStyle.Instance.Reset;
    }

    private static bool KeepsColours(bool isTerminal) => PSStyle.Instance.OutputRendering switch
    {
        OutputRendering.Ansi => true,
        OutputRendering.PlainText => false,
        _ => isTerminal,
    };

    private static string Render(string text, bool isTerminal)
    {
        if (!text.Contains('\u001b', StringComparison.Ordinal) || KeepsColours(isTerminal)) return text;
        return new StringDecorated(text).ToString(OutputRendering.PlainText);
    }

    private void WriteMessage(string prefix, FormatStyle style, string message) =>
        WriteText(GetFormatStyleString(style) + prefix + message + PSStyle.Instance.Reset + Environment.NewLine);

    private void WriteText(string text)
    {
        lock (_lock)
        {
            _progress.Hide();
            _surface.Output.Write(Render(text, _surface.OutputIsTerminal));
        }
    }
}
