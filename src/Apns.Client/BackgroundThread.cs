using System.Threading;

namespace Apns;

/// <summary>How the engine and the emulator start their threads, which do not keep the process alive and have names in a debugger.</summary>
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
