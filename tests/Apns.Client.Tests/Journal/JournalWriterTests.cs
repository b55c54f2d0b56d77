using System;
using System.Collections.Generic;
using Xunit;

namespace Apns.Client.Tests.Journal;

public sealed class JournalWriterTests : IDisposable
{
    private readonly JournalRun.Folder _folder = new();
    private readonly List<ApnsRequest> _released = [];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Inputs_are_released_in_their_order(bool durable)
    {
        using (JournalWriter writer = Open(JournalFormat.HeaderLength, durable))
        {
            for (int i = 0; i < 1000; i++) Begin(writer, i);
            writer.Flush();
            Assert.Equal(1000, _released.Count);
            Assert.Null(writer.Failure);
        }

        for (int i = 0; i < _released.Count; i++) Assert.Equal(i, _released[i].Index);
    }

    [Fact]
    public void Many_share_a_write()
    {
        using JournalWriter writer = Open(JournalFormat.HeaderLength);
        for (int i = 0; i < 50_000; i++) Begin(writer, i);
        writer.Flush();
        Assert.Equal(50_000, _released.Count);
        Assert.InRange(writer.Groups, 50, 50_000 / 64);
    }

    [Fact]
    public void Nothing_leaves_that_could_not_be_written()
    {
        // A file has an end, if only by the numbers that index it.
        using JournalWriter writer = Open(JournalEntry.MaxValue - 10);
        Begin(writer, 1);
        writer.Flush();
        Begin(writer, 2);
        writer.Flush();
        Assert.Equal(2, _released.Count);
        Assert.All(_released, request => Assert.Same(writer.Failure, request.Failure));
        Assert.Equal((ApnsErrorKind.JournalFailed, true), (writer.Failure!.Kind, writer.Failure.IsPermanent));
        Assert.Contains(_folder.Journal, writer.Failure.Message, StringComparison.Ordinal);

        // It is the end of the batch as well.
        ApnsRequest request = _released[0];
        request.Outcome = ApnsOutcome.NotSent;
        Assert.Same(writer.Failure, Doom.Of(request, ResultBuilder.Build(request), "notification", ownTopic: false));
    }

    private static void Begin(JournalWriter writer, int number) =>
        writer.Begin(new ApnsRequest { Index = number }, new BeginRecord { Token = Convert.FromHexString(Samples.Token(number)), ApnsId = Guid.NewGuid() });

    private JournalWriter Open(long length, bool durable = false) =>
        new(JournalFile.OpenToWrite(_folder.Journal, new byte[NotificationFingerprint.Length], 0), length, durable, _released.Add);
}
