using System;
using System.Collections.Generic;
using System.Linq;

namespace Apns.Fuzz;

/// <summary>Something that reads a stranger's bytes, and what it promises whatever they are.</summary>
internal abstract class FuzzTarget
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        new ClientConversationTarget(), new ServerConversationTarget(), new HeaderBlocksTarget(), new AnswersTarget(),
        new CertificatesTarget(), new KeysTarget(), new JsonTarget(), new RowsTarget(), new JournalsTarget(), new ProxiesTarget(),
        new FaultTextsTarget(),
    ];

    /// <summary>Its name on the command line, and of its folder in the corpus.</summary>
    public abstract string Name { get; }

    public static FuzzTarget Find(string name) =>
        All.FirstOrDefault(target => target.Name == name) ?? throw new ArgumentException($"There is no target '{name}'. There are {string.Join(", ", All.Select(static target => target.Name))}.");

    /// <summary>Takes one input. An exception that gets out says that a promise was broken.</summary>
    public abstract void Run(ReadOnlySpan<byte> input);

    /// <summary>
    /// The length of the piece that the input has at a place: what a mutation moves, repeats or takes out as a whole. By
    /// default a word or a mark of a text.
    /// </summary>
    public virtual int PieceLength(ReadOnlySpan<byte> input, int at)
    {
        int end = at + 1;
        while (end < input.Length && char.IsAsciiLetterOrDigit((char)input[end - 1]) && char.IsAsciiLetterOrDigit((char)input[end])) end++;
        return end - at;
    }

    /// <summary>A promise; broken when what it says does not hold.</summary>
    protected static void Promise(bool kept, string what)
    {
        if (!kept) throw new InvalidOperationException($"Broken promise: {what}.");
    }
}
