using System;

namespace Apns.Http2.Hpack;

/// <summary>The static table (RFC 7541 section 2.3.1 and appendix A): entries 1 to 61 of the index space.</summary>
internal static class StaticTable
{
    /// <summary>The number of entries, and so the largest static index.</summary>
    internal const int Count = 61;

    // Far more slots than the 52 different names, so that a probe nearly always ends at once.
    private const int Slots = 256;

    // Entries with the same name are neighbours: the search by name and value relies on it.
    private static readonly (byte[] Name, byte[] Value)[] Entries =
    [
        Entry(":authority"u8),
        Entry(":method"u8, "GET"u8),
        Entry(":method"u8, "POST"u8),
        Entry(":path"u8, "/"u8),
        Entry(":path"u8, "/index.html"u8),
        Entry(":scheme"u8, "http"u8),
        Entry(":scheme"u8, "https"u8),
        Entry(":status"u8, "200"u8),
        Entry(":status"u8, "204"u8),
        Entry(":status"u8, "206"u8),
        Entry(":status"u8, "304"u8),
        Entry(":status"u8, "400"u8),
        Entry(":status"u8, "404"u8),
        Entry(":status"u8, "500"u8),
        Entry("accept-charset"u8),
        Entry("accept-encoding"u8, "gzip, deflate"u8),
        Entry("accept-language"u8),
        Entry("accept-ranges"u8),
        Entry("accept"u8),
        Entry("access-control-allow-origin"u8),
        Entry("age"u8),
        Entry("allow"u8),
        Entry("authorization"u8),
        Entry("cache-control"u8),
        Entry("content-disposition"u8),
        Entry("content-encoding"u8),
        Entry("content-language"u8),
        Entry("content-length"u8),
        Entry("content-location"u8),
        Entry("content-range"u8),
        Entry("content-type"u8),
        Entry("cookie"u8),
        Entry("date"u8),
        Entry("etag"u8),
        Entry("expect"u8),
        Entry("expires"u8),
        Entry("from"u8),
        Entry("host"u8),
        Entry("if-match"u8),
        Entry("if-modified-since"u8),
        Entry("if-none-match"u8),
        Entry("if-range"u8),
        Entry("if-unmodified-since"u8),
        Entry("last-modified"u8),
        Entry("link"u8),
        Entry("location"u8),
        Entry("max-forwards"u8),
        Entry("proxy-authenticate"u8),
        Entry("proxy-authorization"u8),
        Entry("range"u8),
        Entry("referer"u8),
        Entry("refresh"u8),
        Entry("retry-after"u8),
        Entry("server"u8),
        Entry("set-cookie"u8),
        Entry("strict-transport-security"u8),
        Entry("transfer-encoding"u8),
        Entry("user-agent"u8),
        Entry("vary"u8),
        Entry("via"u8),
        Entry("www-authenticate"u8),
    ];

    // The index of the first entry of each name, open addressing by the name's hash; 0 is an empty slot.
    private static readonly byte[] FirstByName = IndexNames();

    /// <summary>An entry's name.</summary>
    /// <param name="index">1 to <see cref="Count"/>.</param>
    /// <returns>The name.</returns>
    internal static ReadOnlySpan<byte> Name(int index) => Entries[index - 1].Name;

    /// <summary>An entry's value, empty for most.</summary>
    /// <param name="index">1 to <see cref="Count"/>.</param>
    /// <returns>The value.</returns>
    internal static ReadOnlySpan<byte> Value(int index) => Entries[index - 1].Value;

    /// <summary>Finds the first entry with a name.</summary>
    /// <param name="name">The name.</param>
    /// <param name="nameHash">Its <see cref="HeaderHash"/>.</param>
    /// <returns>Its index, or 0.</returns>
    internal static int FindName(ReadOnlySpan<byte> name, int nameHash)
    {
        byte[] slots = FirstByName;
        for (int slot = nameHash & (Slots - 1); slots[slot] != 0; slot = (slot + 1) & (Slots - 1))
        {
            if (name.SequenceEqual(Entries[slots[slot] - 1].Name)) return slots[slot];
        }

        return 0;
    }

    /// <summary>Finds the entry with a value among those of one name.</summary>
    /// <param name="firstIndex">What <see cref="FindName"/> returned; not 0.</param>
    /// <param name="value">The value.</param>
    /// <returns>Its index, or 0.</returns>
    internal static int FindValue(int firstIndex, ReadOnlySpan<byte> value)
    {
        ReadOnlySpan<byte> name = Name(firstIndex);
        int index = firstIndex;
        do
        {
            if (value.SequenceEqual(Value(index))) return index;
            index++;
        }
        while (index <= Count && name.SequenceEqual(Name(index)));

        return 0;
    }

    private static byte[] IndexNames()
    {
        byte[] slots = new byte[Slots];
        for (int index = 1; index <= Count; index++)
        {
            ReadOnlySpan<byte> name = Name(index);
            int hash = HeaderHash.OfName(name);
            if (index > 1 && name.SequenceEqual(Name(index - 1))) continue;
            int slot = hash & (Slots - 1);
            while (slots[slot] != 0) slot = (slot + 1) & (Slots - 1);
            slots[slot] = (byte)index;
        }

        return slots;
    }

    private static (byte[] Name, byte[] Value) Entry(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value = default) =>
        (name.ToArray(), value.ToArray());
}
