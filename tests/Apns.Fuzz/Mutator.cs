using System;
using System.Collections.Generic;
using System.Text;

namespace Apns.Fuzz;

/// <summary>Makes inputs of a target's corpus: each file as it is first, then changed ones. The same seed makes the same input.</summary>
internal sealed class Mutator(FuzzTarget target)
{
    private const int LongestInput = 32 * 1024;

    private static readonly string[] Numbers =
        ["0", "-1", "1e999", "0.5", "255", "256", "2147483647", "2147483648", "9223372036854775807", "9223372036854775808", "253402300800", "-62135596801"];

    private readonly byte[][] _corpus = Corpus.Of(target);

    public int CorpusCount => _corpus.Length;

    public byte[] Make(int seed)
    {
        if (seed >= 0 && seed < _corpus.Length) return _corpus[seed];
        var random = new Random(seed);
        byte[] input = Pick(_corpus, random);
        for (int count = random.Next(1, 8); count > 0; count--) input = Change(input, random);
        return input.Length > LongestInput ? input[..LongestInput] : input;
    }

    private byte[] Change(byte[] input, Random random)
    {
        if (input.Length == 0) return [(byte)random.Next(256)];
        int at = random.Next(input.Length);
        switch (random.Next(10))
        {
            case 0:
                return With(input, at, (byte)(input[at] ^ (1 << random.Next(8))));
            case 1:
                return With(input, at, (byte)random.Next(256));
            case 2:
                return With(input, at, Pick<byte>([0, 1, 0x7f, 0x80, 0xff], random));
            case 3:
                return random.Next(4) == 0 ? input[..at] : input;
            case 4:
                return ReplaceNumber(input, at, random);
            case 5:
                (int from, int to) = Range(input, random);
                return [.. input[..from], .. input[to..]];
            case 6:
                (from, to) = Range(input, random);
                return [.. input[..to], .. input[from..]];
            case 7:
                (from, to) = Range(input, random);
                int place = Range(input, random).From;
                return [.. input[..place], .. input[from..to], .. input[place..]];
            default:
                byte[] other = Pick(_corpus, random);
                if (other.Length == 0) return input;
                (from, to) = Range(other, random);
                (int start, int end) = Range(input, random);
                return [.. input[..start], .. other[from..to], .. input[(random.Next(2) == 0 ? start : end)..]];
        }
    }

    /// <summary>A few of the input's pieces that follow each other; now and then any bytes of it.</summary>
    private (int From, int To) Range(byte[] input, Random random)
    {
        if (random.Next(4) == 0)
        {
            int any = random.Next(input.Length);
            return (any, Math.Min(input.Length, any + random.Next(1, 40)));
        }

        var cuts = new List<int>();
        for (int at = 0; at < input.Length; at += target.PieceLength(input, at)) cuts.Add(at);
        cuts.Add(input.Length);
        int first = random.Next(cuts.Count - 1);
        int last = Math.Min(cuts.Count - 1, first + 1 + (int)(random.NextDouble() * random.NextDouble() * 8));
        return (cuts[first], Math.Min(input.Length, cuts[last]));
    }

    private static byte[] ReplaceNumber(byte[] input, int at, Random random)
    {
        int from = at + Math.Max(0, input.AsSpan(at).IndexOfAnyInRange((byte)'0', (byte)'9'));
        int length = input.AsSpan(from).IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        int to = length < 0 ? input.Length : from + length;
        return [.. input[..from], .. Encoding.ASCII.GetBytes(Pick(Numbers, random)), .. input[to..]];
    }

    private static byte[] With(byte[] input, int at, byte value)
    {
        byte[] changed = (byte[])input.Clone();
        changed[at] = value;
        return changed;
    }

    private static T Pick<T>(T[] choices, Random random) => choices[random.Next(choices.Length)];
}
