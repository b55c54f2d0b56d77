using System;
using System.IO;
using Xunit;

namespace Apns.Host.Tests;

/// <summary>Stand-ins about paths and items.</summary>
public sealed class ItemTests : HostTest
{
    [Fact]
    public void Paths_are_tested()
    {
        Write("d/f.txt", "");
        Assert.Equal(
            ["True", "True", "False", "False", "True", "True", "False"],
            Lines("""
                Test-Path d; Test-Path d/*.txt; Test-Path d/x; Test-Path d -PathType Leaf; Test-Path d/f.txt -PathType Leaf
                Test-Path env:PATH; Test-Path -LiteralPath 'd/*.txt'
                """));
    }

    [Fact]
    public void Paths_are_taken_apart_and_put_together()
    {
        char s = Path.DirectorySeparatorChar;
        Assert.Equal([$"a{s}b", $"a{s}b{s}c{s}d", $"x{s}f", $"y{s}f"], Lines("Join-Path a b; Join-Path a b c d; 'x', 'y' | Join-Path -ChildPath f"));
        Assert.Equal(
            [$"a{s}b", "c.txt", "c", ".txt", "False", "True"],
            Lines("'a/b/c.txt' | Split-Path; Split-Path a/b/c.txt -Leaf; Split-Path a/c.txt -LeafBase; Split-Path a/c.txt -Extension; Split-Path a -IsAbsolute; Split-Path $PSScriptRoot -IsAbsolute"));
    }

    [Fact]
    public void Paths_are_resolved()
    {
        Write("d/f.txt", "");
        char s = Path.DirectorySeparatorChar;
        Assert.Equal([PathOf($"d{s}f.txt"), $".{s}d"], Lines("(Resolve-Path d/*.txt).Path; Resolve-Path d -Relative"));
        Assert.Contains("because it does not exist", Run("Resolve-Path nowhere").Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Children_are_listed()
    {
        Write("d/a.txt", "");
        Write("d/b.log", "");
        Write("d/sub/c.txt", "");
        char s = Path.DirectorySeparatorChar;
        Assert.Equal(["sub", "a.txt", "b.log"], Lines("(Get-ChildItem d).Name"));
        Assert.Equal(["a.txt", "b.log"], Lines("Get-ChildItem d -File -Name"));
        Assert.Equal(["sub"], Lines("Get-ChildItem d -Directory -Name"));
        Assert.Equal(["a.txt", $"sub{s}c.txt"], Lines("Get-ChildItem d -Recurse -Filter *.txt -Name"));
        Assert.Equal(["3"], Lines("Set-Location d; @(Get-ChildItem).Count"));
        Assert.Equal(["c.txt"], Lines("Get-ChildItem d/*/*.txt | ForEach-Object Name"));
    }

    [Fact]
    public void Items_are_made_got_and_removed()
    {
        Assert.Equal(
            ["d", "5", "True", "False", "False"],
            Lines("""
                (New-Item d -ItemType Directory).Name
                $null = New-Item d/f.txt -Value hello; (Get-Item d/f.txt).Length
                $null = New-Item d -ItemType Directory -Force; Test-Path d/f.txt
                Remove-Item d/f.txt; Test-Path d/f.txt
                $null = New-Item d -Name g.txt; Remove-Item d -Recurse; Test-Path d
                """));
    }

    [Fact]
    public void A_folder_with_content_is_not_removed_by_accident()
    {
        Write("d/f.txt", "");
        HostResult result = Run($"Remove-Item '{PathOf("d")}'; Remove-Item '{PathOf("d")}' -Recurse -WhatIf; Test-Path '{PathOf("d/f.txt")}'");
        Assert.Contains("the Recurse parameter was not", result.Error, StringComparison.Ordinal);
        Assert.Equal("True", result.Lines[^1]);
    }

    [Fact]
    public void A_temporary_file_is_new_and_empty() =>
        Assert.Equal(["0"], Lines("$f = New-TemporaryFile; $f.Length; Remove-Item $f"));

    [Fact]
    public void The_location_is_set_and_got()
    {
        Directory.CreateDirectory(PathOf("d"));
        Assert.Equal([PathOf("d"), Folder], Lines("Set-Location d; (Get-Location).Path; (Set-Location .. -PassThru).Path"));
        Assert.Contains("nowhere", Run("cd nowhere").Error, StringComparison.Ordinal);
    }
}
