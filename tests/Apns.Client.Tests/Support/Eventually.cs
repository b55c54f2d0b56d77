using System;
using System.Diagnostics;
using System.Threading.Tasks;
using Xunit;

namespace Apns.Client.Tests;

/// <summary>Waits for what other threads bring about.</summary>
internal static class Eventually
{
    /// <summary>Far longer than anything takes on a busy machine: a test that gets here has failed.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static async Task True(Func<bool> condition, string what)
    {
        var watch = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(watch.Elapsed < Patience, $"in vain: {what}");
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }
    }

    public static Task<T> Soon<T>(this Task<T> task) => task.WaitAsync(Patience, TestContext.Current.CancellationToken);

    public static Task Soon(this Task task) => task.WaitAsync(Patience, TestContext.Current.CancellationToken);
}
