using System;
using System.Collections.Generic;
using System.Management.Automation;

namespace Apns.Host.StandIns;

/// <summary>Stands in for Get-Random. A seed gives other numbers here than in the real one, but always the same ones.</summary>
[Cmdlet(VerbsCommon.Get, "Random", DefaultParameterSetName = "Number")]
public sealed class GetRandomCommand : PSCmdlet
{
    // A seed counts for all that follows, as in the real one.
    private static Random _source = Random.Shared;

    private readonly List<object?> _items = [];

    [Parameter(Position = 0, ParameterSetName = "Number")]
    public object? Maximum { get; set; }

    [Parameter(ParameterSetName = "Number")]
    public object? Minimum { get; set; }

    [Parameter(Mandatory = true, Position = 0, ParameterSetName = "List", ValueFromPipeline = true)]
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = "Shuffle", ValueFromPipeline = true)]
    [AllowNull]
    [AllowEmptyCollection]
    public object?[]? InputObject { get; set; }

    [Parameter(ParameterSetName = "Number")]
    [Parameter(ParameterSetName = "List")]
    [ValidateRange(1, int.MaxValue)]
    public int Count { get; set; } = 1;

    [Parameter(Mandatory = true, ParameterSetName = "Shuffle")]
    public SwitchParameter Shuffle { get; set; }

    [Parameter]
    public int? SetSeed { get; set; }

    protected override void BeginProcessing()
    {
        if (SetSeed is { } seed) _source = new Random(seed);
        if (ParameterSetName != "Number") return;
        for (int i = 0; i < Count; i++) WriteNumber();
    }

    protected override void ProcessRecord() => _items.AddRange(InputObject ?? []);

    protected override void EndProcessing()
    {
        if (ParameterSetName == "Number") return;
        object?[] items = [.. _items];
        _source.Shuffle(items);
        int count = Shuffle ? items.Length : Math.Min(Count, items.Length);
        for (int i = 0; i < count; i++) WriteObject(items[i]);
    }

    private void WriteNumber()
    {
        object? minimum = Number(Minimum);
        object? maximum = Number(Maximum);
        if (minimum is double || maximum is double)
        {
            double low = LanguagePrimitives.ConvertTo<double>(minimum ?? 0);
            double high = LanguagePrimitives.ConvertTo<double>(maximum ?? double.MaxValue);
            CheckRange(low < high);
            WriteObject(low + _source.NextDouble() * (high - low));
            return;
        }

        long first = LanguagePrimitives.ConvertTo<long>(minimum ?? 0);
        long end = LanguagePrimitives.ConvertTo<long>(maximum ?? int.MaxValue);
        CheckRange(first < end);
        long number = _source.NextInt64(first, end);
        if (minimum is long || maximum is long)
            WriteObject(number);
        else
            WriteObject((int)number);
    }

    // Whole numbers stay int where they fit: the result has the type of the limits.
    private static object? Number(object? value)
    {
        object? plain = value is PSObject wrapped ? wrapped.BaseObject : value;
        if (plain is null) return null;
        if (plain is not (double or float or decimal))
        {
            if (plain is not (long or uint) && LanguagePrimitives.TryConvertTo(plain, out int number) && !IsFraction(plain)) return number;
            if (LanguagePrimitives.TryConvertTo(plain, out long large) && !IsFraction(plain)) return large;
        }

        return LanguagePrimitives.ConvertTo<double>(plain);
    }

    // Text converts to a whole number by rounding.
    private static bool IsFraction(object value) => value is string text && text.Contains('.', StringComparison.Ordinal);

    private void CheckRange(bool valid)
    {
        if (valid) return;
        var error = new PSArgumentException($"The Minimum value ({Minimum ?? 0}) cannot be greater than or equal to the Maximum value ({Maximum}).");
        ThrowTerminatingError(new ErrorRecord(error, "MinGreaterThanOrEqualMax", ErrorCategory.InvalidArgument, null));
    }
}
