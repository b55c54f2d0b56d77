using System;
using System.Globalization;
using System.Text.Json;

namespace Apns.LoadTest.Bench;

/// <summary>One line of the table: what was measured, what it came to, and what it should.</summary>
/// <param name="Name">The row.</param>
/// <param name="Figure">What the value is.</param>
/// <param name="Value">The median over the runs.</param>
/// <param name="Goal">The goal, with its direction.</param>
/// <param name="Holds">Whether the value meets the goal.</param>
/// <param name="Note">The figures behind it.</param>
internal sealed record Row(string Name, string Figure, double Value, string Goal, bool Holds, string Note)
{
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Row AtLeast(string name, string figure, double value, double goal, string note) => new(name, figure, value, $">= {Show(goal)}", value >= goal, note);

    public static Row AtMost(string name, string figure, double value, double goal, string note) => new(name, figure, value, $"<= {Show(goal)}", value <= goal, note);

    public static string Show(double value) => value switch
    {
        >= 1000 => value.ToString("#,0", CultureInfo.InvariantCulture),
        >= 100 => value.ToString("0", CultureInfo.InvariantCulture),
        _ => value.ToString("0.##", CultureInfo.InvariantCulture),
    };

    public string ToMarkdown() => $"| {Name} | {Figure.Replace("|", "\\|", StringComparison.Ordinal)} | {Show(Value)} | {Goal} | {(Holds ? "yes" : "no")} | {Note} |";

    public override string ToString() => JsonSerializer.Serialize(this, Json);
}
