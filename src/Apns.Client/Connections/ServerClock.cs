using System;
using System.Globalization;

namespace Apns.Client;

/// <summary>
/// What a server's <c>date</c> headers (RFC 9110 section 6.6.1) tell about this machine's clock. Noting one is a copy of a
/// few bytes, as every answer may have one; reading it waits until somebody asks.
/// </summary>
internal sealed class ServerClock
{
    /// <summary>Differences below this are the header's own grain and the way of the answer.</summary>
    public static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(1);

    /// <summary>More brings connections into trouble: APNs takes a provider token for an hour, and here one may be 55 minutes old.</summary>
    public static readonly TimeSpan MaxOff = TimeSpan.FromMinutes(5);

    private readonly byte[] _text = new byte[40];
    private int _length;
    private long _notedAt;

    /// <summary>Notes a header's value, at a time of the monotonic clock.</summary>
    public void Note(ReadOnlySpan<byte> date, long now)
    {
        if (date.Length > _text.Length) return;
        date.CopyTo(_text);
        _length = date.Length;
        _notedAt = now;
    }

    /// <summary>The time there now, if the server has said one.</summary>
    public DateTimeOffset? At(long now)
    {
        // The last year there is has no room to count on.
        return HttpDate.Read(_text.AsSpan(0, _length)) is { Year: < 9999 } date ? date + TimeSpan.FromTicks(now - _notedAt) : null;
    }

    /// <summary>What to say about the clock when a provider token was refused.</summary>
    /// <param name="utcNow">This machine's time.</param>
    /// <param name="now">The same on the monotonic clock.</param>
    /// <param name="issuedAt">The token's time of issue.</param>
    public string Hint(DateTimeOffset utcNow, long now, DateTimeOffset issuedAt)
    {
        if (At(now) is not { } there) return $"The clock of this machine says {utcNow.ToUniversalTime():u}, and the token was issued at {issuedAt:u}; is that UTC?";
        return (utcNow - there).Duration() < Tolerance
            ? "The clock of this machine is right: it agrees with that of the server."
            : $"{Difference(utcNow, there)} Set it right.";
    }

    /// <summary>Both clocks, and which is ahead.</summary>
    public static string Difference(DateTimeOffset here, DateTimeOffset there) =>
        $"The clock of this machine says {here.ToUniversalTime():u}, that of the server {there.ToUniversalTime():u}: it is {InWords(here - there)}.";

    /// <summary>How far this machine's clock is ahead of the server's, or behind it, as people write times.</summary>
    public static string InWords(TimeSpan ahead) => $"{Length(ahead.Duration())} {(ahead > TimeSpan.Zero ? "ahead" : "behind")}";

    private static string Length(TimeSpan time) => time switch
    {
        { TotalDays: >= 1 } => string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalDays} d {time.Hours} h"),
        { TotalHours: >= 1 } => string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalHours} h {time.Minutes} min"),
        { TotalMinutes: >= 1 } => string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalMinutes} min {time.Seconds} s"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.#} s"),
    };
}
