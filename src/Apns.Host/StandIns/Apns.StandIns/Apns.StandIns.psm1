Import-Module -Assembly ([Apns.Host.StandIns.StandInModule].Assembly)
Export-ModuleMember -Cmdlet ([Apns.Host.StandIns.StandInModule]::Exported)
