namespace Apns.PowerShell.Tests;

/// <summary>Results to report on, the same each time.</summary>
internal static class SampleResults
{
    /// <summary>
    /// Makes <c>$results</c>: 2,000 in 40 seconds, of which 1,880 are delivered, each hundredth after 200 milliseconds and the
    /// others after 20; the rest has three reasons and none.
    /// </summary>
    public const string Script =
        """
        $start = [DateTimeOffset] '2026-03-04T12:00:00Z'
        $results = foreach ($i in 0..1999) {
            $r = @{ Index = $i; Token = "$i"; Time = $start.AddMilliseconds(20 * ($i + 1)); Duration = [timespan]::FromMilliseconds($i % 50 -eq 13 ? 200 : 20); Status = 200; Attempts = 1 }
            $rest = switch ($i % 100) {
                7 { @{ Outcome = 'Unknown'; Status = 0; Advice = 'Retry'; Error = 'Lost.'; PossibleDuplicate = $true } }
                27 { @{ Outcome = 'Rejected'; Status = 429; Advice = 'Retry'; Error = 'Later.'; Reason = 'TooManyRequests' } }
                47 { @{ Outcome = 'NotSent'; Status = 0; Advice = 'FixRequest'; Error = 'Short.'; Reason = 'BadDeviceToken' } }
                { $_ -in 67, 77, 87 } {
                    $days = @(0.5, 3, 20, 60, 200, $null)[[math]::Floor($i / 100) % 6 ]
                    @{ Outcome = 'Rejected'; Status = 410; Advice = 'Drop'; Error = 'Gone.'; Reason = 'Unregistered'; InvalidSince = $null -eq $days ? $null : $r.Time.AddDays(-$days) }
                }
            }
            if ($rest) { foreach ($name in $rest.Keys) { $r[$name] = $rest[$name] } }
            [Apns.Client.ApnsResult] $r
        }
        """;
}
