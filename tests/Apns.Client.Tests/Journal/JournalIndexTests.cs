using System;
using System.Collections.Generic;
using System.Globalization;
using System.Security.Cryptography;
using Xunit;

namespace Apns.Client.Tests.Journal;

[Collection(nameof(Alone))]
public class JournalIndexTests
{
    private readonly JournalIndex _index = new();
    private readonly JournalHash _hash = new();

    [Fact]
    public void It_knows_what_was_put_in_and_nothing_else()
    {
        var random = new Random(1);
        var model = new Dictionary<int, (JournalState State, long Value)>();
        for (int i = 0; i < 300_000; i++)
        {
            int number = random.Next(100_000);
            JournalKey key = Key(number);
            (JournalState, long) expected = model.GetValueOrDefault(number);
            JournalEntry entry = _index.Get(key);
            Assert.Equal(expected, (entry.State, entry.Value));
            if (random.Next(2) == 0) continue;
            (JournalState State, long Value) wanted = ((JournalState)random.Next(1, 5), random.NextInt64(JournalEntry.MaxValue + 1));
            _index.GetOrAdd(key).Set(wanted.State, wanted.Value);
            model[number] = wanted;
        }
    }

    [Theory]
    [InlineData(400_000)]
    [InlineData(700_000)]
    [InlineData(1_000_000)]
    public void An_input_takes_24_bytes_at_most(int count)
    {
        long before = GC.GetTotalMemory(forceFullCollection: true);
        var index = new JournalIndex();
        for (int i = 0; i < count; i++) index.GetOrAdd(Key(i)).Set(JournalState.Seen, 1);
        long after = GC.GetTotalMemory(forceFullCollection: true);
        GC.KeepAlive(index);
        Assert.InRange((after - before) / (double)count, 16, 24);
    }

    [Fact]
    public void Whatever_distinguishes_inputs_makes_another_key()
    {
        byte[] token = Convert.FromHexString(Samples.Token(1));
        var keys = new HashSet<JournalKey>();
        for (int length = 0; length <= token.Length; length++)
        {
            for (ulong notification = 0; notification < 3; notification++)
            {
                for (int occurrence = 0; occurrence < 3; occurrence++) Assert.True(keys.Add(_hash.Of(token.AsSpan(0, length), notification, occurrence)));
            }
        }

        for (int bit = 0; bit < 8 * token.Length; bit++)
        {
            token[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.True(keys.Add(_hash.Of(token, 0, 0)));
            token[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    [Fact]
    public void Every_bit_of_a_token_reaches_half_the_bits_of_its_key()
    {
        byte[] token = SHA256.HashData([1]);
        int changed = 0;
        const int Bits = 256;
        for (int bit = 0; bit < Bits; bit++)
        {
            JournalKey before = _hash.Of(token, 7, 0);
            token[bit / 8] ^= (byte)(1 << (bit % 8));
            JournalKey after = _hash.Of(token, 7, 0);
            changed += System.Numerics.BitOperations.PopCount(before.First ^ after.First) + System.Numerics.BitOperations.PopCount(before.Second ^ after.Second);
        }

        Assert.InRange(changed / (double)Bits, 60, 68);
    }

    [Fact]
    public void Nobody_can_foresee_a_key() => Assert.NotEqual(new JournalHash().Of([1, 2, 3], 0, 0), new JournalHash().Of([1, 2, 3], 0, 0));

    private JournalKey Key(int number) => _hash.Of(Convert.FromHexString(number.ToString("x64", CultureInfo.InvariantCulture)), 0, 0);
}
