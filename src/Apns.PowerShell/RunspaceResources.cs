using System;
using System.Collections.Generic;
using System.Management.Automation.Runspaces;
using System.Runtime.CompilerServices;
using System.Threading.Tasks;
using Apns.Emulator;

namespace Apns.PowerShell;

/// <summary>
/// The sessions and emulators of one runspace. They end with it: connections have threads of their own, so the garbage
/// collector would never close them.
/// </summary>
internal sealed class RunspaceResources
{
    private static readonly ConditionalWeakTable<Runspace, RunspaceResources> States = [];

    private readonly object _gate = new();
    private readonly List<ApnsSession> _sessions = [];
    private readonly List<ApnsEmulator> _emulators = [];
    private int _numbered;

    private RunspaceResources(Runspace runspace)
    {
        runspace.StateChanged += (_, e) =>
        {
            if (e.RunspaceStateInfo.State is System.Management.Automation.Runspaces.RunspaceState.Closed or System.Management.Automation.Runspaces.RunspaceState.Broken) CloseAll();
        };
    }

    /// <summary>The state of the runspace that the calling thread works for.</summary>
    public static RunspaceResources Current => States.GetValue(
        Runspace.DefaultRunspace ?? throw new InvalidOperationException("There is no runspace on this thread."),
        static runspace => new RunspaceResources(runspace));

    /// <summary>The session that is used when none is named: the one connected last that is still open.</summary>
    public ApnsSession? DefaultSession
    {
        get
        {
            lock (_gate) return _sessions.FindLast(static s => s.State == ApnsSessionState.Open);
        }
    }

    /// <summary>The open sessions, in the order they were connected.</summary>
    public ApnsSession[] Sessions
    {
        get
        {
            lock (_gate)
            {
                _sessions.RemoveAll(static s => s.IsOver);
                return _sessions.FindAll(static s => s.State == ApnsSessionState.Open).ToArray();
            }
        }
    }

    /// <summary>The emulators still running.</summary>
    public ApnsEmulator[] Emulators
    {
        get
        {
            lock (_gate)
            {
                _emulators.RemoveAll(static e => e.IsStopped);
                return _emulators.ToArray();
            }
        }
    }

    public string NextSessionName()
    {
        lock (_gate)
        {
            string name;
            do name = $"Apns{++_numbered}";
            while (FindSession(name) is not null);
            return name;
        }
    }

    public ApnsSession? FindSession(string name)
    {
        lock (_gate) return _sessions.FindLast(s => s.State == ApnsSessionState.Open && string.Equals(s.Name, name, StringComparison.OrdinalIgnoreCase));
    }

    public void Add(ApnsSession session)
    {
        lock (_gate) _sessions.Add(session);
    }

    public void Add(ApnsEmulator emulator)
    {
        lock (_gate) _emulators.Add(emulator);
    }

    /// <summary>Closes everything and waits for it.</summary>
    public void CloseAll()
    {
        ApnsSession[] sessions;
        lock (_gate) sessions = _sessions.ToArray();
        Task.WaitAll(Array.ConvertAll(sessions, static s => s.CloseAsync()));
        foreach (ApnsEmulator emulator in Emulators) emulator.Dispose();
    }
}
