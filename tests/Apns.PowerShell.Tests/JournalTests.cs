using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Management.Automation;
using Xunit;

namespace Apns.PowerShell.Tests;

/// <summary>Send-ApnsNotification -Journal and Get-ApnsJournal.</summary>
public sealed class JournalTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("apns-journal-").FullName;
    private readonly Engine _engine = new Engine().Connected("-Reason @{ ('a' * 56 + '00000002') = 'Unregistered'; ('a' * 56 + '00000003') = 'ServiceUnavailable' } " + Refusing.ForLong);

    public JournalTests() => _engine.Run($"$ExecutionContext.SessionState.Path.SetLocation('{_folder}')").Clean();

    private long Accepted => _engine.Value<long>("$emulator.Accepted + $emulator.Rejected");

    public void Dispose()
    {
        _engine.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void The_same_line_again_goes_on()
    {
        Assert.Equal(10, _engine.Run("$tokens | Send-ApnsNotification -Alert Hi -Journal run.journal -TimeoutSec 3").Output.Count);
        Assert.True(File.Exists(Path.Combine(_folder, "run.journal")));
        long sent = Accepted;

        // What failed in a way that may pass is sent again, and what the command line adds.
        _engine["more"] = Engine.Tokens(12).Reverse().ToArray();
        EngineResult again = _engine.Run("$more | Send-ApnsNotification -Alert Hi -Journal run.journal -TimeoutSec 3 -Verbose");
        Assert.Equal([Engine.Token(3), Engine.Token(11), Engine.Token(12)], again.Output.Select(r => r.Text("Token")).Order());
        Assert.Contains("9 of 12 inputs were skipped, as the journal says that they are finished.", again.Verbose);
        Assert.True(Accepted > sent);
    }

    [Fact]
    public void What_is_skipped_can_be_had_as_results_and_is_no_error_again()
    {
        _engine["t"] = Engine.Token(9);
        Assert.Single(_engine.Output("$t | Send-ApnsNotification -Alert Hi -Journal run.journal -Durable"));
        PSObject result = Assert.Single(_engine.Output("[pscustomobject]@{ Token = $t; Name = 'x' } | Send-ApnsNotification -Alert Hi -Journal run.journal -IncludeSkipped"));
        Assert.Equal((true, "Delivered", "x"), (result.Get<bool>("Skipped"), result.Text("Outcome"), ((PSObject)PSObject.AsPSObject(result.Get("InputObject"))).Text("Name")));
    }

    [Fact]
    public void That_nothing_is_left_is_said_unless_the_results_say_it()
    {
        const string Line = "$t | Send-ApnsNotification -Alert Hi -Journal run.journal";
        _engine["t"] = Engine.Token(9);
        Assert.Empty(_engine.Run(Line).Clean().Warnings);
        Assert.Equal("Nothing was sent: by the journal all 1 inputs are finished. -IncludeSkipped puts out their results.", Assert.Single(_engine.Run(Line).Warnings));
        Assert.Empty(_engine.Run($"{Line} -IncludeSkipped").Clean().Warnings);
        Assert.Empty(_engine.Run("@() | Send-ApnsNotification -Alert Hi -Journal run.journal").Clean().Warnings);
    }

    [Fact]
    public void A_journal_knows_the_command_line()
    {
        _engine.Run("$t | Send-ApnsNotification -Alert Hi -Journal run.journal -Data @{ a = 1; b = 2; c = @{ d = 1; e = 2 } } -Expiration ([timespan]'01:00')").Clean();
        Assert.Empty(_engine.Output("$t | Send-ApnsNotification -Alert Hi -Journal run.journal -Data @{ c = @{ e = 2; d = 1 }; b = 2; a = 1 } -Expiration ([timespan]'02:00')"));
        ErrorRecord error = _engine.Failure("$t | Send-ApnsNotification -Alert Ho -Journal run.journal");
        Assert.Equal("JournalMismatch,Apns.PowerShell.Commands.SendApnsNotificationCommand", error.FullyQualifiedErrorId);
        Assert.Equal(ErrorCategory.InvalidOperation, error.CategoryInfo.Category);
    }

    [Fact]
    public void A_journal_knows_script_blocks_by_their_text_and_inputs_by_what_those_make()
    {
        _engine.Run("$rows = 4..6 | ForEach-Object { [pscustomobject]@{ Token = $tokens[$_]; Name = \"Ann $_\" } }").Clean();
        _engine.Run("$rows[0, 1] | Send-ApnsNotification -Alert { \"Hi $($_.Name)\" } -Journal run.journal").Clean();
        Assert.Equal(Engine.Token(7), Assert.Single(_engine.Output("$rows | Send-ApnsNotification -Alert { \"Hi $($_.Name)\" } -Journal run.journal")).Text("Token"));
        _engine.Run("$rows[0].Name = 'Bob'").Clean();
        Assert.Single(_engine.Output("$rows | Send-ApnsNotification -Alert { \"Hi $($_.Name)\" } -Journal run.journal"));
        Assert.StartsWith("JournalMismatch,", _engine.Failure("$rows | Send-ApnsNotification -Alert { \"Ho $($_.Name)\" } -Journal run.journal").FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_is_written_when_nothing_is_to_be_done()
    {
        _engine.Run("$tokens | Send-ApnsNotification -Alert Hi -Journal run.journal -WhatIf").Clean();
        Assert.Empty(Directory.GetFiles(_folder));
    }

    [Fact]
    public void Switches_of_a_journal_need_one()
    {
        foreach (string name in (string[])["Durable", "IncludeSkipped"])
        {
            Assert.StartsWith("MissingJournal,", _engine.Failure($"$t | Send-ApnsNotification -Alert Hi -{name}").FullyQualifiedErrorId, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_file_that_is_none_is_an_error_that_sends_nothing()
    {
        File.WriteAllText(Path.Combine(_folder, "tokens.txt"), "a file of one's own");
        Assert.StartsWith("JournalFailed,", _engine.Failure("$t | Send-ApnsNotification -Alert Hi -Journal tokens.txt").FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal(0, Accepted);
        Assert.Equal("a file of one's own", File.ReadAllText(Path.Combine(_folder, "tokens.txt")));
    }

    [Fact]
    public void A_torn_end_is_cut_off_with_a_warning()
    {
        _engine["t"] = Engine.Token(9);
        _engine.Run("$t | Send-ApnsNotification -Alert Hi -Journal run.journal").Clean();
        File.AppendAllText(Path.Combine(_folder, "run.journal"), "torn");
        Assert.Equal(4, Assert.Single(_engine.Output("Get-ApnsJournal run.journal")).Get<long>("TornBytes"));
        EngineResult again = _engine.Run("$t | Send-ApnsNotification -Alert Hi -Journal run.journal").Clean();
        Assert.Collection(
            again.Warnings,
            static warning => Assert.Contains("its last 4 bytes were cut off", warning, StringComparison.Ordinal),
            static warning => Assert.StartsWith("Nothing was sent: ", warning, StringComparison.Ordinal));
        Assert.Empty(again.Output);
    }

    [Fact]
    public void A_journal_is_summed_up()
    {
        _engine.Run("$tokens | Send-ApnsNotification -Alert Hi -Journal run.journal -TimeoutSec 3");
        PSObject summary = Assert.Single(_engine.Output("'*.journal' | Get-ApnsJournal"));
        Assert.Equal((10L, 8L, 2L, 0L, 1), (summary.Get<long>("Inputs"), summary.Get<long>("Delivered"), summary.Get<long>("Rejected"), summary.Get<long>("Unfinished"), summary.Get<int>("Runs")));
        Assert.Equal("""Alert {"aps":{"alert":"Hi"}}""", summary.Text("Notification"));
        Assert.Equal(1, _engine.Value<int>("(Get-ApnsJournal run.journal).Reasons['Unregistered']"));
        Assert.True(summary.Get<double>("Rate") > 0);
        Assert.Equal(Path.Combine(_folder, "run.journal"), summary.Text("Path"));

        IReadOnlyList<PSObject> results = _engine.Output("Get-ApnsJournal -LiteralPath run.journal -Result");
        Assert.Equal(Engine.Tokens(10), results.Select(r => r.Text("Token")).Order());
        Assert.Equal("Drop", results.Single(r => r.Text("Reason") == "Unregistered").Text("Advice"));
    }

    [Fact]
    public void A_journal_that_cannot_be_read_does_not_keep_the_others()
    {
        File.WriteAllText(Path.Combine(_folder, "a.journal"), "not a journal");
        _engine["t"] = Engine.Token(9);
        _engine.Run("$t | Send-ApnsNotification -Alert Hi -Journal b.journal").Clean();
        EngineResult result = _engine.Run("Get-ApnsJournal missing.journal, nodrive:/a.journal, noprovider::a.journal, Env:/PATH, *.journal");
        Assert.Equal(
            ["PathNotFound", "DriveNotFound", "ProviderNotFound", "NoFile", "JournalFailed"],
            result.Errors.Select(static e => e.FullyQualifiedErrorId.Replace(",Apns.PowerShell.Commands.GetApnsJournalCommand", "", StringComparison.Ordinal)));
        Assert.Single(result.Output);
        Assert.Equal(["DriveNotFound", "NoFile"], _engine.Run("Get-ApnsJournal -LiteralPath nodrive:/a, Env:/PATH").Errors.Select(static e => e.FullyQualifiedErrorId.Split(',')[0]));
    }

    [Fact]
    public void A_path_that_is_no_files_is_refused_before_anything_is_sent()
    {
        _engine["t"] = Engine.Token(1);
        ErrorRecord failure = _engine.Failure("$t | Send-ApnsNotification -Alert Hi -Journal Env:/PATH");
        Assert.Equal(("NoFile,Apns.PowerShell.Commands.SendApnsNotificationCommand", ErrorCategory.InvalidArgument), (failure.FullyQualifiedErrorId, failure.CategoryInfo.Category));
        Assert.Empty(_engine.Received());
    }
}
