using System;
using System.Buffers.Binary;
using System.Numerics;

namespace Apns.Client;

/// <summary>
/// The frame of a journal's file: a header of 64 bytes, then blocks, each written at once and with a checksum that
/// covers its place in the file too. docs/journal.md has the whole format. All numbers are little-endian.
/// </summary>
internal static class JournalFormat
{
    public const int Version = 1;

    public const int HeaderLength = 64;

    /// <summary>What stands before a block's records: their length, the checksum, and the time.</summary>
    public const int BlockHeaderLength = 16;

    /// <summary>A block is closed once its records reach this length.</summary>
    public const int FullBlock = 64 * 1024;

    /// <summary>No record is longer.</summary>
    public const int MaxRecordLength = 8 * 1024;

    private const int LengthAt = 0;
    private const int ChecksumAt = 4;
    private const int TimeAt = 8;

    private const int VersionAt = 8;
    private const int FingerprintAt = 12;
    private const int NotificationAt = 44;
    private const int HeaderChecksumAt = 60;

    public static ReadOnlySpan<byte> Magic => "APNSJRNL"u8;

    /// <param name="header">Where to write it.</param>
    /// <param name="fingerprint">That of what is sent.</param>
    /// <param name="notification">The short fingerprint of the notification that most inputs have.</param>
    /// <param name="version">The format's version; another for tests.</param>
    public static void WriteHeader(Span<byte> header, ReadOnlySpan<byte> fingerprint, ulong notification, int version = Version)
    {
        header.Clear();
        Magic.CopyTo(header);
        BinaryPrimitives.WriteInt32LittleEndian(header[VersionAt..], version);
        fingerprint.CopyTo(header[FingerprintAt..]);
        BinaryPrimitives.WriteUInt64LittleEndian(header[NotificationAt..], notification);
        BinaryPrimitives.WriteUInt32LittleEndian(header[HeaderChecksumAt..], Checksum(0, header[..HeaderChecksumAt]));
    }

    public static int VersionOf(ReadOnlySpan<byte> header) => BinaryPrimitives.ReadInt32LittleEndian(header[VersionAt..]);

    public static ReadOnlySpan<byte> FingerprintOf(ReadOnlySpan<byte> header) => header.Slice(FingerprintAt, NotificationFingerprint.Length);

    public static ulong NotificationOf(ReadOnlySpan<byte> header) => BinaryPrimitives.ReadUInt64LittleEndian(header[NotificationAt..]);

    public static bool IsWholeHeader(ReadOnlySpan<byte> header) =>
        BinaryPrimitives.ReadUInt32LittleEndian(header[HeaderChecksumAt..]) == Checksum(0, header[..HeaderChecksumAt]);

    /// <summary>Fills in the header of a finished block.</summary>
    /// <param name="block">The block, header and records.</param>
    /// <param name="offset">Where in the file it will be.</param>
    /// <param name="time">When it is written.</param>
    public static void SealBlock(Span<byte> block, long offset, DateTimeOffset time)
    {
        BinaryPrimitives.WriteInt32LittleEndian(block[LengthAt..], block.Length - BlockHeaderLength);
        BinaryPrimitives.WriteInt64LittleEndian(block[TimeAt..], time.ToUnixTimeMilliseconds());
        BinaryPrimitives.WriteUInt32LittleEndian(block[ChecksumAt..], ChecksumOf(block, offset));
    }

    /// <summary>The length of the block that these bytes begin with, header and records; 0 if they are none.</summary>
    public static int BlockLength(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < BlockHeaderLength) return 0;
        int length = BinaryPrimitives.ReadInt32LittleEndian(bytes[LengthAt..]);
        return length is > 0 and <= FullBlock + MaxRecordLength ? BlockHeaderLength + length : 0;
    }

    public static bool IsWholeBlock(ReadOnlySpan<byte> block, long offset) =>
        BinaryPrimitives.ReadUInt32LittleEndian(block[ChecksumAt..]) == ChecksumOf(block, offset);

    public static DateTimeOffset TimeOf(ReadOnlySpan<byte> block) => DateTimeOffset.FromUnixTimeMilliseconds(BinaryPrimitives.ReadInt64LittleEndian(block[TimeAt..]));

    private static uint ChecksumOf(ReadOnlySpan<byte> block, long offset)
    {
        uint sum = BitOperations.Crc32C(BitOperations.Crc32C(uint.MaxValue, (ulong)offset), (uint)block.Length);
        return Checksum(sum, block[TimeAt..]);
    }

    private static uint Checksum(uint sum, ReadOnlySpan<byte> bytes)
    {
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..]) sum = BitOperations.Crc32C(sum, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        foreach (byte b in bytes) sum = BitOperations.Crc32C(sum, b);
        return sum;
    }
}
