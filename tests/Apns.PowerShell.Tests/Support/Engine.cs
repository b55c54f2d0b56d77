using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.PowerShell;
using Xunit;

namespace Apns.PowerShell.Tests;

/// <summary>
/// A runspace of the real engine with the staged module imported. Scripts find <c>$t</c>, a device token, and
/// <c>$tokens</c>, ten of them.
/// </summary>
internal sealed class Engine : IDisposable
{
    public const string Topic = "com.example.app";

    // No wait of a test is for ever. What must be quick takes milliseconds; this is only how long a hang may last.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    // PowerShell fills tables of its own when a process makes its first initial session state. A runspace that is made
    // while another thread does so may miss some of that: one of seventy processes did not find Import-Module then.
    private static readonly Lock Opening = new();

    private readonly RecordingHost _host = new();
    private readonly Runspace _runspace;

    public Engine(bool import = true)
    {
        lock (Opening)
        {
            InitialSessionState state = InitialSessionState.CreateDefault2();
            if (OperatingSystem.IsWindows()) state.ExecutionPolicy = ExecutionPolicy.Bypass;
            if (import) state.ImportPSModule([StagedModule.Manifest]);
            state.ThrowOnRunspaceOpenError = true;
            _runspace = RunspaceFactory.CreateRunspace(_host, state);
            _runspace.ThreadOptions = PSThreadOptions.ReuseThread;
            InTime(_runspace.Open, "To open a runspace");
        }

        this["manifest"] = StagedModule.Manifest;
        this["t"] = Token(1);
        this["tokens"] = Tokens(10);
    }

    /// <summary>What the host was asked and told.</summary>
    public RecordingHost Host => _host;

    /// <summary>A variable of the scripts.</summary>
    public object? this[string name]
    {
        get => _runspace.SessionStateProxy.GetVariable(name);
        set => _runspace.SessionStateProxy.SetVariable(name, value);
    }

    public static string Token(int number) => $"{number:x8}".PadLeft(64, 'a');

    public static string[] Tokens(int count, int first = 1) => [.. Enumerable.Range(first, count).Select(Token)];

    /// <summary>The object in a variable: to look at its properties while a script runs.</summary>
    public dynamic Object(string name) => this[name] is PSObject wrapped ? wrapped.BaseObject : this[name]!;

    /// <summary>Starts an emulator as <c>$emulator</c> and connects to it as <c>$session</c>.</summary>
    /// <param name="emulatorParameters">Parameters of Start-ApnsEmulator.</param>
    /// <param name="connectParameters">Parameters of Connect-Apns.</param>
    /// <returns>This engine.</returns>
    public Engine Connected(string emulatorParameters = "", string connectParameters = "-Topic com.example.app")
    {
        Run($"$emulator = Start-ApnsEmulator {emulatorParameters}; $session = Connect-Apns -Emulator $emulator {connectParameters}").Clean();
        return this;
    }

    /// <summary>Runs a script to its end. A terminating error becomes <see cref="EngineResult.Failure"/>.</summary>
    public EngineResult Run(string script)
    {
        using Running running = Begin(script);
        return running.End();
    }

    /// <summary>The output of a script that must report no error.</summary>
    public IReadOnlyList<PSObject> Output(string script) => Run(script).Clean().Output;

    /// <summary>The one value that a script puts out.</summary>
    public T Value<T>(string script) => LanguagePrimitives.ConvertTo<T>(Assert.Single(Output(script)));

    /// <summary>The terminating error of a script that must have one and report no other.</summary>
    public ErrorRecord Failure(string script)
    {
        EngineResult result = Run(script);
        Assert.Empty(result.Errors);
        Assert.NotNull(result.Failure);
        return result.Failure;
    }

    /// <summary>What the emulator got, by the expression that holds it.</summary>
    public IReadOnlyList<PSObject> Received(string emulator = "$emulator") => Output($"{emulator}.GetReceived()");

    /// <summary>Starts a script and returns at once; nothing else may run in this engine until it ends.</summary>
    public Running Begin(string script) => new(_runspace, _host, script);

    public void Dispose() => InTime(_runspace.Dispose, "To end a runspace");

    // A test that hangs would keep all others from being told.
    private static void InTime(Action action, string what, TimeSpan? patience = null)
    {
        Task task = Task.Factory.StartNew(action, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        Assert.True(((IAsyncResult)task).AsyncWaitHandle.WaitOne(patience ?? Patience), $"{what} hangs.");
        task.GetAwaiter().GetResult();
    }

    /// <summary>A script under way.</summary>
    internal sealed class Running : IDisposable
    {
        private const string FailureVariable = "__failure";

        private readonly Runspace _runspace;
        private readonly RecordingHost _host;
        private readonly System.Management.Automation.PowerShell _shell;
        private readonly PSDataCollection<PSObject> _output = [];
        private readonly IAsyncResult _async;
        private bool _stopped;

        public Running(Runspace runspace, RecordingHost host, string script)
        {
            _runspace = runspace;
            _host = host;
            _host.Clear();
            _shell = System.Management.Automation.PowerShell.Create(runspace);
            _shell.AddScript($"${FailureVariable} = $null\ntry {{\n{script}\n}} catch {{ ${FailureVariable} = $_ }}", useLocalScope: false);
            _async = _shell.BeginInvoke<PSObject, PSObject>(null, _output);
        }

        /// <summary>What was put out so far.</summary>
        public PSDataCollection<PSObject> Output => _output;

        public PSDataCollection<ErrorRecord> Errors => _shell.Streams.Error;

        public bool HasEnded => _async.IsCompleted;

        /// <summary>Waits for the end.</summary>
        public EngineResult End()
        {
            Assert.True(_async.AsyncWaitHandle.WaitOne(Patience), "The script hangs.");
            if (!_stopped) _shell.EndInvoke(_async);
            else Assert.Throws<PipelineStoppedException>(() => _shell.EndInvoke(_async));
            PSDataStreams streams = _shell.Streams;
            return new EngineResult(
                [.. _output],
                [.. streams.Error],
                _stopped ? null : (_runspace.SessionStateProxy.GetVariable(FailureVariable) is { } failure ? (ErrorRecord)((failure as PSObject)?.BaseObject ?? failure) : null),
                [.. streams.Warning.Select(static r => r.Message)],
                [.. streams.Verbose.Select(static r => r.Message)],
                [.. streams.Debug.Select(static r => r.Message)],
                [.. streams.Progress],
                _host.Text);
        }

        /// <summary>Stops it as Ctrl+C does, and fails if that does not end it in time.</summary>
        public void Stop()
        {
            _stopped = true;
            InTime(_shell.Stop, "To stop the script", TimeSpan.FromSeconds(30));
        }

        public void Dispose() => InTime(_shell.Dispose, "To end the script");
    }
}
