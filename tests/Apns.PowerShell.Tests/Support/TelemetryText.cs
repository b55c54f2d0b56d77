using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Text;
using System.Threading;

namespace Apns.PowerShell.Tests;

/// <summary>All that a collector of telemetry gets from this process, as text.</summary>
internal sealed class TelemetryText : IDisposable
{
    private readonly Lock _gate = new();
    private readonly StringBuilder _text = new();
    private readonly MeterListener _meters = new();
    private readonly ActivityListener _activities;

    public TelemetryText()
    {
        _meters.InstrumentPublished = static (instrument, listener) => listener.EnableMeasurementEvents(instrument);
        _meters.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Note(instrument.Name, value, tags.ToArray()));
        _meters.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Note(instrument.Name, value, tags.ToArray()));
        _meters.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Note(instrument.Name, value, tags.ToArray()));
        _meters.Start();
        _activities = new ActivityListener
        {
            ShouldListenTo = static _ => true,
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity =>
            {
                Note(activity.DisplayName, activity.StatusDescription, activity.TagObjects);
                foreach (ActivityEvent e in activity.Events) Note(e.Name, null, e.Tags);
            },
        };
        ActivitySource.AddActivityListener(_activities);
    }

    public override string ToString()
    {
        _meters.RecordObservableInstruments();
        lock (_gate) return _text.ToString();
    }

    public void Dispose()
    {
        _meters.Dispose();
        _activities.Dispose();
    }

    private void Note(string name, object? value, IEnumerable<KeyValuePair<string, object?>> tags)
    {
        lock (_gate) _text.AppendLine(System.Globalization.CultureInfo.InvariantCulture, $"{name}: {value} {string.Join(' ', tags)}");
    }
}
