using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Linq;
using System.Threading;

namespace Apns.Client.Tests;

/// <summary>
/// Listens to the engine's meter and activities as OpenTelemetry would. Both are one for the process, so it keeps apart
/// what concerns one server.
/// </summary>
internal sealed class TelemetryRecorder : IDisposable
{
    private readonly MeterListener _meters = new();
    private readonly ActivityListener _activities;
    private readonly Lock _gate = new();
    private readonly int _port;
    private readonly Dictionary<string, double> _sums = [];
    private readonly Dictionary<string, int> _counts = [];
    private readonly List<Activity> _ended = [];

    public TelemetryRecorder(int port)
    {
        _port = port;
        _meters.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name != ApnsTelemetry.Name) return;
            lock (_gate) Instruments.Add(instrument);
            listener.EnableMeasurementEvents(instrument);
        };
        _meters.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Record(instrument, value, tags));
        _meters.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Record(instrument, value, tags));
        _meters.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Record(instrument, value, tags));
        _meters.Start();
        _activities = new ActivityListener
        {
            ShouldListenTo = static source => source.Name == ApnsTelemetry.Name,
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity =>
            {
                if (activity.GetTagItem("server.port") is not int of || of != _port) return;
                lock (_gate) _ended.Add(activity);
            },
        };
        ActivitySource.AddActivityListener(_activities);
    }

    public List<Instrument> Instruments { get; } = [];

    /// <summary>What was counted, by instrument and tags: <c>apns.client.notifications apns.outcome=delivered</c>.</summary>
    public Dictionary<string, double> Sums
    {
        get { lock (_gate) return new Dictionary<string, double>(_sums); }
    }

    public int CountOf(string name)
    {
        lock (_gate) return _counts.GetValueOrDefault(name);
    }

    public Activity[] Ended(string name)
    {
        lock (_gate) return [.. _ended.Where(activity => activity.OperationName == name)];
    }

    /// <summary>What is observed now.</summary>
    public Dictionary<string, double> Observe()
    {
        lock (_gate) _sums.Clear();
        _meters.RecordObservableInstruments();
        return Sums;
    }

    public void Dispose()
    {
        _meters.Dispose();
        _activities.Dispose();
    }

    private void Record(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var texts = new List<string> { instrument.Name };
        bool ofThisServer = false;
        foreach ((string name, object? tag) in tags)
        {
            if (name == "server.port") ofThisServer = tag is int port && port == _port;
            else if (name != "server.address") texts.Add($"{name}={tag}");
        }

        if (!ofThisServer) return;
        string key = string.Join(' ', texts);
        lock (_gate)
        {
            _sums[key] = _sums.GetValueOrDefault(key) + value;
            _counts[key] = _counts.GetValueOrDefault(key) + 1;
        }
    }
}
