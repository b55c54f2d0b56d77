# The assemblies as compiled for this platform where the package has them, which start faster; else as they are for all.
$os = $IsWindows ? 'win' : $IsMacOS ? 'osx' : 'linux'
$arch = "$([Runtime.InteropServices.RuntimeInformation]::ProcessArchitecture)".ToLowerInvariant()
$native = "$PSScriptRoot/bin/$os-$arch/Apns.PowerShell.dll"
Import-Module ([IO.File]::Exists($native) ? $native : "$PSScriptRoot/bin/Apns.PowerShell.dll")
