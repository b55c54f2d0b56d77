using System;
using System.Globalization;
using System.Management.Automation;

namespace Apns.Host.StandIns;

/// <summary>Stands in for Get-Date; of the two format languages it speaks .NET's only.</summary>
[Cmdlet(VerbsCommon.Get, "Date")]
[OutputType(typeof(DateTime), typeof(string))]
public sealed class GetDateCommand : PSCmdlet
{
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("LastWriteTime")]
    public DateTime? Date { get; set; }

    [Parameter]
    [Alias("UnixTime")]
    public long? UnixTimeSeconds { get; set; }

    [Parameter]
    [ValidateRange(1, 9999)]
    public int? Year { get; set; }

    [Parameter]
    [ValidateRange(1, 12)]
    public int? Month { get; set; }

    [Parameter]
    [ValidateRange(1, 31)]
    public int? Day { get; set; }

    [Parameter]
    [ValidateRange(0, 23)]
    public int? Hour { get; set; }

    [Parameter]
    [ValidateRange(0, 59)]
    public int? Minute { get; set; }

    [Parameter]
    [ValidateRange(0, 59)]
    public int? Second { get; set; }

    [Parameter]
    [ValidateRange(0, 999)]
    public int? Millisecond { get; set; }

    [Parameter]
    public string? Format { get; set; }

    [Parameter]
    public SwitchParameter AsUTC { get; set; }

    protected override void ProcessRecord()
    {
        DateTime date = UnixTimeSeconds is { } seconds
            ? DateTimeOffset.FromUnixTimeSeconds(seconds).LocalDateTime
            : Date ?? DateTime.Now;
        date = date.AddYears((Year ?? date.Year) - date.Year);
        date = date.AddMonths((Month ?? date.Month) - date.Month);
        date = date.AddDays((Day ?? date.Day) - date.Day)
            .AddHours((Hour ?? date.Hour) - date.Hour)
            .AddMinutes((Minute ?? date.Minute) - date.Minute)
            .AddSeconds((Second ?? date.Second) - date.Second);
        if (Millisecond is { } milliseconds)
            date = date.AddTicks(milliseconds * TimeSpan.TicksPerMillisecond - date.Ticks % TimeSpan.TicksPerSecond);
        if (AsUTC) date = date.ToUniversalTime();
        WriteObject(Format is null ? date : FormatDate(date));
    }

    private string FormatDate(DateTime date)
    {
        bool universal = Format!.EndsWith("Universal", StringComparison.OrdinalIgnoreCase);
        string? pattern = Format.ToUpperInvariant() switch
        {
            "FILEDATE" => "yyyyMMdd",
            "FILEDATEUNIVERSAL" => "yyyyMMddZ",
            "FILEDATETIME" => "yyyyMMddTHHmmssffff",
            "FILEDATETIMEUNIVERSAL" => "yyyyMMddTHHmmssffffZ",
            _ => null,
        };
        return pattern is null
            ? date.ToString(Format, CultureInfo.CurrentCulture)
            : (universal ? date.ToUniversalTime() : date).ToString(pattern, CultureInfo.InvariantCulture);
    }
}
