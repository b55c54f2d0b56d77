using System.Threading;

namespace Apns.Emulator;

/// <summary>How the emulator starts its threads, which do not keep the process alive and have their own name in a debugger.</summary>
internal static class BackgroundThread
{
    // Calls do not go deep here, and a process may have thousands of them.
    private const int StackSize = 256 * 1024;

    public static Thread Start(ThreadStart run, string name)
    {
        var thread = new Thread(run, StackSize) { IsBackground = true, Name = name };
        thread.UnsafeStart();
        return thread;
    }
}
