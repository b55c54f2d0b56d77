using System;
using System.Diagnostics;
using System.Globalization;
using System.Management.Automation;

namespace Apns.PowerShell;

/// <summary>Reports a batch's progress, at most four times a second and on the pipeline's thread.</summary>
internal sealed class BatchProgress
{
    /// <summary>The shortest time between two reports.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    private const int ActivityId = 4197;

    private readonly Cmdlet _cmdlet;
    private readonly ApnsSession _session;
    private readonly BatchSummary _summary;
    private readonly long? _totalCount;
    private readonly long _started = Stopwatch.GetTimestamp();
    private long _lastReport = Stopwatch.GetTimestamp();
    private long _lastTotal;
    private bool _reported;

    public BatchProgress(Cmdlet cmdlet, ApnsSession session, BatchSummary summary, long? totalCount)
    {
        _cmdlet = cmdlet;
        _session = session;
        _summary = summary;
        _totalCount = totalCount;
    }

    /// <summary>Reports if it is time, and tells whether it was.</summary>
    /// <param name="added">Inputs taken in.</param>
    /// <param name="skipped">Those of them that an earlier run had finished: they are done too, but not at this rate.</param>
    public bool Update(long added, long skipped)
    {
        long now = Stopwatch.GetTimestamp();
        TimeSpan elapsed = Stopwatch.GetElapsedTime(_lastReport, now);
        if (elapsed < Interval) return false;
        double rate = (_summary.Total - _lastTotal) / elapsed.TotalSeconds;
        _lastReport = now;
        _lastTotal = _summary.Total;
        string status = string.Create(
            CultureInfo.CurrentCulture,
            $"{_summary.Total:N0} done, {added - skipped - _summary.Total:N0} under way, {rate:N0}/s, {_summary.NotDelivered:N0} not delivered");
        double mean = _summary.Total / Stopwatch.GetElapsedTime(_started, now).TotalSeconds;
        long notSent = _summary.NotDelivered - _summary.Rejected - _summary.Unknown;
        var record = new ProgressRecord(ActivityId, "Sending notifications", status)
        {
            CurrentOperation = string.Create(
                CultureInfo.CurrentCulture,
                $"{mean:N0}/s on average; {_summary.Delivered:N0} delivered, {_summary.Rejected:N0} rejected, {_summary.Unknown:N0} unknown, {notSent:N0} not sent; connections: {_session.Connections}"),
        };
        if (_totalCount is { } total)
        {
            long done = _summary.Total + skipped;
            record.PercentComplete = (int)Math.Min(100, 100.0 * done / total);
            if (mean > 0) record.SecondsRemaining = (int)Math.Min(int.MaxValue, Math.Max(0, (total - done) / mean));
        }

        _cmdlet.WriteProgress(record);
        _reported = true;
        return true;
    }

    /// <summary>Takes the report off the screen.</summary>
    public void Complete()
    {
        if (!_reported) return;
        _reported = false;
        _cmdlet.WriteProgress(new ProgressRecord(ActivityId, "Sending notifications", "Done") { RecordType = ProgressRecordType.Completed });
    }
}
