using System;
using Xunit;

namespace Apns.PowerShell.Tests;

/// <summary>Sessions and emulators end with the module and with the runspace.</summary>
public sealed class LifetimeTests : IDisposable
{
    private readonly Engine _server = new();
    private readonly Engine _engine = new();
    private readonly dynamic _emulator;

    public LifetimeTests()
    {
        _server.Run("$emulator = Start-ApnsEmulator").Clean();
        _emulator = _server.Object("emulator");
        _engine["server"] = _server["emulator"];
    }

    public void Dispose()
    {
        _engine.Dispose();
        _server.Dispose();
    }

    [Fact]
    public void Removing_the_module_closes_its_sessions_and_emulators()
    {
        _engine.Run("$sessions = 1..2 | ForEach-Object { Connect-Apns -Emulator $server -Topic com.example.app }; $emulator = Start-ApnsEmulator").Clean();
        Assert.Equal(2, _emulator.Connections);
        _engine.Run("Remove-Module Apns").Clean();
        Assert.Equal("Closed", _engine.Value<string>("$sessions[0].State"));
        Assert.Equal("Closed", _engine.Value<string>("$sessions[1].State"));
        Assert.True(_engine.Value<bool>("$emulator.IsStopped"));
        Eventually.True(() => _emulator.Connections == 0, "the connections are closed");
        Assert.False(_emulator.IsStopped, "An emulator of another runspace goes on.");
    }

    [Fact]
    public void The_module_can_be_imported_again()
    {
        _engine.Run("$session = Connect-Apns -Emulator $server; Remove-Module Apns; Import-Module $manifest").Clean();
        Assert.Empty(_engine.Output("Get-ApnsSession"));
        _engine.Run("$null = Connect-Apns -Emulator $server -Topic com.example.app").Clean();
        Assert.Equal("Delivered", Assert.Single(_engine.Output("$t | Send-ApnsNotification -Alert hi")).Text("Outcome"));
    }

    [Fact]
    public void Closing_the_runspace_closes_its_sessions_and_emulators()
    {
        _engine.Run("$session = Connect-Apns -Emulator $server -Topic com.example.app -Connections 2; $emulator = Start-ApnsEmulator; $null = $t | Send-ApnsNotification -Alert hi").Clean();
        dynamic session = _engine.Object("session");
        dynamic emulator = _engine.Object("emulator");
        Eventually.True(() => _emulator.Connections == 2, "two connections are open");
        _engine.Dispose();
        Eventually.True(() => session.State.ToString() == "Closed" && emulator.IsStopped, "the session and the emulator are closed");
        Eventually.True(() => _emulator.Connections == 0, "the connections are closed");
    }

    [Fact]
    public void Other_runspaces_keep_theirs()
    {
        _server.Run("$session = Connect-Apns -Emulator $emulator -Topic com.example.app").Clean();
        _engine.Run("$session = Connect-Apns -Emulator $server; Remove-Module Apns").Clean();
        _engine.Dispose();
        Assert.Equal("Open", _server.Value<string>("$session.State"));
        Assert.Equal("Delivered", Assert.Single(_server.Output("$t | Send-ApnsNotification -Alert hi")).Text("Outcome"));
    }
}
