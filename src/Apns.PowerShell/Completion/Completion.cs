using System.Collections.Generic;
using System.Management.Automation;
using System.Management.Automation.Language;
using System.Text.RegularExpressions;

namespace Apns.PowerShell;

/// <summary>What completers share.</summary>
internal static partial class Completion
{
    /// <summary>Those of the words that begin as the word does, whatever the letters' case; in quotes where they need them.</summary>
    public static List<CompletionResult> Of(IEnumerable<string> words, string? begun)
    {
        WildcardPattern pattern = WildcardPattern.Get($"{WildcardPattern.Escape((begun ?? "").Trim('\'', '"'))}*", WildcardOptions.IgnoreCase);
        var results = new List<CompletionResult>();
        foreach (string word in words)
        {
            if (!pattern.IsMatch(word)) continue;
            string text = Plain().IsMatch(word) ? word : $"'{CodeGeneration.EscapeSingleQuotedStringContent(word)}'";
            results.Add(new CompletionResult(text, word, CompletionResultType.ParameterValue, word));
        }

        return results;
    }

    // What the parser takes for one word, and for text, wherever an argument may stand.
    [GeneratedRegex(@"^[\p{L}\p{Nd}_][\p{L}\p{Nd}_.+:/\\-]*$")]
    private static partial Regex Plain();
}
