# The assemblies as compiled for this platform where the package has them, which start faster; else as they are for all.
# What tells the processor is the end of the runtime's id, which some builds begin with a distribution's name: PowerShell
# holds RuntimeInformation's namespace for suspicious, and would write this file to the system's log at each import.
$os = $IsWindows ? 'win' : $IsMacOS ? 'osx' : 'linux'
$arch = "$([AppContext]::GetData('RUNTIME_IDENTIFIER'))".Split('-')[-1]
$native = "$PSScriptRoot/bin/$os-$arch/Apns.PowerShell.dll"
Import-Module ([IO.File]::Exists($native) ? $native : "$PSScriptRoot/bin/Apns.PowerShell.dll")
