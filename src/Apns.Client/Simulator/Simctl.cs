using System;
using System.Collections.Generic;
using System.ComponentModel;
using System.Diagnostics;
using System.IO;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;

namespace Apns.Client;

/// <summary>Xcode's command for simulators, <c>xcrun simctl</c>, found on the PATH. Tried with a stand-in only.</summary>
internal static class Simctl
{
    /// <summary>Finds out that a device is there and booted.</summary>
    /// <param name="device">A UDID, a name, or <c>booted</c> for any.</param>
    /// <param name="cancellationToken">Ends the command.</param>
    /// <exception cref="ApnsException"><see cref="ApnsErrorKind.SimulatorUnavailable"/>: no Xcode, no such device, or it is not booted.</exception>
    public static async Task CheckAsync(string device, CancellationToken cancellationToken)
    {
        (int exitCode, Task<string> output, Task<string> error) = await RunAsync(["list", "devices", "-j"], default, cancellationToken);
        if (exitCode != 0) throw Unavailable($"xcrun simctl cannot list the simulators: {ForeignText.Clean(await error)}");
        var booted = new List<string>();
        foreach ((string id, string name) in ReadBooted(await output))
        {
            bool meant = device == "booted" || string.Equals(device, id, StringComparison.OrdinalIgnoreCase) || string.Equals(device, name, StringComparison.OrdinalIgnoreCase);
            if (meant) return;
            booted.Add(name);
        }

        string which = booted.Count == 0 ? "No simulator is booted." : $"No booted simulator is '{device}'; booted: {string.Join(", ", booted)}.";
        throw Unavailable($"{which} Boot one with: xcrun simctl boot <device>");
    }

    /// <summary>Pushes a payload to an app on a device.</summary>
    /// <returns>What simctl has against it, or null.</returns>
    /// <exception cref="ApnsException"><see cref="ApnsErrorKind.SimulatorUnavailable"/>: xcrun could not be started.</exception>
    public static async Task<string?> PushAsync(string device, string bundleId, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken)
    {
        (int exitCode, Task<string> output, Task<string> error) = await RunAsync(["push", device, bundleId, "-"], payload, cancellationToken);
        if (exitCode == 0) return null;
        string why = ForeignText.Clean(await error);
        if (why.Length == 0) why = ForeignText.Clean(await output);
        return why.Length > 0 ? why : $"simctl ended with exit code {exitCode}";
    }

    /// <summary>Runs simctl to its end. What it started may outlive it and hold its output open, so that is for the caller to wait for.</summary>
    private static async Task<(int ExitCode, Task<string> Output, Task<string> Error)> RunAsync(string[] arguments, ReadOnlyMemory<byte> input, CancellationToken cancellationToken)
    {
        using Process process = Start(arguments);
        Task<string> output = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        Task<string> error = process.StandardError.ReadToEndAsync(CancellationToken.None);
        try
        {
            await WriteAsync(process, input, cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
            return (process.ExitCode, output.WaitAsync(cancellationToken), error.WaitAsync(cancellationToken));
        }
        catch (OperationCanceledException)
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
            throw;
        }
    }

    private static async Task WriteAsync(Process process, ReadOnlyMemory<byte> input, CancellationToken cancellationToken)
    {
        try
        {
            await process.StandardInput.BaseStream.WriteAsync(input, cancellationToken);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended without reading; its exit code says why.
        }
    }

    private static Process Start(string[] arguments)
    {
        var start = new ProcessStartInfo("xcrun")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            CreateNoWindow = true,
        };
        start.ArgumentList.Add("simctl");
        foreach (string argument in arguments) start.ArgumentList.Add(argument);
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw new ApnsException(
                ApnsErrorKind.SimulatorUnavailable,
                OperatingSystem.IsMacOS()
                    ? $"xcrun cannot be started ({e.Message}). Install Xcode, or its command line tools with: xcode-select --install"
                    : "Simulators come with Xcode, which there is for macOS only: no xcrun was found on this machine's PATH.",
                e);
        }
    }

    private static List<(string Id, string Name)> ReadBooted(string json)
    {
        var booted = new List<(string, string)>();
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            foreach (JsonProperty runtime in document.RootElement.GetProperty("devices").EnumerateObject())
            {
                foreach (JsonElement device in runtime.Value.EnumerateArray())
                {
                    if (device.GetProperty("state").ValueEquals("Booted")) booted.Add((device.GetProperty("udid").GetString()!, device.GetProperty("name").GetString()!));
                }
            }

            return booted;
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw Unavailable("The list of simulators that xcrun simctl gives cannot be read.");
        }
    }

    private static ApnsException Unavailable(string what) => new(ApnsErrorKind.SimulatorUnavailable, what);
}
