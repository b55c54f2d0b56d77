using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;

using Apns.Http2.Hpack;

using Xunit;

namespace Apns.Http2.Tests.Hpack;

public class DynamicTableTests
{
    [Fact]
    public void An_entry_counts_its_text_and_32()
    {
        var table = new DynamicTable(100, searchable: true);
        Insert(table, "name", "value");
        Assert.Equal(41, table.Size);
        Insert(table, "n", "");
        Assert.Equal(74, table.Size);
        Assert.Equal(["n: ", "name: value"], HeaderList.Entries(table));
        Assert.Equal(2, table.InsertCount);
    }

    [Fact]
    public void The_oldest_are_evicted_only_as_far_as_needed()
    {
        var table = new DynamicTable(3 * 34, searchable: true);
        foreach (string name in (string[])["a", "b", "c"]) Insert(table, name, "1");
        Assert.Equal(["c: 1", "b: 1", "a: 1"], HeaderList.Entries(table));
        Insert(table, "d", "1");
        Assert.Equal(["d: 1", "c: 1", "b: 1"], HeaderList.Entries(table));
        Insert(table, "e", "22");
        Assert.Equal(["e: 22", "d: 1"], HeaderList.Entries(table));
        Assert.Equal(35 + 34, table.Size);
    }

    [Fact]
    public void An_entry_as_large_as_the_table_fits_and_a_larger_one_empties_it()
    {
        var table = new DynamicTable(64, searchable: true);
        Insert(table, "a", "1");
        Insert(table, new string('n', 16), new string('v', 16));
        Assert.Equal((1, 64, 2L), (table.Count, table.Size, table.InsertCount));
        Insert(table, new string('n', 16), new string('v', 17));
        Assert.Equal((0, 0, 2L), (table.Count, table.Size, table.InsertCount));
        Insert(table, "a", "1");
        Assert.Equal(["a: 1"], HeaderList.Entries(table));
    }

    [Fact]
    public void A_table_of_size_zero_takes_nothing()
    {
        var table = new DynamicTable(0, searchable: true);
        Insert(table, "", "");
        Assert.Equal((0, 0), (table.Count, table.Size));
        Assert.Equal(-1, table.FindName("a"u8, HeaderHash.OfName("a"u8)));
        table.Resize(32);
        Insert(table, "", "");
        Assert.Equal((1, 32), (table.Count, table.Size));
    }

    [Fact]
    public void A_table_that_grows_takes_as_many_entries_as_fit()
    {
        // The smallest entries with a text, so that the number of entries is what gets tight.
        var table = new DynamicTable(4 * 33, searchable: true);
        var expected = new List<string>();
        foreach (int capacity in (int[])[4, 5, 8, 9, 16, 31, 200])
        {
            table.Resize(capacity * 33);
            for (int i = 0; i < 2 * capacity; i++)
            {
                string name = ((char)('!' + (i % 90))).ToString();
                Insert(table, name, "");
                expected.Insert(0, name + ": ");
                if (expected.Count > capacity) expected.RemoveAt(capacity);
                Assert.Equal(expected, HeaderList.Entries(table));
            }
        }
    }

