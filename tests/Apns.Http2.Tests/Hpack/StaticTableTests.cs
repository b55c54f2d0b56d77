using System;
using System.Text;

using Apns.Http2.Hpack;

using Xunit;

namespace Apns.Http2.Tests.Hpack;

public class StaticTableTests
{
    [Theory]
    [InlineData(1, ":authority", "")]
    [InlineData(2, ":method", "GET")]
    [InlineData(3, ":method", "POST")]
    [InlineData(4, ":path", "/")]
    [InlineData(5, ":path", "/index.html")]
    [InlineData(7, ":scheme", "https")]
    [InlineData(8, ":status", "200")]
    [InlineData(14, ":status", "500")]
    [InlineData(15, "accept-charset", "")]
    [InlineData(16, "accept-encoding", "gzip, deflate")]
    [InlineData(17, "accept-language", "")]
    [InlineData(28, "content-length", "")]
    [InlineData(33, "date", "")]
    [InlineData(54, "server", "")]
    [InlineData(58, "user-agent", "")]
    [InlineData(61, "www-authenticate", "")]
    public void Entries_are_those_of_appendix_A(int index, string name, string value)
    {
        Assert.Equal(name, Encoding.ASCII.GetString(StaticTable.Name(index)));
        Assert.Equal(value, Encoding.ASCII.GetString(StaticTable.Value(index)));
    }

    [Fact]
    public void Every_entry_is_found()
    {
        for (int index = 1; index <= StaticTable.Count; index++)
        {
            ReadOnlySpan<byte> name = StaticTable.Name(index);
            int first = StaticTable.FindName(name, HeaderHash.OfName(name));
            Assert.InRange(first, 1, index);
            Assert.Equal(StaticTable.Name(first), name);
            Assert.True(first == 1 || !StaticTable.Name(first - 1).SequenceEqual(name));
            Assert.Equal(index, StaticTable.FindValue(first, StaticTable.Value(index)));
            Assert.Equal(0, StaticTable.FindValue(first, "no such value"u8));
        }
    }

    [Fact]
    public void Other_names_are_not_found()
    {
        foreach (string text in (string[])["", "x", ":", ":Authority", "apns-topic", "www-authenticat", "dates", "via "])
        {
            byte[] name = Encoding.ASCII.GetBytes(text);
            Assert.Equal(0, StaticTable.FindName(name, HeaderHash.OfName(name)));

            // Wherever the search begins: a hash may fall on any name.
            for (int hash = 0; hash < 256; hash++) Assert.Equal(0, StaticTable.FindName(name, hash));
        }
    }

    [Fact]
    public void All_text_is_right()
    {
        // A sum over all of appendix A, so that no entry is left out above.
        var all = new StringBuilder();
        for (int index = 1; index <= StaticTable.Count; index++)
            all.Append(HeaderList.Line(StaticTable.Name(index), StaticTable.Value(index))).Append('\n');
        byte[] hash = System.Security.Cryptography.SHA256.HashData(Encoding.ASCII.GetBytes(all.ToString()));
        Assert.Equal("e068ed84a5a3d28824dc910d55e700af8236a5744b77f384fb67b7f06b72fbb3", Convert.ToHexStringLower(hash));
    }
}
