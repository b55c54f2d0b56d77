@{
    RootModule        = 'Apns.StandIns.psm1'
    ModuleVersion     = '1.0.0'
    GUID              = '4f6d2a5e-0f0b-4c58-9a5d-7b8e1c2d3f40'
    Description       = 'Everyday cmdlets for Apns.Host, where the real ones are absent.'
    FunctionsToExport = @()
    AliasesToExport   = @()
    VariablesToExport = @()
    # What there is; the script module exports those without a real one. A test keeps the list complete.
    CmdletsToExport   = @(
        'Add-Content', 'Add-Member', 'ConvertFrom-Csv', 'ConvertFrom-Json', 'ConvertTo-Csv',
        'ConvertTo-Json', 'Export-Csv', 'Format-List', 'Format-Table', 'Get-ChildItem',
        'Get-Content', 'Get-Date', 'Get-Item', 'Get-Location', 'Get-Member',
        'Get-Random', 'Get-Variable', 'Group-Object', 'Import-Csv', 'Join-Path',
        'Measure-Command', 'Measure-Object', 'New-Guid', 'New-Item', 'New-Object',
        'New-TemporaryFile', 'New-TimeSpan', 'Out-File', 'Out-String', 'Remove-Item',
        'Resolve-Path', 'Select-Object', 'Set-Content', 'Set-Location', 'Set-Variable',
        'Sort-Object', 'Split-Path', 'Start-Sleep', 'Tee-Object', 'Test-Path',
        'Write-Debug', 'Write-Error', 'Write-Host', 'Write-Information', 'Write-Output',
        'Write-Progress', 'Write-Verbose', 'Write-Warning'
    )
}
