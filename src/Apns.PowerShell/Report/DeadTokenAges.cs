using System;
using System.Collections.Generic;
using System.Linq;

namespace Apns.PowerShell.Report;

/// <summary>Counts dead tokens by how long they had been so when it was told.</summary>
internal sealed class DeadTokenAges
{
    private static readonly (string Name, TimeSpan Below)[] Ages =
    [
        ("Under a day", TimeSpan.FromDays(1)),
        ("1 to 7 days", TimeSpan.FromDays(7)),
        ("7 to 30 days", TimeSpan.FromDays(30)),
        ("30 to 90 days", TimeSpan.FromDays(90)),
        ("90 days to a year", TimeSpan.FromDays(365)),
        ("Over a year", TimeSpan.MaxValue),
    ];

    private readonly long[] _counts = new long[Ages.Length];

    /// <summary>All of them.</summary>
    public long Count { get; private set; }

    /// <summary>Those of which APNs did not say since when.</summary>
    public long Undated => Count - _counts.Sum();

    /// <summary>How many there are of each age, the youngest first.</summary>
    public IEnumerable<(string Age, long Count)> ByAge => Ages.Select((age, i) => (age.Name, _counts[i]));

    /// <summary>Counts a token.</summary>
    /// <param name="since">Since when it is invalid.</param>
    /// <param name="told">When APNs said so.</param>
    public void Add(DateTimeOffset? since, DateTimeOffset? told)
    {
        Count++;
        if (told - since is { } age) _counts[Array.FindIndex(Ages, a => age < a.Below)]++;
    }
}