    [Fact]
    public void Room_is_taken_as_it_is_needed()
    {
        var table = new DynamicTable(DynamicTable.MaxCapacity, searchable: true);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Insert(table, "name", "value");
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4096);
    }

    [Fact]
    public void Wrong_capacities_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new DynamicTable(-1, searchable: false));
        Assert.Throws<ArgumentOutOfRangeException>(() => new DynamicTable((1 << 24) + 1, searchable: false));
        var table = new DynamicTable(1 << 24, searchable: false);
        Assert.Throws<ArgumentOutOfRangeException>(() => table.Resize(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => table.Resize((1 << 24) + 1));
    }

    [Fact]
    public void Equal_hashes_are_told_apart()
    {
        // Length and both ends are the same, so the hashes are.
        byte[] first = Encoding.ASCII.GetBytes("12345678-a-12345678");
        byte[] second = Encoding.ASCII.GetBytes("12345678-b-12345678");
        int hash = HeaderHash.OfName(first);
        Assert.Equal(hash, HeaderHash.OfName(second));

        var table = new DynamicTable(4096, searchable: true);
        table.Insert(first, "x"u8, hash, 1);
        Assert.Equal(-1, table.FindName(second, hash));
        Assert.Equal(-1, table.Find(second, "x"u8, 1));
        Assert.Equal(-1, table.Find(first, "y"u8, 1));
        table.Insert(second, "x"u8, hash, 1);
        Assert.Equal(1, table.FindName(first, hash));
        Assert.Equal(0, table.FindName(second, hash));
        Assert.Equal(1, table.Find(first, "x"u8, 1));
    }

    [Fact]
    public void The_version_tells_every_change()
    {
        var table = new DynamicTable(70, searchable: true);
        long version = table.Version;
        void Changed(Action change)
        {
            change();
            Assert.NotEqual(version, table.Version);
            version = table.Version;
        }

        Changed(() => Insert(table, "a", "1"));
        Changed(() => Insert(table, "b", "1"));
        Changed(() => Insert(table, "c", "1"));
        Changed(() => table.Resize(69));
        Changed(() => table.Resize(34));
        Changed(table.Clear);
        table.Clear();
        Assert.Equal(-1, table.FindName("a"u8, 0));
        Assert.Equal(version, table.Version);
    }

    [Fact]
    public void A_random_table_behaves_like_a_list()
    {
        var random = new Random(23);
        for (int run = 0; run < 30; run++)
        {
            int capacity = random.Next(run % 5 == 0 ? 20_000 : 500);
            var table = new DynamicTable(capacity, searchable: true);
            var model = new List<(string Name, string Value)>(); // Newest first.
            long inserted = 0;

            // Few of the names and values are alike at first sight only: see Equal_hashes_are_told_apart.
            string[] texts = [.. Enumerable.Range(0, 12).Select(i => i < 4
                ? "12345678" + (char)('a' + i) + "12345678"
                : new string((char)('a' + i), random.Next(0, 60)))];

            for (int step = 0; step < 2000; step++)
            {
                string name = texts[random.Next(texts.Length)];
                string value = texts[random.Next(texts.Length)];
                int kind = random.Next(100);
                if (kind == 0)
                {
                    capacity = random.Next(random.Next(3) == 0 ? 20_000 : 500);
                    table.Resize(capacity);
                }
                else if (kind < 60)
                {
                    Insert(table, name, value);
                    if (name.Length + value.Length + 32 <= capacity)
                    {
                        model.Insert(0, (name, value));
                        inserted++;
                    }
                    else
                    {
                        model.Clear();
                    }
                }

                while (Size(model) > capacity) model.RemoveAt(model.Count - 1);

                Assert.Equal((model.Count, Size(model), capacity, inserted),
                    (table.Count, table.Size, table.Capacity, table.InsertCount));
                byte[] nameBytes = Encoding.ASCII.GetBytes(name);
                byte[] valueBytes = Encoding.ASCII.GetBytes(value);
                int nameHash = HeaderHash.OfName(nameBytes);
                Assert.Equal(model.FindIndex(entry => entry.Name == name), table.FindName(nameBytes, nameHash));
                Assert.Equal(model.FindIndex(entry => entry == (name, value)),
                    table.Find(nameBytes, valueBytes, HeaderHash.OfField(nameHash, valueBytes)));
                if (step % 50 == 0)
                    Assert.Equal(model.Select(entry => entry.Name + ": " + entry.Value), HeaderList.Entries(table));
            }
        }
    }

    private static int Size(List<(string Name, string Value)> model) =>
        model.Sum(entry => entry.Name.Length + entry.Value.Length + 32);

    private static void Insert(DynamicTable table, string name, string value)
    {
        byte[] nameBytes = Encoding.ASCII.GetBytes(name);
        byte[] valueBytes = Encoding.ASCII.GetBytes(value);
        int nameHash = HeaderHash.OfName(nameBytes);
        table.Insert(nameBytes, valueBytes, nameHash, HeaderHash.OfField(nameHash, valueBytes));
    }
}
