using System;
using System.IO;
using System.Linq;
using Xunit;

namespace Apns.Host.Tests;

/// <summary>Stand-ins that read and write files.</summary>
public sealed class ContentTests : HostTest
{
    [Fact]
    public void Get_Content_streams_lines()
    {
        // What is written after the first line has arrived is still read: nothing was read to its end before.
        Write("f.txt", "1\n2\n3\n");
        string[] lines = Lines("""
            Get-Content f.txt | ForEach-Object { if ($_ -eq '1') { [IO.File]::AppendAllText("$PSScriptRoot/f.txt", "4`n") }; $_ }
            """);
        Assert.Equal(["1", "2", "3", "4"], lines);
    }

    [Fact]
    public void Get_Content_reads_parts()
    {
        Write("f.txt", "1\r\n2\n3");
        Assert.Equal(["1", "2", "3"], Lines("Get-Content f.txt"));
        Assert.Equal(["1", "2"], Lines("Get-Content f.txt -TotalCount 2"));
        Assert.Equal(["1,2", "3"], Lines("Get-Content f.txt -ReadCount 2 | ForEach-Object { $_ -join ',' }"));
        Assert.Equal(["1,2,3"], Lines("Get-Content f.txt -ReadCount 0 | ForEach-Object { $_ -join ',' }"));
        Assert.Equal(["2", "3"], Lines("gc f.txt -Tail 2"));
        Assert.Equal(["6", "String"], Lines("$t = Get-Content -Raw f.txt; $t.Length; $t.GetType().Name"));
        Assert.Equal(["0"], Lines("@(Get-Content f.txt -TotalCount 0).Count"));
    }

    [Fact]
    public void Get_Content_takes_wildcards_literal_paths_and_items()
    {
        Write("a[1].txt", "literal");
        Write("b.txt", "b");
        Write("c.txt", "c");
        Assert.Equal(["literal"], Lines("Get-Content -LiteralPath 'a[1].txt'"));
        Assert.Equal(["b", "c"], Lines("Get-Content [bc].txt"));
        Assert.Equal(["b"], Lines("Get-ChildItem b.txt | Get-Content"));
        Assert.Equal(["value"], Lines("$env:APNS_HOST_TEST = 'value'; Get-Content env:APNS_HOST_TEST"));
    }

    [Fact]
    public void Get_Content_of_what_is_missing_is_an_error_that_ends_nothing()
    {
        HostResult result = Run("Get-Content nowhere.txt; Get-Content -LiteralPath also-nowhere.txt; 'after'; $error.Count");
        Assert.Equal(["after", "2"], result.Lines);
        Assert.Contains("because it does not exist.", result.Error, StringComparison.Ordinal);
        Assert.Equal(0, result.ExitCode);
    }

    [Fact]
    public void Content_is_set_and_added()
    {
        Lines("'old' | Set-Content f.txt; 1..2 | Set-Content f.txt; Add-Content f.txt 3, 4; Add-Content f.txt end -NoNewline");
        Assert.Equal($"1{Environment.NewLine}2{Environment.NewLine}3{Environment.NewLine}4{Environment.NewLine}end", File.ReadAllText(PathOf("f.txt")));
        Lines("Set-Content f.txt 'é' -Encoding utf8BOM -NoNewline");
        Assert.Equal([0xEF, 0xBB, 0xBF, 0xC3, 0xA9], File.ReadAllBytes(PathOf("f.txt")));
        Lines("Set-Content f.txt new -WhatIf *> $null");
        Assert.Equal(5, new FileInfo(PathOf("f.txt")).Length);
    }

    [Fact]
    public void Redirections_write_formatted_text()
    {
        Lines("'a' > f.txt; [pscustomobject]@{ N = 1 } >> f.txt; & { 'out'; Write-Warning 'w' } *> all.txt");
        Assert.Equal(["a", "", "N", "-", "1", ""], File.ReadAllLines(PathOf("f.txt")).Select(line => line.TrimEnd()));
        Assert.Equal(["out", "w"], File.ReadAllLines(PathOf("all.txt")));
    }

    [Fact]
    public void Out_File_and_Tee_Object_write_files()
    {
        Assert.Equal(["1", "2"], Lines("1, 2 | Tee-Object -FilePath t.txt; 3 | Out-File t.txt -Append; 'x' | Out-File n.txt -NoNewline"));
        Assert.Equal(["1", "2", "3"], File.ReadAllLines(PathOf("t.txt")));
        Assert.Equal("x", File.ReadAllText(PathOf("n.txt")));
        Assert.Contains("already exists", Run($"'y' | Out-File '{PathOf("n.txt")}' -NoClobber").Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Csv_goes_out_and_comes_back()
    {
        string[] lines = Lines("""
            [pscustomobject]@{ A = 'x,"y"'; B = $null; C = "two`nlines" } | Export-Csv f.csv
            [pscustomobject]@{ C = 3; A = 1 } | Export-Csv f.csv -Append
            $read = Import-Csv f.csv
            $read.Count; $read[0].A; $read[0].C.Length; $read[1].A; $read[1].C
            """);
        Assert.Equal(["2", "x,\"y\"", "9", "1", "3"], lines);
        Assert.StartsWith("\"A\",\"B\",\"C\"", File.ReadAllText(PathOf("f.csv")), StringComparison.Ordinal);
    }

    [Fact]
    public void Csv_text_is_converted()
    {
        Assert.Equal(["\"A\";\"B\"", "\"1\";\"\""], Lines("[pscustomobject]@{ A = 1; B = '' } | ConvertTo-Csv -Delimiter ';'"));
        Assert.Equal(["A,B", "1,\"x,y\""], Lines("[ordered]@{ A = 1; B = 'x,y' } | ConvertTo-Csv -UseQuotes AsNeeded"));
        Assert.Equal(["1|x y|"], Lines("$r = 'A, B,C', '1,\"x y\"' | ConvertFrom-Csv; \"$($r.A)|$($r.B)|$($r.C)\""));
        Assert.Equal(["b"], Lines("('a;b' | ConvertFrom-Csv -Header X, Y -Delimiter ';').Y"));
    }
}
