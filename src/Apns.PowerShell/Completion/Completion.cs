using System.Collections.Generic;
using System.Management.Automation;

namespace Apns.PowerShell;

/// <summary>What completers share.</summary>
internal static class Completion
{
    /// <summary>Those of the words that begin as the word does, whatever the letters' case.</summary>
    public static List<CompletionResult> Of(IEnumerable<string> words, string? begun)
    {
        WildcardPattern pattern = WildcardPattern.Get($"{WildcardPattern.Escape((begun ?? "").Trim('\'', '"'))}*", WildcardOptions.IgnoreCase);
        var results = new List<CompletionResult>();
        foreach (string word in words)
        {
            if (pattern.IsMatch(word)) results.Add(new CompletionResult(word));
        }

        return results;
    }
}
