using System;
using System.Globalization;
using Xunit;

namespace Apns.Host.Tests;

/// <summary>Stand-ins that work on objects in the pipeline.</summary>
public sealed class ObjectTests : HostTest
{
    [Fact]
    public void Select_Object_First_stops_what_comes_before_it_and_nothing_else()
    {
        string[] lines = Lines("""
            function Get-Endless { param($Name) $i = 0; try { while ($true) { (++$i) } } finally { $script:ran = $i } }
            Get-Endless | ForEach-Object { $_ * 2 } | Select-Object -First 2 | ForEach-Object { "got $_" } -End { 'end' }
            "ran $ran"
            """);
        Assert.Equal(["got 2", "got 4", "end", "ran 2"], lines);
        Assert.Equal(["1", "ran 5"], Lines("1..5 | ForEach-Object { $ran++; $_ } | Select-Object -First 1 -Wait; \"ran $ran\""));
        Assert.Equal(["ran 1"], Lines("1..5 | ForEach-Object { $ran++; $_ } | Select-Object -First 0; \"ran $ran\""));
    }

    [Theory]
    [InlineData("-First 2", "1 2")]
    [InlineData("-Last 2", "4 5")]
    [InlineData("-First 1 -Last 1", "1 5")]
    [InlineData("-First 4 -Last 4", "1 2 3 4 5")]
    [InlineData("-Skip 3", "4 5")]
    [InlineData("-Skip 1 -First 2", "2 3")]
    [InlineData("-Skip 1 -Last 2", "3 4")]
    [InlineData("-SkipLast 3", "1 2")]
    [InlineData("-Index 0, 3, 9", "1 4")]
    public void Select_Object_takes_by_position(string parameters, string expected) =>
        Assert.Equal([expected], Lines($"\"$(1..5 | Select-Object {parameters})\""));

    [Fact]
    public void Select_Object_takes_properties()
    {
        const string Item = "$item = [pscustomobject]@{ A = 1; B = 2; C = 3; List = 7, 8 };";
        Assert.Equal(["A,B", "Selected.System.Management.Automation.PSCustomObject"], Lines(Item + "$s = $item | Select-Object A, B; $s.PSObject.Properties.Name -join ','; $s.PSObject.TypeNames[0]"));
        Assert.Equal(["B,C"], Lines(Item + "($item | Select-Object * -ExcludeProperty A, List).PSObject.Properties.Name -join ','"));
        Assert.Equal(["4", "True"], Lines(Item + "$s = $item | Select-Object @{ Name = 'Twice'; Expression = { $_.B * 2 } }, Missing; $s.Twice; $null -eq $s.Missing"));
        Assert.Equal(["7", "8"], Lines(Item + "$item | Select-Object -ExpandProperty List"));
        Assert.Equal(["7 1", "8 1"], Lines(Item + "$item | Select-Object A -ExpandProperty List | ForEach-Object { \"$_ $($_.A)\" }"));
        Assert.Contains("\"Nope\" cannot be found", Run(Item + "$item | Select-Object -ExpandProperty Nope").Error, StringComparison.Ordinal);
        Assert.Equal(["a", "A", "b"], Lines("'a', 'A', 'a', 'b' | Select-Object -Unique"));
        Assert.Equal(["2"], Lines("@(1, 2, 1 | ForEach-Object { [pscustomobject]@{ N = $_ } } | Select-Object N -Unique).Count"));
    }

    [Theory]
    [InlineData("3, 10, 2 | Sort-Object", "2 3 10")]
    [InlineData("'b', 'A', 'c' | Sort-Object", "A b c")]
    [InlineData("'b', 'A', 'B' | Sort-Object -Unique", "A b")]
    [InlineData("1..5 | Sort-Object -Descending -Top 2", "5 4")]
    [InlineData("1..5 | Sort-Object -Bottom 2", "4 5")]
    [InlineData("'bb', 'a', 'cc', 'd' | Sort-Object Length -Descending", "bb cc a d")]
    [InlineData("'b2', 'a1', 'b1' | Sort-Object { $_[0] }, @{ Expression = { $_[1] }; Descending = $true }", "a1 b2 b1")]
    public void Sort_Object_sorts(string command, string expected) => Assert.Equal([expected], Lines($"\"$({command})\""));

