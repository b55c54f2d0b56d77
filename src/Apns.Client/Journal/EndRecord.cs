using System;
using System.Text;
using System.Text.Unicode;
using Apns.Http2;

namespace Apns.Client;

/// <summary>How an input ended.</summary>
internal struct EndRecord
{
    private const byte HasReason = 0x08;
    private const byte HasUniqueId = 0x10;
    private const byte HasInvalidSince = 0x20;
    private const byte IsPossibleDuplicate = 0x40;
    private const int AdviceShift = 2;

    // Far more than APNs's texts have.
    private const int MaxTextLength = 1024;

    /// <summary>From the input's begin to this record, in bytes.</summary>
    public long Back;

    public ApnsOutcome Outcome;
    public ApnsAdvice Advice;
    public int Status;
    public int Attempts;
    public bool PossibleDuplicate;

    /// <summary>In ticks; the file has microseconds.</summary>
    public long Duration;

    public string? Reason;
    public string? UniqueId;
    public long InvalidSinceMilliseconds;

    /// <summary>Whether it may have been processed without anybody knowing.</summary>
    public readonly bool InDoubt => Outcome == ApnsOutcome.Unknown || PossibleDuplicate;

    /// <summary>
    /// Whether the next run is to send it again: what may succeed later, what was refused for the credential's sake, and
    /// what stopped the whole run, since that spoke of the run and not of this input.
    /// </summary>
    public readonly bool IsToBeRepeated => Outcome switch
    {
        ApnsOutcome.Delivered => false,
        ApnsOutcome.Rejected => Advice is ApnsAdvice.Retry or ApnsAdvice.FixCredentials || ApnsReason.For(Status, Reason).Handling != AnswerHandling.Final,
        _ => true,
    };

    public readonly void Write(ByteBuffer buffer)
    {
        int flags = (int)JournalRecordKind.End;
        if (Reason is not null) flags |= HasReason;
        if (UniqueId is not null) flags |= HasUniqueId;
        if (InvalidSinceMilliseconds > 0) flags |= HasInvalidSince;
        if (PossibleDuplicate) flags |= IsPossibleDuplicate;
        buffer.WriteByte((byte)flags);
        JournalNumber.Write(buffer, Back);
        buffer.WriteByte((byte)((int)Outcome | ((int)Advice << AdviceShift)));
        JournalNumber.Write(buffer, Status);
        JournalNumber.Write(buffer, Attempts);
        JournalNumber.Write(buffer, Math.Max(0, Duration) / TimeSpan.TicksPerMicrosecond);
        if (Reason is not null) WriteText(buffer, Reason);
        if (UniqueId is not null) WriteText(buffer, UniqueId);
        if (InvalidSinceMilliseconds > 0) JournalNumber.Write(buffer, InvalidSinceMilliseconds);
    }

    public static EndRecord Read(scoped ref ReadOnlySpan<byte> bytes)
    {
        byte flags = JournalNumber.TakeByte(ref bytes);
        EndRecord record = default;
        record.PossibleDuplicate = (flags & IsPossibleDuplicate) != 0;
        record.Back = JournalNumber.Read(ref bytes);
        byte ended = JournalNumber.TakeByte(ref bytes);
        record.Outcome = (ApnsOutcome)(ended & ((1 << AdviceShift) - 1));
        record.Advice = (ApnsAdvice)(ended >> AdviceShift);
        record.Status = (int)JournalNumber.Read(ref bytes);
        record.Attempts = (int)JournalNumber.Read(ref bytes);
        record.Duration = JournalNumber.Read(ref bytes) * TimeSpan.TicksPerMicrosecond;
        if ((flags & HasReason) != 0) record.Reason = ApnsReason.Intern(JournalNumber.Take(ref bytes, JournalNumber.Read(ref bytes)));
        if ((flags & HasUniqueId) != 0) record.UniqueId = Encoding.UTF8.GetString(JournalNumber.Take(ref bytes, JournalNumber.Read(ref bytes)));
        if ((flags & HasInvalidSince) != 0) record.InvalidSinceMilliseconds = JournalNumber.Read(ref bytes);
        return record;
    }

    private static void WriteText(ByteBuffer buffer, string text)
    {
        Span<byte> utf8 = stackalloc byte[MaxTextLength];
        Utf8.FromUtf16(text, utf8, out _, out int length);
        JournalNumber.Write(buffer, length);
        buffer.Write(utf8[..length]);
    }
}
