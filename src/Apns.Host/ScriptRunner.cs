using System;
using System.IO;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using Apns.Host.StandIns;
using Microsoft.PowerShell;

namespace Apns.Host;

/// <summary>Runs one script or command to its end, with its output formatted and its exit code as pwsh has them.</summary>
internal sealed class ScriptRunner : IDisposable
{
    private const int Failed = 1;
    private const int Interrupted = 130;

    private readonly ConsoleUI _ui;
    private readonly ScriptHost _host;
    private readonly Runspace _runspace;
    private volatile Pipeline? _running;
    private volatile bool _stopRequested;

    public ScriptRunner(ConsoleSurface surface)
    {
        _ui = new ConsoleUI(surface);
        _host = new ScriptHost(_ui);
        InitialSessionState state = InitialSessionState.CreateDefault2();
        // On Windows the engine's default is to run no scripts at all; whoever starts this host names the script.
        if (OperatingSystem.IsWindows()) state.ExecutionPolicy = ExecutionPolicy.Bypass;
        _runspace = RunspaceFactory.CreateRunspace(_host, state);
        _runspace.ThreadOptions = PSThreadOptions.ReuseThread;
        _runspace.Open();
        StandInModule.Load(_runspace);
    }

    /// <summary>Runs what the command line asks for.</summary>
    /// <returns>The exit code.</returns>
    public int Run(CommandLine commandLine)
    {
        Exception? failure;
        bool succeeded = true;
        if (commandLine.ScriptPath is { } path)
        {
            // Without the extension the engine would take it for a native program.
            bool isScriptText = !path.EndsWith(".ps1", StringComparison.OrdinalIgnoreCase);
            var script = new Command(isScriptText ? File.ReadAllText(path) : path, isScriptText, useLocalScope: false);
            foreach (CommandParameter argument in commandLine.Arguments) script.Parameters.Add(argument);
            EngineInternals.LetExitReachHost(_runspace);
            Pipeline pipeline = _runspace.CreatePipeline();
            pipeline.Commands.Add(script);
            failure = Execute(pipeline);
        }
        else
        {
            // Only a pipeline that goes into the history leaves its $? behind.
            failure = Execute(_runspace.CreatePipeline(commandLine.Command!, addToHistory: true));
            succeeded = failure is null && _host.ExitCode is null && LastCommandSucceeded();
        }

        _ui.FinishProgress();
        if (failure is not null)
        {
            Report(failure);
            return Failed;
        }

        if (_host.ExitCode is { } exitCode) return exitCode;
        if (_stopRequested) return Interrupted;
        return succeeded ? 0 : Failed;
    }

    /// <summary>Stops what runs, so that its cmdlets clean up; called from any thread.</summary>
    /// <returns>False if it was asked for before: whoever asks twice does not want to wait.</returns>
    public bool Stop()
    {
        if (_stopRequested) return false;
        _stopRequested = true;
        _running?.StopAsync();
        return true;
    }

    public void Dispose() => _runspace.Dispose();

    private Exception? Execute(Pipeline pipeline)
    {
        pipeline.Commands[0].MergeMyResults(PipelineResultTypes.Error, PipelineResultTypes.Output);
        pipeline.Commands.Add(OutDefault());
        _running = pipeline;
        try
        {
            // Stop may have come before there was a pipeline to stop.
            if (!_stopRequested) pipeline.Invoke();
            return null;
        }
        catch (PipelineStoppedException) when (_stopRequested)
        {
            return null;
        }
        catch (Exception e) when (e is RuntimeException or InvalidOperationException)
        {
            return e;
        }
        finally
        {
            _running = null;
            pipeline.Dispose();
        }
    }

    private bool LastCommandSucceeded()
    {
        using Pipeline pipeline = _runspace.CreatePipeline("$global:?");
        return LanguagePrimitives.IsTrue(pipeline.Invoke()[0]);
    }

    private void Report(Exception failure)
    {
        ErrorRecord error = failure is IContainsErrorRecord { ErrorRecord: { } record }
            ? record
            : new ErrorRecord(failure, "Apns.Host", ErrorCategory.NotSpecified, null);
        using Pipeline pipeline = _runspace.CreatePipeline();
        pipeline.Commands.Add(OutDefault());
        pipeline.Input.Write(EngineInternals.AsErrorOutput(error));
        pipeline.Input.Close();
        pipeline.Invoke();
    }

    private static Command OutDefault() => new("Out-Default", isScript: false, useLocalScope: true)
    {
        MergeUnclaimedPreviousCommandResults = PipelineResultTypes.Error | PipelineResultTypes.Output,
    };
}
