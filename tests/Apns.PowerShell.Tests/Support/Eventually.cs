using System;
using System.Diagnostics;
using System.Threading;
using Xunit;

namespace Apns.PowerShell.Tests;

/// <summary>Waits for what other threads bring about.</summary>
internal static class Eventually
{
    /// <summary>Longer than anything here takes on a slow machine; only a failure lasts this long.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static void True(Func<bool> condition, string what)
    {
        long start = Stopwatch.GetTimestamp();
        while (!condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(start) < Patience, $"It never came true: {what}.");
            Thread.Sleep(5);
        }
    }
}
