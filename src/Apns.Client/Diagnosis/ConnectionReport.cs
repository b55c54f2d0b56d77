using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Threading;

namespace Apns.Client;

/// <summary>What a step came to; null for success means that it was left out.</summary>
internal readonly record struct StepVerdict(bool? Succeeded, string Detail, string? Remedy)
{
    public static StepVerdict Good(string detail) => new(true, detail, null);

    public static StepVerdict Skipped(string why, string? remedy) => new(null, $"Not tried: {why}", remedy);

    public static StepVerdict Bad(string detail, string? remedy) => new(false, detail, remedy);
}

/// <summary>
/// Collects what the steps of a connection test come to. One thread takes the steps; when its time is over, another
/// closes the report under its hands. Times are ticks of 100 ns on the owner's monotonic clock.
/// </summary>
internal sealed class ConnectionReport
{
    private const string OutOfTime = "Check host, port, firewall and proxy: something on the way swallows what is sent.";

    private readonly Lock _gate = new();
    private readonly Dictionary<ApnsTestStep, ApnsConnectionTestStep> _taken = [];
    private readonly ApnsClientOptions _options;
    private readonly long _startedAt;
    private ApnsTestStep? _current;
    private long _currentSince;
    private long? _closedAt;
    private string? _proxy;

    public ConnectionReport(ApnsClientOptions options, long now)
    {
        _options = options;
        _startedAt = now;
    }

    /// <summary>Notes the proxy that is used.</summary>
    public void Through(string proxy)
    {
        lock (_gate) _proxy = proxy;
    }

    public void Begin(ApnsTestStep step, long now)
    {
        lock (_gate)
        {
            _current = step;
            _currentSince = now;
        }
    }

    /// <summary>Notes what the step begun last came to.</summary>
    public void End(StepVerdict verdict, long now)
    {
        lock (_gate)
        {
            if (_closedAt is not null || _current is not { } step) return;
            _current = null;
            _taken[step] = new ApnsConnectionTestStep
            {
                Step = step,
                Succeeded = verdict.Succeeded,
                Duration = TimeSpan.FromTicks(now - _currentSince),
                Detail = verdict.Detail,
                Remedy = verdict.Remedy,
            };
        }
    }

    /// <summary>Nothing counts any more; a step under way has failed by taking too long.</summary>
    public void Close(long now)
    {
        lock (_gate)
        {
            End(StepVerdict.Bad(string.Create(CultureInfo.InvariantCulture, $"No end within {TimeSpan.FromTicks(now - _currentSince).TotalSeconds:0.#} s."), OutOfTime), now);
            _closedAt ??= now;
        }
    }

    /// <summary>The report on a closed test.</summary>
    public ApnsConnectionTest Build()
    {
        lock (_gate)
        {
            ApnsConnectionTestStep[] steps =
            [
                .. Enum.GetValues<ApnsTestStep>()
                    .Where(step => step != ApnsTestStep.Proxy || _proxy is not null || _taken.ContainsKey(step))
                    .Select(step => _taken.GetValueOrDefault(step) ?? new ApnsConnectionTestStep { Step = step }),
            ];
            return new ApnsConnectionTest
            {

                // A step that was left out is no failure, but one that was not come to is.
                Succeeded = Array.TrueForAll(steps, step => step.Succeeded != false && _taken.ContainsKey(step.Step)),
                Endpoint = _options.Endpoint.ToString(),
                Credential = _options.Credential.ToString() ?? "",
                Proxy = _proxy,
                Duration = TimeSpan.FromTicks((_closedAt ?? _startedAt) - _startedAt),
                Steps = steps,
            };
        }
    }
}
