using System;
using System.Text;
using System.Text.Unicode;
using Apns.Http2;

namespace Apns.Client;

/// <summary>The start of a run.</summary>
internal static class RunRecord
{
    /// <summary>What is sent, for people; cut where a record ends.</summary>
    public static void Write(ByteBuffer buffer, string what)
    {
        Span<byte> utf8 = stackalloc byte[JournalFormat.MaxRecordLength - 16];
        Utf8.FromUtf16(what, utf8, out _, out int length);
        buffer.WriteByte((byte)JournalRecordKind.Run);
        JournalNumber.Write(buffer, length);
        buffer.Write(utf8[..length]);
    }

    public static string Read(scoped ref ReadOnlySpan<byte> bytes)
    {
        JournalNumber.TakeByte(ref bytes);
        return Encoding.UTF8.GetString(JournalNumber.Take(ref bytes, JournalNumber.Read(ref bytes)));
    }
}
