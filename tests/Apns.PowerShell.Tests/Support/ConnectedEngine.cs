using System;

namespace Apns.PowerShell.Tests;

/// <summary>An engine connected to an emulator, for the tests of a class that leave it as it was.</summary>
public sealed class ConnectedEngine : IDisposable
{
    private readonly Engine _engine = new Engine().Connected();

    public void Dispose() => _engine.Dispose();

    /// <summary>The engine, with nothing received yet.</summary>
    internal Engine Fresh()
    {
        _engine.Run("$emulator.ClearReceived()").Clean();
        return _engine;
    }
}
