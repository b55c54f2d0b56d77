using System.Linq;
using Xunit;

namespace Apns.Host.Tests;

/// <summary>How arguments reach a script.</summary>
public sealed class CommandLineTests : HostTest
{
    private const string Echo = """
        param([string] $Name, [int] $Count, [switch] $Force, [Parameter(ValueFromRemainingArguments)] $Rest)
        "$Name|$Count|$Force|$Rest"
        """;

    [Theory]
    [InlineData("||False|", "")]
    [InlineData("a|2|False|", "-Name a -Count 2")]
    [InlineData("a|2|False|b c", "a 2 b c")]
    [InlineData("a|0|True|", "-Force a")]
    [InlineData("a|0|True|", "-Force:$true -Name:a")]
    [InlineData("||False|", "-Force:$false")]
    [InlineData("||False|", "-Force:false")]
    [InlineData("a|3|False|", "-Name: a -Count: 3")]
    public void Arguments_are_bound_as_by_pwsh_File(string expected, string arguments)
    {
        string[] split = arguments.Split(' ', System.StringSplitOptions.RemoveEmptyEntries);
        // An int that is not given is 0.
        Assert.Equal(expected.Replace("||", "|0|", System.StringComparison.Ordinal), Run(Echo, split).Lines.Single());
    }

    [Fact]
    public void Values_are_not_parsed()
    {
        HostResult result = Run("$args.Count; $args", "a b", "$x", "", "1,2");
        Assert.Equal(["4", "a b", "$x", "", "1,2"], result.Lines);
    }

    [Fact]
    public void An_unknown_parameter_is_an_error()
    {
        HostResult result = Run("[CmdletBinding()] param($Name) 'ran'", "-Nmae", "x");
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("'Nmae'", result.Error, System.StringComparison.Ordinal);
        Assert.Equal("", result.Output);
    }

    [Fact]
    public void The_switches_of_pwsh_are_understood()
    {
        string script = Write("s.ps1", "\"$args\"");
        Assert.Equal(["x -y"], RunHost(["-NoProfile", "-NonInteractive", "-File", script, "x", "-y"]).Lines);
        Assert.Equal(["3"], RunHost(["-c", "1 +", "2"]).Lines);
    }

    [Theory]
    [InlineData]
    [InlineData("-NoProfile")]
    [InlineData("-Command")]
    [InlineData("-File")]
    [InlineData("-File", "missing.ps1")]
    public void What_cannot_run_is_an_error(params string[] arguments) => Assert.NotNull(CommandLine.Parse(arguments).Error);

    [Fact]
    public void A_script_knows_where_it_is()
    {
        Write("lib/part.ps1", "function Get-Part { $PSScriptRoot }; $fromPart = 'dot-sourced'");
        HostResult result = Run(". $PSScriptRoot/lib/part.ps1; $PSScriptRoot; $PSCommandPath; Get-Part; $fromPart; $host.Name");
        Assert.Equal([Folder, PathOf("script.ps1"), PathOf("lib"), "dot-sourced", "Apns.Host"], result.Lines);
    }

    [Fact]
    public void A_script_may_lack_the_extension()
    {
        Assert.Equal(["text a"], RunHost([Write("script", "\"text $args\""), "a"]).Lines);
    }
}
