using System;
using System.IO;
using System.Linq;
using System.Management.Automation;
using Xunit;

namespace Apns.Host.Tests;

/// <summary>What the host makes of the streams.</summary>
public sealed class OutputTests : HostTest
{
    [Fact]
    public void Strings_and_numbers_are_written_as_they_are() =>
        Assert.Equal(["text", "two", "lines", "1.5", "True"], Lines("'text'; \"two`nlines\"; 1.5; $true"));

    [Fact]
    public void Objects_with_few_properties_are_a_table()
    {
        string[] lines = Lines("[pscustomobject]@{ Name = 'a'; Count = 1 }, [pscustomobject]@{ Name = 'bc'; Count = 20 }");
        Assert.Equal(["", "Name Count", "---- -----", "a        1", "bc      20", ""], lines);
    }

    [Fact]
    public void Objects_with_many_properties_are_a_list()
    {
        string[] lines = Lines("[pscustomobject]@{ a = 1; b = 2; c = 3; d = 4; long = 5 }");
        Assert.Equal(["", "a    : 1", "b    : 2", "c    : 3", "d    : 4", "long : 5", ""], lines);
    }

    [Fact]
    public void A_modules_views_are_used()
    {
        Write("M/M.psd1", "@{ RootModule = 'M.psm1'; ModuleVersion = '1.0'; FormatsToProcess = 'M.ps1xml'; FunctionsToExport = 'Get-M' }");
        Write("M/M.psm1", "function Get-M { [pscustomobject]@{ PSTypeName = 'M.Item'; Hidden = 1; Shown = 2 } }");
        Write("M/M.ps1xml", """
            <Configuration><ViewDefinitions><View><Name>v</Name><ViewSelectedBy><TypeName>M.Item</TypeName></ViewSelectedBy>
            <TableControl><TableHeaders><TableColumnHeader><Label>The label</Label></TableColumnHeader></TableHeaders>
            <TableRowEntries><TableRowEntry><TableColumnItems><TableColumnItem><PropertyName>Shown</PropertyName></TableColumnItem>
            </TableColumnItems></TableRowEntry></TableRowEntries></TableControl></View></ViewDefinitions></Configuration>
            """);
        string[] lines = Lines("Import-Module ./M; Get-M");
        Assert.Equal(["", "The label", "---------", "2", ""], lines);
    }

    [Fact]
    public void The_width_is_that_of_the_console()
    {
        string[] command = ["-c", "$host.UI.RawUI.WindowSize.Width; [pscustomobject]@{ Text = 'x' * 300 }"];
        HostResult narrow = RunHost(command, width: 40);
        Assert.Equal("40", narrow.Lines[0]);
        Assert.True(narrow.Lines.Max(line => line.Length) <= 40);
        Assert.Equal("120", RunHost(command).Lines[0]);
    }

    [Fact]
    public void Messages_have_the_prefixes_of_pwsh()
    {
        string[] lines = Lines("""
            Write-Warning w; Write-Verbose hidden; Write-Verbose v -Verbose; Write-Debug hidden; $DebugPreference = 'Continue'; Write-Debug d
            Write-Information hidden; Write-Information i -InformationAction Continue
            """);
        Assert.Equal(["WARNING: w", "VERBOSE: v", "DEBUG: d", "i"], lines);
    }

    [Fact]
    public void Write_Host_shows_all_its_arguments_and_can_stay_on_the_line()
    {
        Assert.Equal(["a b 1 2,3x"], Lines("Write-Host a b 1 '2,3' -NoNewline; Write-Host x -ForegroundColor Red"));
        Assert.Equal(["1-2"], Lines("Write-Host 1, 2 -Separator -"));
        Assert.Equal(["in"], Lines("$null = Write-Host hidden 6>&1; (Write-Host in 6>&1).MessageData.Message"));
    }

    [Fact]
    public void Errors_and_output_keep_to_their_streams()
    {
        HostResult result = Run("'one'; Write-Error 'bad'; 'two'");
        Assert.Equal(["one", "two"], result.Lines);
        Assert.Equal("Write-Error: bad", result.ErrorLines[0]);
    }

    [Fact]
    public void Parallel_runspaces_have_the_stand_ins_too()
    {
        string[] lines = Lines("1..3 | ForEach-Object -Parallel { (New-TimeSpan -Minutes $_).TotalSeconds } | Sort-Object");
        Assert.Equal(["60", "120", "180"], lines);
    }

    [Fact]
    public void A_terminal_gets_colours_and_a_file_does_not()
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var ui = new ConsoleUI(new ConsoleSurface(output, error, 80) { OutputIsTerminal = true });
        ui.WriteLine("\u001b[31mred\u001b[0m");
        ui.WriteErrorLine("\u001b[31mred\u001b[0m");
        Assert.Contains("\u001b[31mred", output.ToString(), StringComparison.Ordinal);
        Assert.Equal("red", error.ToString().TrimEnd());
    }

    [Fact]
    public void Progress_on_a_terminal_is_one_line_that_other_output_clears()
    {
        using var console = new StringWriter();
        var ui = new ConsoleUI(new ConsoleSurface(console, console, 20) { OutputIsTerminal = true, ErrorIsTerminal = true });
        ui.WriteProgress(1, new ProgressRecord(0, "Sending", "1 of 2") { PercentComplete = 50 });
        ui.WriteProgress(1, new ProgressRecord(0, "Send", "x"));
        ui.WriteLine("text");
        Assert.Equal("\rSending: 1 of 2 [50\r\rSend: x            \r\r       \rtext" + Environment.NewLine, console.ToString());
    }

    [Fact]
    public void Redirected_progress_is_the_first_and_the_last_record_of_a_moment()
    {
        HostResult result = Run("1..50 | ForEach-Object { Write-Progress Work -Status $_ -PercentComplete ($_ * 2) }; Write-Progress Work -Completed; 'done'");
        Assert.Equal("Work: 1 [2%]", result.ErrorLines[0]);
        Assert.Equal("Work: 50 [100%]", result.ErrorLines[^1]);
        Assert.InRange(result.ErrorLines.Length, 2, 10);
        Assert.Equal(["done"], result.Lines);
    }

    [Fact]
    public void No_progress_is_shown_where_the_preference_says_so() =>
        Assert.Equal(["done"], Lines("$ProgressPreference = 'SilentlyContinue'; Write-Progress Work; 'done'"));
}
