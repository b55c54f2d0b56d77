using Apns.Client;

namespace Apns.PowerShell.Report;

/// <summary>All that a report tells of results, in memory that stays the same for any number of them.</summary>
internal sealed class ReportData
{
    private readonly ApnsResultMeter _meter = new();

    public RateSeries Rate { get; } = new();

    public Problems Problems { get; } = new();

    public DeadTokenAges DeadTokens { get; } = new();

    public void Add(IApnsResult result)
    {
        _meter.Add(result);
        if (result.Time is { } time) Rate.Add(time, result.Outcome == ApnsOutcome.Delivered);
        if (result.Outcome != ApnsOutcome.Delivered) Problems.Add(result);
        if (result.Advice == ApnsAdvice.Drop) DeadTokens.Add((result as ApnsResult)?.InvalidSince, result.Time);
    }

    public ApnsResultSummary ToSummary() => _meter.ToSummary();
}
