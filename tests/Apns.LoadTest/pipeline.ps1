<#
.SYNOPSIS
    Measures the cmdlets in this PowerShell process and prints one JSON line. Apns.LoadTest --bench runs it.
#>
param(
    [Parameter(Mandatory)] [ValidateSet('ReadLines', 'GetContent', 'Lists', 'Journal', 'Emit', 'Parallel', 'Startup')] [string] $What,
    [Parameter(Mandatory)] [int] $Count,
    [Parameter(Mandatory)] [int] $Port,
    [Parameter(Mandatory)] [string] $Root,
    [Parameter(Mandatory)] [string] $Key,
    [string] $KeyId = 'BENCHKEY01',
    [string] $TeamId = 'BENCHTEAM1',
    [int] $Cpu = -1,
    [Parameter(Mandatory)] [string] $Module
)

$ErrorActionPreference = 'Stop'
$connect = @{ KeyPath = $Key; KeyId = $KeyId; TeamId = $TeamId; Endpoint = "localhost:$Port"; TrustedRoot = $Root; Topic = 'com.example.app' }
$watch = [Diagnostics.Stopwatch]::StartNew()
Import-Module $Module
$import = $watch.Elapsed.TotalMilliseconds

if ($What -eq 'Startup') {
    $null = Connect-Apns @connect
    $outcome = ('0' * 64 | Send-ApnsNotification -Alert Hi).Outcome
    $first = $watch.Elapsed.TotalMilliseconds
    if ($outcome -ne 'Delivered') { throw "The first notification was $outcome." }
    "{`"what`":`"Startup`",`"import_ms`":$([Math]::Round($import, 1)),`"first_ms`":$([Math]::Round($first, 1))}"
    return
}

$tokens = [IO.Path]::GetTempFileName()
try {
    $writer = [IO.StreamWriter]::new($tokens)
    for ($i = 0; $i -lt $Count; $i++) { $writer.WriteLine('{0:x16}{1:x48}', $i * 2654435761L, $i) }
    $writer.Dispose()

    # Each of the parallel pipelines reads lines of its own, as the single one does.
    $parts = 0..3 | ForEach-Object { "$tokens.$_" }
    if ($What -eq 'Parallel') {
        for ($i = 0; $i -lt 4; $i++) {
            [IO.File]::WriteAllLines($parts[$i], [Linq.Enumerable]::Take([Linq.Enumerable]::Skip([IO.File]::ReadLines($tokens), $i * $Count / 4), $Count / 4))
        }
    }

    if ($What -eq 'Emit') {
        # What PowerShell itself needs to take a token in and put a result out.
        Add-Type -TypeDefinition @'
using System.Management.Automation;
[Cmdlet("Invoke", "Emit")]
public sealed class InvokeEmit : Cmdlet
{
    [Parameter(ValueFromPipeline = true)] public string Token { get; set; }
    [Parameter] public object Alert { get; set; }
    private long _index;
    protected override void ProcessRecord() => WriteObject(new Apns.Client.ApnsResult { Index = _index++, Token = Token, InputObject = Token });
}
'@ -ReferencedAssemblies ([Apns.Client.ApnsResult].Assembly.Location), ([System.Management.Automation.PSCmdlet].Assembly.Location), 'System.Runtime' -PassThru | ForEach-Object Assembly | Select-Object -First 1 | Import-Module
    }
    else {
        $session = Connect-Apns @connect
    }

    # Pinned only now: a .NET process that is started on one core waits ten times as long before it optimises what it runs,
    # and spends the first million notifications on that. No script runs that way.
    if ($Cpu -ge 0) { $null = taskset --all-tasks --pid --cpu-list $Cpu $PID }
    $process = [Diagnostics.Process]::GetCurrentProcess()
    $before = $process.TotalProcessorTime
    $watch.Restart()
    switch ($What) {
        'ReadLines' { [IO.File]::ReadLines($tokens) | Send-ApnsNotification -Alert Hi | Out-Null }
        'Journal' { [IO.File]::ReadLines($tokens) | Send-ApnsNotification -Alert Hi -Journal "$tokens.journal" | Out-Null }
        'GetContent' { Get-Content $tokens | Send-ApnsNotification -Alert Hi | Out-Null }
        'Lists' { Get-Content $tokens -ReadCount 1000 | Send-ApnsNotification -Alert Hi | Out-Null }
        'Emit' { Get-Content $tokens | Invoke-Emit -Alert Hi | Out-Null }
        'Parallel' {
            $parts | ForEach-Object -Parallel {
                Import-Module $using:Module
                [IO.File]::ReadLines($_) | Send-ApnsNotification -Session $using:session -Alert Hi | Out-Null
            }
        }
    }
    $wall = $watch.Elapsed.TotalSeconds
    $process.Refresh()
    $used = ($process.TotalProcessorTime - $before).TotalSeconds
    if ($What -ne 'Emit' -and $session.Delivered -ne $Count) { throw "$($session.Delivered) of $Count were delivered." }
    [FormattableString] $line = [Runtime.CompilerServices.FormattableStringFactory]::Create('{{"what":"{0}","count":{1},"wall_s":{2:0.000},"cpu_s":{3:0.000},"rate":{4:0},"per_cpu_s":{5:0},"peak_rss_mb":{6:0}}}', @($What, $Count, $wall, $used, ($Count / $wall), ($Count / $used), ($process.PeakWorkingSet64 / 1MB)))
    [FormattableString]::Invariant($line)
}
finally {
    Remove-Item -Path $tokens, "$tokens.*" -ErrorAction Ignore
}
