using System.Linq;
using Apns.Host.StandIns;
using Xunit;

namespace Apns.Host.Tests;

/// <summary>The module that the stand-ins are.</summary>
public sealed class StandInModuleTests : HostTest
{
    [Fact]
    public void The_manifest_names_every_stand_in()
    {
        string[] names = Lines("(Get-Module Apns.StandIns -ListAvailable).ExportedCmdlets.Keys | Sort-Object");
        Assert.Equal(StandInModule.All.Order(System.StringComparer.OrdinalIgnoreCase), names);
    }

    [Fact]
    public void The_module_is_loaded_and_exports_what_is_absent() =>
        Assert.Equal(["Apns.StandIns"], Lines("Get-Command Get-Content, Select-Object, Write-Host | ForEach-Object Source | Select-Object -Unique"));

    [Fact]
    public void The_engines_own_aliases_lead_to_the_stand_ins() =>
        Assert.Equal(["2", "1"], Lines("gv x -ErrorAction Ignore; 2, 1, 0 | select -First 2 | fl | Out-String -Stream | select -Unique"));

    [Fact]
    public void A_parameter_that_a_stand_in_lacks_is_a_clear_error()
    {
        HostResult result = Run("Get-Content x -Wait");
        Assert.Contains("A parameter cannot be found that matches parameter name 'Wait'.", string.Join(' ', result.ErrorLines), System.StringComparison.Ordinal);
    }
}