    [Fact]
    public void Group_Object_groups()
    {
        Assert.Equal(["a 2", "b 1"], Lines("'b', 'a', 'A' | Group-Object | ForEach-Object { \"$($_.Name) $($_.Count)\" }"));
        Assert.Equal(["2 4"], Lines("\"$((1..4 | Group-Object { $_ % 2 } -AsHashTable)[0])\""));
        Assert.Equal(["", "Count Name", "----- ----", "    2 1", "    1 2", ""], Lines("'a', 'bc', 'd' | Group-Object Length -NoElement"));
    }

    [Fact]
    public void Measure_Object_measures()
    {
        Assert.Equal(["5 15 3 5 1"], Lines("$m = 1..5 | Measure-Object -Sum -Average -Maximum -Minimum; \"$($m.Count) $($m.Sum) $($m.Average) $($m.Maximum) $($m.Minimum)\""));
        Assert.Equal(["2 3"], Lines("$m = 'a', 'bc' | Measure-Object Length -Sum; \"$($m.Count) $($m.Sum)\""));
        Assert.Equal(["2 3 5"], Lines("$m = \"a b`nc\" | Measure-Object -Line -Word -Character; \"$($m.Lines) $($m.Words) $($m.Characters)\""));
        Assert.Equal(["0"], Lines("(@() | Measure-Object).Count"));
    }

    [Fact]
    public void Measure_Command_runs_in_the_callers_scope() =>
        Assert.Equal(["TimeSpan", "5"], Lines("(Measure-Command { $x = 5; 'no output' }).GetType().Name; $x"));

    [Fact]
    public void Tee_Object_sets_a_variable() =>
        Assert.Equal(["2", "4", "1 2", "x"], Lines("1, 2 | Tee-Object -Variable v | ForEach-Object { $_ * 2 }; \"$v\"; 'x' | Tee-Object -Variable v | Out-Null; $v"));

    [Fact]
    public void Formats_are_tables_and_lists()
    {
        const string Items = "$items = 1..2 | ForEach-Object { [pscustomobject]@{ N = $_; Square = $_ * $_ } };";
        Assert.Equal(["", "Square", "------", "     1", "     4", ""], Lines(Items + "$items | Format-Table Square"));
        Assert.Equal(["1 1", "2 4"], Lines(Items + "($items | Format-Table -AutoSize -HideTableHeaders | Out-String).Trim() -split '\\r?\\n' -replace ' +', ' '"));
        Assert.Equal(["", "Square : 1", "", "Square : 4", ""], Lines(Items + "$items | Format-List Square"));
        Assert.Equal(["", "Twice", "-----", "    2", ""], Lines("[pscustomobject]@{ N = 1 } | Format-Table @{ Label = 'Twice'; Expression = { $_.N * 2 } }"));
    }

    [Fact]
    public void Out_String_makes_text()
    {
        Assert.Equal(["String", "|1|"], Lines("$t = 1 | Out-String; $t.GetType().Name; '|' + $t.Trim() + '|'"));
        Assert.Equal(["1", "2"], Lines("1, 2 | Out-String -Stream | ForEach-Object { $_ }"));
        Assert.Equal(["12"], Lines("1, 2 | Out-String -NoNewline"));
    }

