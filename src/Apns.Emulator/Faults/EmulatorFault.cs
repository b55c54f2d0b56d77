using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace Apns.Emulator;

/// <summary>
/// One way in which an emulator misbehaves, and when. Unless <see cref="Every"/> or <see cref="Probability"/> is given it
/// strikes once. Requests and connections are counted from 1, over both ports, and so are tunnels. When several faults are due at once, the
/// first of the list strikes, and the others with the next request, connection or tunnel. Except with
/// <see cref="EmulatorFaultKind.Refuse"/> a request that is struck does not wait for the emulator's latency. Immutable.
/// </summary>
public sealed record EmulatorFault
{
    private static readonly TimeSpan LongestDuration = TimeSpan.FromDays(1);
    private static readonly string[] Names = ["after", "every", "probability", "seed", "duration", "reason"];

    /// <summary>What happens.</summary>
    public EmulatorFaultKind Kind { get; init; }

    /// <summary>How many requests, connections or tunnels are left in peace at first.</summary>
    public int After { get; init; }

    /// <summary>It strikes each so many-th of those that follow, from 1; null leaves it to <see cref="Probability"/>, or means once.</summary>
    public int? Every { get; init; }

    /// <summary>How likely it is to strike when it could, more than 0 and at most 1; null means that it does.</summary>
    public double? Probability { get; init; }

    /// <summary>What <see cref="Probability"/>, and where a connection or tunnel is cut, are drawn from: the same seed draws the same.</summary>
    public int Seed { get; init; }

    /// <summary>How long it lasts, at most a day; null means for good, and with <see cref="EmulatorFaultKind.Refuse"/> and <see cref="EmulatorFaultKind.RefuseTunnel"/> one answer.</summary>
    public TimeSpan? Duration { get; init; }

    /// <summary>
    /// With <see cref="EmulatorFaultKind.Refuse"/> and <see cref="EmulatorFaultKind.Throttle"/> the answer, as in
    /// <see cref="ApnsEmulatorOptions.Reasons"/>. With GOAWAY what it says: a reason of Apple's goes as APNs writes it, in
    /// JSON, and any other text as it is.
    /// </summary>
    public string? Reason { get; init; }

    /// <summary>Whether it strikes connections, not requests.</summary>
    internal bool StrikesConnections => Kind <= EmulatorFaultKind.NoSettings;

    /// <summary>Whether it strikes tunnels through the emulator's proxy, and so needs that.</summary>
    internal bool StrikesTunnels => Kind >= EmulatorFaultKind.RefuseTunnel;

    /// <summary>
    /// Reads a fault as text: its kind, and after a colon what else is given, with commas in between, for example
    /// <c>GoAway:every=10000,reason=Shutdown</c>. Cases do not matter; a duration is written 00:00:05.
    /// </summary>
    /// <param name="text">The text.</param>
    /// <returns>The fault.</returns>
    /// <exception cref="FormatException">It is none; the message says what is wrong.</exception>
    public static EmulatorFault Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        string name = (colon < 0 ? text : text[..colon]).Trim();

        // By name alone: Enum.Parse takes numbers as well, and makes of 'GoAway,Refuse' a third.
        if (Array.Find(Enum.GetNames<EmulatorFaultKind>(), known => known.Equals(name, StringComparison.OrdinalIgnoreCase)) is not { } kind)
        {
            // Shells take commas for their own.
            string hint = name.Contains('=', StringComparison.Ordinal) ? " One with several details goes in quotes, for example 'GoAway:every=10,after=5'." : "";
            throw new FormatException($"'{name}' is not a fault.{hint} There are {string.Join(", ", Enum.GetNames<EmulatorFaultKind>())}.");
        }

        var fault = new EmulatorFault { Kind = Enum.Parse<EmulatorFaultKind>(kind) };
        if (colon < 0) return fault;
        foreach (string part in text[(colon + 1)..].Split(',')) fault = fault.With(part);
        return fault;
    }

    /// <summary>The fault as <see cref="Parse"/> reads it.</summary>
    /// <returns>For example <c>GoAway:every=10000</c>.</returns>
    public override string ToString()
    {
        object?[] values = [After == 0 ? null : After, Every, Probability, Seed == 0 ? null : Seed, Duration, Reason];
        IEnumerable<string> given = Names.Zip(values)
            .Where(static pair => pair.Second is not null)
            .Select(static pair => string.Create(CultureInfo.InvariantCulture, $"{pair.First}={pair.Second}"));
        string details = string.Join(',', given);
        return details.Length == 0 ? $"{Kind}" : $"{Kind}:{details}";
    }

    /// <summary>Refuses what cannot be done.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value is missing, or none of the possible.</exception>
    internal void Check()
    {
        Require(Enum.IsDefined(Kind), nameof(Kind), "has to be given");
        Require(Kind != EmulatorFaultKind.Refuse || Reason is not null, nameof(Reason), "has to be given");
        Require(After >= 0, nameof(After), "is at least 0");
        Require(Every is null or >= 1, nameof(Every), "is at least 1");
        Require(Probability is null or (> 0 and <= 1), nameof(Probability), "is more than 0 and at most 1");
        Require(Duration is null || (Duration >= TimeSpan.Zero && Duration <= LongestDuration), nameof(Duration), "is at most a day");
    }

    private void Require(bool right, string name, string what)
    {
        if (!right) throw new ArgumentOutOfRangeException(name, $"The fault {this} cannot be: {name} {what}.");
    }

    private EmulatorFault With(string part)
    {
        string[] pair = part.Split('=', 2, StringSplitOptions.TrimEntries);
        string name = pair[0].ToLowerInvariant();
        string value = pair.Length == 2 ? pair[1] : "";
        if (!Array.Exists(Names, known => known == name)) throw new FormatException($"A fault has no '{pair[0]}'; it has {string.Join(", ", Names)}.");
        try
        {
            return name switch
            {
                "after" => this with { After = int.Parse(value, CultureInfo.InvariantCulture) },
                "every" => this with { Every = int.Parse(value, CultureInfo.InvariantCulture) },
                "probability" => this with { Probability = double.Parse(value, CultureInfo.InvariantCulture) },
                "seed" => this with { Seed = int.Parse(value, CultureInfo.InvariantCulture) },
                "duration" => this with { Duration = TimeSpan.Parse(value, CultureInfo.InvariantCulture) },
                _ => this with { Reason = value },
            };
        }
        catch (Exception e) when (e is FormatException or OverflowException)
        {
            throw new FormatException($"'{value}' cannot be the {name} of a fault.", e);
        }
    }
}
