using System;
using Xunit;

namespace Apns.Host.Tests;

/// <summary>docs/examples/secret-management.ps1 with a function in Get-Secret's place, which gives what a vault does.</summary>
public sealed class SecretManagementTests : ExampleTest
{
    [Fact]
    public void The_key_comes_from_the_vault_and_is_shown_nowhere()
    {
        string[] lines = WithApple("", $$"""
            $run = @{ SecretName = 'apns-key'; KeyId = $emulator::KeyId; TeamId = $emulator::TeamId; Topic = 'com.example.app'; TokenFile = 'tokens.txt' }
            try { & '{{Example("secret-management.ps1")}}' @run } catch { "$_" }
            $key = $emulator.ExportSigningKey()
            function Get-Secret {
                param($Name, $Vault)
                "asked $Vault for $Name" > asked.txt
                [Net.NetworkCredential]::new('', $key).SecurePassword
            }
            $said = & '{{Example("secret-management.ps1")}}' @run -Vault Push -Verbose -Debug *>&1 | Out-String
            Get-Content asked.txt
            $said.TrimEnd().Split("`n")[-1].TrimEnd()
            $key.Split("`n").Trim().Where({ $_ -and $said.Contains($_) }).Count
            """);
        Assert.StartsWith("There is no Get-Secret here: Install-PSResource", lines[0], StringComparison.Ordinal);
        Assert.Equal(["asked Push for apns-key", "10 notifications with a key from the vault: 10 delivered.", "0"], lines[1..]);
    }
}
