using System;
using System.Collections.Generic;
using System.Globalization;
using System.Management.Automation;

namespace Apns.Host.StandIns;

/// <summary>Stands in for Measure-Object.</summary>
[Cmdlet(VerbsDiagnostic.Measure, "Object", DefaultParameterSetName = "Generic")]
public sealed class MeasureObjectCommand : ObjectPipelineCommand
{
    private static readonly char[] NewLines = ['\n'];

    private readonly List<Measure> _measures = [];

    [Parameter(Position = 0)]
    public object[]? Property { get; set; }

    [Parameter(ParameterSetName = "Generic")]
    public SwitchParameter Sum { get; set; }

    [Parameter(ParameterSetName = "Generic")]
    public SwitchParameter Average { get; set; }

    [Parameter(ParameterSetName = "Generic")]
    public SwitchParameter Maximum { get; set; }

    [Parameter(ParameterSetName = "Generic")]
    public SwitchParameter Minimum { get; set; }

    [Parameter(ParameterSetName = "Generic")]
    public SwitchParameter StandardDeviation { get; set; }

    [Parameter(ParameterSetName = "Generic")]
    public SwitchParameter AllStats { get; set; }

    [Parameter(ParameterSetName = "Text")]
    public SwitchParameter Line { get; set; }

    [Parameter(ParameterSetName = "Text")]
    public SwitchParameter Word { get; set; }

    [Parameter(ParameterSetName = "Text")]
    public SwitchParameter Character { get; set; }

    private bool NeedsNumbers => Sum || Average || StandardDeviation || AllStats;

    private bool NeedsOrder => Maximum || Minimum || AllStats;

    protected override void BeginProcessing()
    {
        List<PropertySpec> properties = ParseProperties(Property);
        if (properties.Count == 0) _measures.Add(new Measure(null));
        foreach (PropertySpec property in properties) _measures.Add(new Measure(property));
    }

    protected override void ProcessRecord()
    {
        if (!HasInput) return;
        foreach (Measure measure in _measures)
        {
            object? value = measure.Property is null ? InputObject : measure.Property.GetValue(InputObject!);
            if (value is PSObject wrapped) value = wrapped.BaseObject;
            if (value is not null) Add(measure, value);
        }
    }

    protected override void EndProcessing()
    {
        foreach (Measure measure in _measures)
        {
            if (measure.Property is not null && measure.Count == 0)
            {
                var error = new PSArgumentException($"The property \"{measure.Property.Expression}\" cannot be found in the input for any objects.");
                WriteError(new ErrorRecord(error, "GenericMeasurePropertyNotFound", ErrorCategory.InvalidArgument, null));
            }
            else
            {
                WriteObject(ParameterSetName == "Text" ? TextResult(measure) : GenericResult(measure));
            }
        }
    }

    private void Add(Measure measure, object value)
    {
        measure.Count++;
        if (ParameterSetName == "Text")
        {
            string text = LanguagePrimitives.ConvertTo<string>(value);
            measure.Lines += text.Length == 0 ? 0 : text.TrimEnd('\n').Split(NewLines).Length;
            measure.Words += text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Length;
            measure.Characters += text.Length;
            return;
        }

        if (NeedsNumbers)
        {
            if (!LanguagePrimitives.TryConvertTo(value, CultureInfo.InvariantCulture, out double number))
            {
                var error = new PSArgumentException($"Input object \"{value}\" is not numeric.");
                WriteError(new ErrorRecord(error, "NonNumericInputObject", ErrorCategory.InvalidType, value));
                return;
            }

            measure.Numbers++;
            measure.Sum += number;
            // Welford's method, which does not lose digits where the mean is large.
            double delta = number - measure.Mean;
            measure.Mean += delta / measure.Numbers;
            measure.SquaredDeviations += delta * (number - measure.Mean);
        }

        if (NeedsOrder)
        {
            var comparer = new ValueComparer(caseSensitive: false);
            if (measure.Minimum is null || comparer.Compare(value, measure.Minimum) < 0) measure.Minimum = value;
            if (measure.Maximum is null || comparer.Compare(value, measure.Maximum) > 0) measure.Maximum = value;
        }
    }

    private PSObject TextResult(Measure measure) => MakeResult(
        "TextMeasureInfo",
        ("Lines", Line ? measure.Lines : null),
        ("Words", Word ? measure.Words : null),
        ("Characters", Character ? measure.Characters : null),
        ("Property", measure.Property?.Expression.ToString()));

    private PSObject GenericResult(Measure measure) => MakeResult(
        "GenericMeasureInfo",
        ("Count", measure.Count),
        ("Average", (Average || AllStats) && measure.Numbers > 0 ? measure.Sum / measure.Numbers : null),
        ("Sum", (Sum || AllStats) && measure.Numbers > 0 ? measure.Sum : null),
        ("Maximum", Maximum || AllStats ? AsNumber(measure.Maximum) : null),
        ("Minimum", Minimum || AllStats ? AsNumber(measure.Minimum) : null),
        ("StandardDeviation", (StandardDeviation || AllStats) && measure.Numbers > 0 ? Deviation(measure) : null),
        ("Property", measure.Property?.Expression.ToString()));

    private static double Deviation(Measure measure) =>
        measure.Numbers < 2 ? 0 : Math.Sqrt(measure.SquaredDeviations / (measure.Numbers - 1));

    private static object? AsNumber(object? value) =>
        value is not null and not Enum and not string and not char and not bool && LanguagePrimitives.TryConvertTo(value, out double number) &&
            value.GetType().IsPrimitive | value is decimal
            ? number
            : value;

    private static PSObject MakeResult(string typeName, params (string Name, object? Value)[] properties)
    {
        var result = new PSObject();
        result.TypeNames.Insert(0, "Microsoft.PowerShell.Commands." + typeName);
        foreach ((string name, object? value) in properties) result.Properties.Add(new PSNoteProperty(name, value));
        return result;
    }

    private sealed class Measure
    {
        public Measure(PropertySpec? property)
        {
            Property = property;
        }

        public PropertySpec? Property { get; }

        public int Count { get; set; }

        public int Numbers { get; set; }

        public double Sum { get; set; }

        public double Mean { get; set; }

        public double SquaredDeviations { get; set; }

        public object? Minimum { get; set; }

        public object? Maximum { get; set; }

        public int Lines { get; set; }

        public int Words { get; set; }

        public int Characters { get; set; }
    }
}
