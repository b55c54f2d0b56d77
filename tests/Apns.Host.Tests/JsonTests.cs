using System;
using Xunit;

namespace Apns.Host.Tests;

/// <summary>ConvertTo-Json and ConvertFrom-Json.</summary>
public sealed class JsonTests : HostTest
{
    [Theory]
    [InlineData("[ordered]@{ a = 1; b = 'x'; c = $null; d = $true }", """{"a":1,"b":"x","c":null,"d":true}""")]
    [InlineData("[pscustomobject]@{ a = 1, 2; b = @() }", """{"a":[1,2],"b":[]}""")]
    [InlineData("1.0, 1.5, 2d, 1e30", "[1.0,1.5,2.0,1E+30]")]
    [InlineData("'é\U0001F389 \"\\', \"`t`n`u{1}/<\"", """["é🎉 \"\\","\t\n\u0001/<"]""")]
    [InlineData("[DayOfWeek]::Monday", "1")]
    [InlineData("[guid]::Empty", "\"00000000-0000-0000-0000-000000000000\"")]
    [InlineData("@{ a = @{} }", """{"a":{}}""")]
    public void Values_become_json(string value, string expected) =>
        Assert.Equal([expected], Lines($"{value} | ConvertTo-Json -Compress"));

    [Fact]
    public void Json_is_indented_by_two() =>
        Assert.Equal(["{", "  \"a\": [", "    1", "  ],", "  \"b\": {}", "}"], Lines("[ordered]@{ a = , 1; b = @{} } | ConvertTo-Json"));

    [Fact]
    public void Options_are_heeded()
    {
        Assert.Equal(["[1]", "\"Monday\""], Lines("1 | ConvertTo-Json -AsArray -Compress; [DayOfWeek]::Monday | ConvertTo-Json -EnumsAsStrings"));
        Assert.Equal(["[1]", "\"2024-01-02T03:04:05Z\""], Lines("ConvertTo-Json @(1) -Compress; [datetime]::new(2024, 1, 2, 3, 4, 5, [DateTimeKind]::Utc) | ConvertTo-Json"));
    }

    [Fact]
    public void What_is_too_deep_becomes_text_with_a_warning()
    {
        string[] lines = Lines("@{ a = @{ b = @{ c = @{ d = 1 } } } } | ConvertTo-Json -Compress; @{ a = @{ b = @{ c = @{ d = 1 } } } } | ConvertTo-Json -Compress -Depth 3");
        Assert.Equal(
            [
                "WARNING: Resulting JSON is truncated as serialization has exceeded the set depth of 2.",
                """{"a":{"b":{"c":"System.Collections.Hashtable"}}}""",
                """{"a":{"b":{"c":{"d":1}}}}""",
            ],
            lines);
    }

    [Fact]
    public void Json_becomes_objects()
    {
        string[] lines = Lines("""
            $o = '{ "n": 1, "big": 12345678901234567890, "f": 1.5, "s": "x", "z": null, "d": "2024-01-02T03:04:05Z", "a": [ { "b": true } ] }' | ConvertFrom-Json
            $o.n.GetType().Name; $o.big.GetType().Name; $o.f; $o.s; $null -eq $o.z; $o.d.Kind; $o.a[0].b
            """);
        Assert.Equal(["Int64", "BigInteger", "1.5", "x", "True", "Utc", "True"], lines);
    }

    [Fact]
    public void Tables_arrays_and_lines_come_out_as_such()
    {
        Assert.Equal(["1", "a,A"], Lines("$t = '{ \"a\": 1, \"A\": 2 }' | ConvertFrom-Json -AsHashtable; $t['a']; $t.Keys -join ','"));
        Assert.Equal(["2", "1"], Lines("('[1, 2]' | ConvertFrom-Json | Measure-Object).Count; ('[1, 2]' | ConvertFrom-Json -NoEnumerate | Measure-Object).Count"));
        Assert.Equal(["1", "2"], Lines("('{ \"a\": 1 }', '{ \"a\": 2 }' | ConvertFrom-Json).a"));
        Assert.Equal(["3"], Lines("('{', '\"a\": 3', '}' | ConvertFrom-Json).a"));
    }

    [Fact]
    public void What_is_not_json_ends_the_script_with_an_error()
    {
        HostResult result = Run("$ErrorActionPreference = 'Stop'; '{ \"a\": ' | ConvertFrom-Json");
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("Conversion from JSON failed with error", result.Error, StringComparison.Ordinal);
        Assert.Contains("differs from another one by", Run("'{ \"a\": 1, \"A\": 2 }' | ConvertFrom-Json").Error, StringComparison.Ordinal);
    }
}
