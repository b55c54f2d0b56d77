using System.Linq;
using Xunit;

namespace Apns.Host.Tests;

/// <summary>docs/examples/app-smoke-test.Tests.ps1 without Pester: its blocks run one after the other in the order of the file.</summary>
public sealed class AppSmokeTestTests : ExampleTest
{
    [Fact]
    public void Its_tests_pass()
    {
        string[] lines = Lines($$"""
            $ProgressPreference = 'SilentlyContinue'

            # Runs a block where it stands, so that what it sets can be seen by the next.
            $null = New-Item alias:BeforeAll -Value ForEach-Object
            $null = New-Item alias:AfterAll -Value ForEach-Object
            function Describe($Name, $Block) { & $Block }
            function It($Name, $Block) { & $Block; "passed: $Name" }
            function Should($Expected, [switch] $Be, [switch] $BeNullOrEmpty, [switch] $BeLessOrEqual, [switch] $BeGreaterThan) {
                $actual = @($input)
                $passes = $BeNullOrEmpty ? -not $actual : $BeLessOrEqual ? $actual[0] -le $Expected : $BeGreaterThan ? $actual[0] -gt $Expected : "$actual" -ceq "$Expected"
                if (-not $passes) { throw "'$actual' is not what it should be: '$Expected'" }
            }
            & '{{Example("app-smoke-test.Tests.ps1")}}'
            """);
        Assert.Equal(6, lines.Count(static line => line.StartsWith("passed: ", System.StringComparison.Ordinal)));
    }
}
