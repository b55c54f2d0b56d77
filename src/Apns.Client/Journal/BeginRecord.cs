using System;
using System.Buffers.Binary;
using Apns.Http2;

namespace Apns.Client;

/// <summary>An input that is about to be sent.</summary>
internal ref struct BeginRecord
{
    private const byte HasNotification = 0x08;
    private const byte HasOccurrence = 0x10;
    private const byte HasAttempts = 0x20;
    private const int IdLength = 16;

    /// <summary>The device token's bytes.</summary>
    public ReadOnlySpan<byte> Token;

    /// <summary>The short fingerprint of its notification; 0 for that of the journal's header.</summary>
    public ulong Notification;

    /// <summary>
    /// Of an input that an earlier run has begun: how many inputs before have the same token and notification. Null for one
    /// that is new.
    /// </summary>
    public long? Occurrence;

    /// <summary>How often it was sent before.</summary>
    public int Attempts;

    public Guid ApnsId;

    public readonly void Write(ByteBuffer buffer)
    {
        int flags = (int)JournalRecordKind.Begin;
        if (Notification != 0) flags |= HasNotification;
        if (Occurrence is not null) flags |= HasOccurrence;
        if (Attempts != 0) flags |= HasAttempts;
        buffer.WriteByte((byte)flags);
        if (Notification != 0)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(buffer.GetSpan(sizeof(ulong)), Notification);
            buffer.Advance(sizeof(ulong));
        }

        if (Occurrence is { } occurrence) JournalNumber.Write(buffer, occurrence);
        if (Attempts != 0) JournalNumber.Write(buffer, Attempts);
        buffer.WriteByte((byte)Token.Length);
        buffer.Write(Token);
        ApnsId.TryWriteBytes(buffer.GetSpan(IdLength));
        buffer.Advance(IdLength);
    }

    public static BeginRecord Read(scoped ref ReadOnlySpan<byte> bytes)
    {
        byte flags = JournalNumber.TakeByte(ref bytes);
        var record = default(BeginRecord);
        if ((flags & HasNotification) != 0) record.Notification = BinaryPrimitives.ReadUInt64LittleEndian(JournalNumber.Take(ref bytes, sizeof(ulong)));
        if ((flags & HasOccurrence) != 0) record.Occurrence = JournalNumber.Read(ref bytes);
        if ((flags & HasAttempts) != 0) record.Attempts = (int)JournalNumber.Read(ref bytes);
        record.Token = JournalNumber.Take(ref bytes, JournalNumber.TakeByte(ref bytes));
        record.ApnsId = new Guid(JournalNumber.Take(ref bytes, IdLength));
        return record;
    }
}
