using System;
using System.Globalization;
using System.Management.Automation.Host;

namespace Apns.Host;

/// <summary>The host that the engine sees: a name, a user interface, and the exit code that a script asked for.</summary>
internal sealed class ScriptHost : PSHost
{
    private readonly ConsoleUI _ui;

    public ScriptHost(ConsoleUI ui)
    {
        _ui = ui;
    }

    /// <summary>What <c>exit</c> was given; null as long as no script called it.</summary>
    public int? ExitCode { get; private set; }

    public override string Name => "Apns.Host";

    public override Version Version => typeof(ScriptHost).Assembly.GetName().Version!;

    public override Guid InstanceId { get; } = Guid.NewGuid();

    public override PSHostUserInterface UI => _ui;

    public override CultureInfo CurrentCulture { get; } = CultureInfo.CurrentCulture;

    public override CultureInfo CurrentUICulture { get; } = CultureInfo.CurrentUICulture;

    public override void SetShouldExit(int exitCode) => ExitCode = exitCode;

    public override void EnterNestedPrompt() => throw new NotSupportedException("Apns.Host is not interactive.");

    public override void ExitNestedPrompt() => throw new NotSupportedException("Apns.Host is not interactive.");

    // A native command writes to the same terminal: a progress line must not stay under its output.
    public override void NotifyBeginApplication() => _ui.HideProgress();

    public override void NotifyEndApplication()
    {
    }
}
