using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using Xunit;

namespace Apns.Client.Tests.Journal;

/// <summary>The file itself: what is read back, what is cut off, and what is refused.</summary>
public sealed class JournalFileTests : IDisposable
{
    private readonly JournalRun.Folder _folder = new();

    private string Path => _folder.Journal;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void All_that_a_result_has_comes_back()
    {
        Guid id;
        DateTimeOffset before = DateTimeOffset.FromUnixTimeMilliseconds(DateTimeOffset.UtcNow.ToUnixTimeMilliseconds());
        using (var run = new JournalRun(Path))
        {
            ApnsRequest request = run.Add(Samples.Token(1)).Request;
            id = request.ApnsId;
            request.UniqueId = "unique";
            request.InvalidSinceMilliseconds = 1_700_000_000_123;
            request.TakenAt = 5;
            request.FinishedAt = 12_345_675;
            request.InDoubt = true;
            run.End(request, ApnsOutcome.Rejected, 410, "Unregistered");
            run.Finish(Samples.Token(2), ApnsOutcome.Rejected, 418, "TeapotÜ");
        }

        List<ApnsResult> results = [.. ApnsJournal.ReadResults(Path)];
        Assert.Equal(
            (Samples.Token(1), ApnsOutcome.Rejected, 410, "Unregistered", id, "unique", 1, true),
            (results[0].Token, results[0].Outcome, results[0].Status, results[0].Reason, results[0].ApnsId, results[0].UniqueId, results[0].Attempts, results[0].PossibleDuplicate));
        Assert.Equal(DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_123), results[0].InvalidSince);
        Assert.Equal((TimeSpan.FromTicks(12_345_670), ApnsAdvice.Drop, "The app is no longer on the device."), (results[0].Duration, results[0].Advice, results[0].Error));
        Assert.InRange(results[0].Time!.Value, before, DateTimeOffset.UtcNow);
        Assert.Equal(("TeapotÜ", ApnsAdvice.FixRequest, false), (results[1].Reason, results[1].Advice, results[1].PossibleDuplicate));
    }

    [Fact]
    public void An_input_takes_few_bytes()
    {
        const int Count = 100;
        using (var run = new JournalRun(Path))
        {
            for (int i = 0; i < Count; i++) run.Finish(Samples.Token(i), ApnsOutcome.Delivered, 200);
        }

        byte[] file = File.ReadAllBytes(Path);
        int bytes = Blocks(file).Sum(at => JournalFormat.BlockLength(file.AsSpan(at)) - JournalFormat.BlockHeaderLength);
        Assert.InRange(bytes / Count, 32 + 16, 62);
    }

    [Fact]
    public void A_tail_cut_short_at_any_byte_is_cut_off()
    {
        using (var run = new JournalRun(Path))
        {
            run.Finish(Samples.Token(1), ApnsOutcome.Delivered, 200);
            run.Flush();
        }

        byte[] whole = File.ReadAllBytes(Path);
        using (var run = new JournalRun(Path)) run.Finish(Samples.Token(2), ApnsOutcome.Delivered, 200);
        byte[] longer = File.ReadAllBytes(Path);

        // The second run wrote one block at the least; how many, and where they end, is the writer's affair.
        int end = whole.Length;
        for (int length = whole.Length; length < longer.Length; length++)
        {
            int block = JournalFormat.BlockLength(longer.AsSpan(end));
            if (length == end + block) end += block;
            File.WriteAllBytes(Path, longer[..length]);
            ApnsJournalSummary summary = ApnsJournal.Read(Path);
            Assert.Equal((length - end, length), (summary.TornBytes, new FileInfo(Path).Length));
            using var run = new JournalRun(Path);
            Assert.Equal(length - end, run.Cut);
            Assert.Equal(JournalVerdict.Skip, run.Add(Samples.Token(1)).Verdict);
        }
    }

    [Fact]
    public void A_header_cut_short_at_any_byte_is_begun_anew()
    {
        using (new JournalRun(Path))
        {
        }

        byte[] whole = File.ReadAllBytes(Path);
        for (int length = 0; length < JournalFormat.HeaderLength; length++)
        {
            File.WriteAllBytes(Path, whole[..length]);
            using (var run = new JournalRun(Path)) Assert.Equal(JournalVerdict.Send, run.Add(Samples.Token(1)).Verdict);
            Assert.Equal(1, ApnsJournal.Read(Path).Runs);
        }
    }

    [Fact]
    public void What_the_system_lost_at_the_end_is_cut_off()
    {
        using (var run = new JournalRun(Path)) run.Finish(Samples.Token(1), ApnsOutcome.Delivered, 200);

        // After a power cut: the length was on the disk, the contents were not.
        using (FileStream file = File.OpenWrite(Path)) file.SetLength(file.Length + 200_000);
        using var again = new JournalRun(Path);
        Assert.Equal(200_000, again.Cut);
        Assert.Equal(JournalVerdict.Skip, again.Add(Samples.Token(1)).Verdict);
    }

    [Fact]
    public void Damage_at_any_byte_before_the_end_is_an_error_that_says_where()
    {
        for (int i = 0; i < 3; i++)
        {
            using var run = new JournalRun(Path);
            run.Finish(Samples.Token(i), ApnsOutcome.Delivered, 200);
        }

        byte[] whole = File.ReadAllBytes(Path);
        List<int> blocks = Blocks(whole);
        for (int at = JournalFormat.HeaderLength; at < blocks[^1]; at++)
        {
            byte[] damaged = (byte[])whole.Clone();
            damaged[at] ^= 0x20;
            File.WriteAllBytes(Path, damaged);
            ApnsException error = Assert.Throws<ApnsException>(() => new JournalRun(Path));
            Assert.Equal(ApnsErrorKind.JournalDamaged, error.Kind);
            Assert.Contains($"at byte {blocks.FindLast(b => b <= at)},", error.Message, StringComparison.Ordinal);
            Assert.Equal(damaged, File.ReadAllBytes(Path));
        }
    }

    [Fact]
    public void A_block_in_a_place_that_is_not_its_own_is_damage()
    {
        using (var run = new JournalRun(Path)) run.Finish(Samples.Token(1), ApnsOutcome.Delivered, 200);
        byte[] whole = File.ReadAllBytes(Path);
        byte[] first = whole[JournalFormat.HeaderLength..(JournalFormat.HeaderLength + JournalFormat.BlockLength(whole.AsSpan(JournalFormat.HeaderLength)))];
        File.WriteAllBytes(Path, [.. whole, .. first]);
        using var again = new JournalRun(Path);
        Assert.Equal(first.Length, again.Cut);
    }

    [Fact]
    public void A_damaged_header_is_an_error()
    {
        using (new JournalRun(Path))
        {
        }

        byte[] bytes = File.ReadAllBytes(Path);
        bytes[20] ^= 1;
        File.WriteAllBytes(Path, bytes);
        Assert.Equal(ApnsErrorKind.JournalDamaged, Assert.Throws<ApnsException>(() => new JournalRun(Path)).Kind);
    }

    [Theory]
    [InlineData("a")]
    [InlineData("0123456789")]
    [InlineData("APNSJRNX")]
    public void A_file_that_is_no_journal_is_left_as_it_is(string content)
    {
        File.WriteAllText(Path, content);
        ApnsException error = Assert.Throws<ApnsException>(() => new JournalRun(Path));
        Assert.Equal((ApnsErrorKind.JournalFailed, content), (error.Kind, File.ReadAllText(Path)));
        Assert.Contains("is no journal", error.Message, StringComparison.Ordinal);
        Assert.Contains("is no journal", Assert.Throws<ApnsException>(() => ApnsJournal.Read(Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_later_format_is_refused_by_its_number()
    {
        using (new JournalRun(Path))
        {
        }

        byte[] header = File.ReadAllBytes(Path)[..JournalFormat.HeaderLength];
        JournalFormat.WriteHeader(header, JournalFormat.FingerprintOf(header).ToArray(), 0, JournalFormat.Version + 1);
        File.WriteAllBytes(Path, header);
        Assert.Contains("has format 2;", Assert.Throws<ApnsException>(() => new JournalRun(Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_runs_cannot_have_one_journal()
    {
        using (var first = new JournalRun(Path))
        {
            ApnsException error = Assert.Throws<ApnsException>(() => new JournalRun(Path));
            Assert.Equal(ApnsErrorKind.JournalInUse, error.Kind);
            Assert.Equal(ApnsErrorKind.JournalInUse, Assert.Throws<ApnsException>(() => ApnsJournal.Read(Path)).Kind);
            first.Finish(Samples.Token(1), ApnsOutcome.Delivered, 200);
        }

        using var second = new JournalRun(Path);
        Assert.Equal(JournalVerdict.Skip, second.Add(Samples.Token(1)).Verdict);
    }

    [Fact]
    public void A_place_where_no_file_can_be_is_an_error_with_its_path()
    {
        string path = System.IO.Path.Combine(Path, "missing", "run.journal");
        ApnsException error = Assert.Throws<ApnsException>(() => new JournalRun(path));
        Assert.Equal(ApnsErrorKind.JournalFailed, error.Kind);
        Assert.Contains(path, error.Message, StringComparison.Ordinal);
        Assert.Equal(ApnsErrorKind.JournalFailed, Assert.Throws<ApnsException>(() => ApnsJournal.Read(path)).Kind);
    }

    [Fact]
    public void A_file_that_cannot_be_read_any_more_is_an_error_with_its_path()
    {
        using (var run = new JournalRun(Path))
        {
            foreach (string token in Enumerable.Range(0, 20_000).Select(Samples.Token)) run.Finish(token, ApnsOutcome.Delivered, 200);
        }

        using IEnumerator<ApnsResult> results = ApnsJournal.ReadResults(Path).GetEnumerator();
        Assert.True(results.MoveNext());
        UnreadableFile.Make(Path);
        ApnsException error = Assert.Throws<ApnsException>(() =>
        {
            while (results.MoveNext())
            {
            }
        });
        Assert.Equal(ApnsErrorKind.JournalFailed, error.Kind);
        Assert.Contains(Path, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    public void Nobody_else_may_read_the_tokens()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has other ways.");
        using (new JournalRun(Path)) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path));
    }

    [Fact]
    public void Many_inputs_make_many_blocks_and_all_come_back()
    {
        string[] tokens = [.. Enumerable.Range(0, 20_000).Select(Samples.Token)];
        using (var run = new JournalRun(Path))
        {
            List<ApnsRequest> requests = [.. tokens.Select(token => run.Add(token).Request)];
            foreach (ApnsRequest request in requests) run.End(request, ApnsOutcome.Delivered, 200);
        }

        Assert.Equal(tokens, ApnsJournal.ReadResults(Path).Select(result => result.Token));
        Assert.Equal((20_000L, 20_000L, 0L), (ApnsJournal.Read(Path).Inputs, ApnsJournal.Read(Path).Delivered, ApnsJournal.Read(Path).Unfinished));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(127)]
    [InlineData(128)]
    [InlineData(1L << 40)]
    [InlineData(long.MaxValue)]
    [InlineData(-1)]
    public void Numbers_come_back(long number)
    {
        var buffer = new Http2.ByteBuffer();
        JournalNumber.Write(buffer, number);
        ReadOnlySpan<byte> bytes = buffer.WrittenSpan;
        Assert.Equal(number, JournalNumber.Read(ref bytes));
        Assert.True(bytes.IsEmpty);
    }

    [Fact]
    public void Random_bytes_with_a_good_checksum_are_damage_and_nothing_worse()
    {
        using (new JournalRun(Path))
        {
        }

        byte[] whole = File.ReadAllBytes(Path);
        var random = new Random(7);
        for (int i = 0; i < 2000; i++)
        {
            byte[] block = new byte[JournalFormat.BlockHeaderLength + random.Next(1, 100)];
            random.NextBytes(block);
            JournalFormat.SealBlock(block, whole.Length, DateTimeOffset.UtcNow);
            File.WriteAllBytes(Path, [.. whole, .. block]);
            try
            {
                ApnsJournal.Read(Path);
            }
            catch (ApnsException e)
            {
                Assert.Equal(ApnsErrorKind.JournalDamaged, e.Kind);
            }
        }
    }

    [Fact]
    public void No_secret_is_in_the_file()
    {
        using (var run = new JournalRun(Path, new ApnsJournalOptions { Path = Path, Notification = Samples.Notification() })) run.Finish(Samples.Token(1), ApnsOutcome.Delivered, 200);
        string text = Encoding.Latin1.GetString(File.ReadAllBytes(Path));
        Assert.Contains(Samples.Notification().Json, text, StringComparison.Ordinal);
        Assert.DoesNotContain("bearer", text, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Where the blocks of a file begin.</summary>
    private static List<int> Blocks(byte[] file)
    {
        List<int> blocks = [];
        for (int at = JournalFormat.HeaderLength; at < file.Length; at += JournalFormat.BlockLength(file.AsSpan(at))) blocks.Add(at);
        return blocks;
    }
}