    [Fact]
    public void Objects_are_made_and_extended()
    {
        Assert.Equal(["abc", "7"], Lines("(New-Object Text.StringBuilder 'abc').ToString(); (New-Object psobject -Property @{ A = 7 }).A"));
        Assert.Equal(["host", "0001"], Lines("(New-Object UriBuilder -Property @{ Host = 'host' }).Host; (New-Object DateTime).Year.ToString('d4')"));
        Assert.Contains("Cannot find type [No.Such]", Run("New-Object No.Such").Error, StringComparison.Ordinal);
        Assert.Equal(
            ["1 2 3 4 5"],
            Lines("""
                $o = [pscustomobject]@{}
                $o | Add-Member A 1
                $o | Add-Member NoteProperty B 2
                $o | Add-Member -MemberType ScriptProperty -Name C -Value { $this.A + $this.B }
                $o | Add-Member @{ D = 4 }
                "$($o.A) $($o.B) $($o.C) $($o.D) $(($o | Add-Member ScriptMethod E { 5 } -PassThru).E())"
                """));
        Assert.Contains("already exists", Run("[pscustomobject]@{ A = 1 } | Add-Member A 2").Error, StringComparison.Ordinal);
        Assert.Equal(["Length Property", "Trim Method"], Lines("'x' | Get-Member Length, Trim | Sort-Object Name | ForEach-Object { \"$($_.Name) $($_.MemberType)\" }"));
    }

    [Fact]
    public void Variables_are_got_and_set_in_the_callers_scope()
    {
        Assert.Equal(["1", "2", "1"], Lines("Set-Variable x 1; function f { Set-Variable x 2; Get-Variable x -ValueOnly }; $x; f; (Get-Variable x).Value"));
        Assert.Equal(["3"], Lines("function f { Set-Variable g 3 -Scope Global }; f; $g"));
        Assert.Equal(["abc1", "abc2"], Lines("$abc2 = $abc1 = 0; (Get-Variable abc?).Name"));
        Assert.Contains("Cannot find a variable", Run("Get-Variable no-such").Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Output_is_enumerated_once()
    {
        Assert.Equal(["1", "2", "3"], Lines("Write-Output 1 2; Write-Output 3"));
        Assert.Equal(["1"], Lines("(Write-Output 1, 2 -NoEnumerate | Measure-Object).Count"));
        Assert.Equal(["0"], Lines("@(Write-Output @()).Count"));
    }

    [Fact]
    public void Dates_and_spans_are_made()
    {
        Assert.Equal(["2024-05-06 07", "20240506", "1970"], Lines("Get-Date '2024-05-06 07:08' -Format 'yyyy-MM-dd HH'; Get-Date 2024-05-06 -Format FileDate; (Get-Date -UnixTimeSeconds 0 -AsUTC).Year"));
        Assert.Equal(["02/29/2024 00:00:00"], Lines("[string](Get-Date 2024-05-06 -Month 2 -Day 29)"));
        Assert.Equal(["90", "1"], Lines("(New-TimeSpan -Hours 1 -Minutes 30).TotalMinutes; (New-TimeSpan 2024-01-01 2024-01-02).TotalDays"));
        DateTime now = DateTime.Parse(Lines("Get-Date -Format o")[0], CultureInfo.InvariantCulture);
        Assert.InRange(DateTime.Now - now, TimeSpan.Zero, TimeSpan.FromMinutes(1));
    }

    [Fact]
    public void Random_values_keep_to_their_limits()
    {
        Assert.Equal(["5", "Int32", "Double", "Int64"], Lines("Get-Random -Minimum 5 -Maximum 6; (Get-Random).GetType().Name; (Get-Random -Maximum 1.5).GetType().Name; (Get-Random -Maximum 9999999999).GetType().Name"));
        Assert.Equal(["1 2 3", "2", "True"], Lines("\"$(1..3 | Get-Random -Shuffle | Sort-Object)\"; @(1..3 | Get-Random -Count 2).Count; (Get-Random -SetSeed 4) -eq (Get-Random -SetSeed 4)"));
        Assert.Contains("cannot be greater", Run("Get-Random -Minimum 5 -Maximum 5").Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Guids_are_new() =>
        Assert.Equal(["False", "00000000-0000-0000-0000-000000000000"], Lines("(New-Guid) -eq (New-Guid); (New-Guid -Empty).ToString()"));
}
