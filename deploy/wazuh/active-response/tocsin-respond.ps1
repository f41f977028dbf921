# Carries out one action that named people approved in Tocsin, on Windows; with -Scan, scans the file that an alert
# names. The counterpart of tocsin-respond and tocsin-yara, with the same payload, journal and reports. Windows PowerShell
# 5.1 and later. Wazuh's execd runs programs and batch files only: the .cmd files beside this one start it.
param([switch]$Scan)
Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'

$Ossec = Split-Path -Parent (Split-Path -Parent $PSScriptRoot)
$State = Join-Path $Ossec 'tocsin'
$Journal = Join-Path $State 'journal'
$Quarantine = Join-Path $State 'quarantine'
$LogFile = Join-Path $Ossec 'active-response\active-responses.log'
$Name = if ($Scan) { 'tocsin-yara' } else { 'tocsin-respond' }
$Utf8 = New-Object System.Text.UTF8Encoding($false)

# One line that Wazuh's ar_log_json decoder reads.
function Write-Report([System.Collections.IDictionary]$Fields) {
    $json = @{ tocsin = $Fields } | ConvertTo-Json -Compress -Depth 3
    $line = '{0} active-response/bin/{1}: {2}' -f (Get-Date -Format 'yyyy/MM/dd HH:mm:ss'), $Name, $json
    [System.IO.File]::AppendAllText($LogFile, $line + "`n", $Utf8)
}

# The files that only SYSTEM and administrators may read.
function New-PrivateFolder([string]$Path) {
    if (-not (Test-Path -LiteralPath $Path)) { [void][System.IO.Directory]::CreateDirectory($Path) }
    & icacls.exe $Path /inheritance:r /grant:r '*S-1-5-18:(OI)(CI)F' '*S-1-5-32-544:(OI)(CI)F' | Out-Null
}

function Get-Sha256([string]$Path) {
    (Get-FileHash -LiteralPath $Path -Algorithm SHA256).Hash.ToLowerInvariant()
}

# A path of plain folders: no junction or link on the way, no stream, no device, no short name.
function Test-PlainPath([string]$Path) {
    if ($Path -notmatch '^[A-Za-z]:\\' -or $Path.Substring(2).Contains(':') -or $Path -match '~\d') { return $false }
    if ([System.IO.Path]::GetFullPath($Path) -ne $Path) { return $false }
    $folder = [System.IO.Path]::GetDirectoryName($Path)
    while ($folder) {
        if (-not [System.IO.Directory]::Exists($folder)) { return $false }
        if ([System.IO.File]::GetAttributes($folder) -band [System.IO.FileAttributes]::ReparsePoint) { return $false }
        $folder = [System.IO.Path]::GetDirectoryName($folder)
    }
    return $true
}

function ConvertFrom-Base64Url([string]$Text) {
    $plain = $Text.Replace('-', '+').Replace('_', '/')
    [System.Convert]::FromBase64String($plain.PadRight([int][Math]::Ceiling($plain.Length / 4) * 4, '='))
}

# The payload's lines, `name:BASE64`.
function Read-Payload([string]$Token) {
    $fields = @{}
    $text = [System.Text.Encoding]::ASCII.GetString((ConvertFrom-Base64Url $Token))
    foreach ($line in $text.Split("`n")) {
        if ($line -match '^([a-z0-9]+):([A-Za-z0-9+/=]*)$') {
            $fields[$Matches[1]] = $Utf8.GetString([System.Convert]::FromBase64String($Matches[2]))
        }
    }
    return $fields
}

# What ends an action early: caught once, in Invoke-Action.
function Stop-Action([string]$Result, [string]$Detail) {
    $end = New-Object System.OperationCanceledException $Detail
    $end.Data['result'] = $Result
    throw $end
}
function Stop-Refused([string]$Detail) { Stop-Action 'refused' $Detail }
function Stop-Failed([string]$Detail) { Stop-Action 'failed' $Detail }

function Get-Slot($Fields) {
    if ($Fields['sha256'] -notmatch '^[0-9a-f]{64}$') { Stop-Refused 'not a SHA-256' }
    $hash = [System.Security.Cryptography.SHA256]::Create().ComputeHash($Utf8.GetBytes($Fields['path'] + "`n" + $Fields['sha256']))
    Join-Path $Quarantine ([System.BitConverter]::ToString($hash).Replace('-', '').ToLowerInvariant())
}

# Moves the file to where nobody else can change it, and looks at it only there.
function Get-TakenFile($Fields) {
    $path = $Fields['path']
    if (-not (Test-PlainPath $path)) { Stop-Refused 'its folder is missing or reached through a link' }
    if (-not [System.IO.File]::Exists($path)) { Stop-Refused 'there is no such file' }
    if ([System.IO.File]::GetAttributes($path) -band [System.IO.FileAttributes]::ReparsePoint) { Stop-Refused 'it is a link' }
    $taken = Join-Path $Quarantine ($Fields['proposal'] + '.taken')
    try { [System.IO.File]::Move($path, $taken) } catch { Stop-Failed 'it could not be moved (in use, or no right): it is still in its place' }
    if ((Get-Sha256 $taken) -ne $Fields['sha256']) {
        if (-not [System.IO.File]::Exists($path)) { [System.IO.File]::Move($taken, $path) }
        Stop-Refused 'its content is not what was approved (another SHA-256)'
    }
    return $taken
}

function Invoke-QuarantineFile($Fields) {
    $slot = Get-Slot $Fields
    $facts = @{ path = $Fields['path']; sddl = ''; written = ''; created = '' }
    if ([System.IO.File]::Exists($Fields['path'])) {
        $facts.sddl = (Get-Acl -LiteralPath $Fields['path']).Sddl
        $facts.written = [System.IO.File]::GetLastWriteTimeUtc($Fields['path']).ToString('o')
        $facts.created = [System.IO.File]::GetCreationTimeUtc($Fields['path']).ToString('o')
    }
    $taken = Get-TakenFile $Fields
    [System.IO.File]::WriteAllText("$slot.meta", ($facts | ConvertTo-Json -Compress), $Utf8)
    if ([System.IO.File]::Exists("$slot.file")) { [System.IO.File]::Delete("$slot.file") }
    [System.IO.File]::Move($taken, "$slot.file")
    return "quarantined as $slot.file"
}

function Invoke-RestoreFile($Fields) {
    $slot = Get-Slot $Fields
    if (-not [System.IO.File]::Exists("$slot.file")) { Stop-Refused 'it is not in the quarantine' }
    if ((Get-Sha256 "$slot.file") -ne $Fields['sha256']) { Stop-Refused 'the quarantined copy is not what was approved' }
    if (-not (Test-PlainPath $Fields['path'])) { Stop-Refused 'its folder is missing or reached through a link' }
    if (Test-Path -LiteralPath $Fields['path']) { Stop-Refused 'something else is in its place' }
    $facts = [System.IO.File]::ReadAllText("$slot.meta", $Utf8) | ConvertFrom-Json
    [System.IO.File]::Move("$slot.file", $Fields['path'])
    if ($facts.sddl) {
        $acl = Get-Acl -LiteralPath $Fields['path']
        $acl.SetSecurityDescriptorSddlForm($facts.sddl)
        Set-Acl -LiteralPath $Fields['path'] -AclObject $acl
        [System.IO.File]::SetLastWriteTimeUtc($Fields['path'], [datetime]::Parse($facts.written).ToUniversalTime())
        [System.IO.File]::SetCreationTimeUtc($Fields['path'], [datetime]::Parse($facts.created).ToUniversalTime())
    }
    [System.IO.File]::Delete("$slot.meta")
    return 'restored with its owner, rights and times'
}

function Invoke-DeleteFile($Fields) {
    $slot = Get-Slot $Fields
    if ([System.IO.File]::Exists("$slot.file") -and (Get-Sha256 "$slot.file") -eq $Fields['sha256']) {
        [System.IO.File]::Delete("$slot.file")
        [System.IO.File]::Delete("$slot.meta")
        return 'the quarantined copy was deleted'
    }
    $taken = Get-TakenFile $Fields
    [System.IO.File]::Delete($taken)
    return 'deleted'
}

function Get-Address($Fields) {
    $address = [System.Net.IPAddress]::None
    if (-not [System.Net.IPAddress]::TryParse($Fields['address'], [ref]$address)) { Stop-Refused 'not an address' }
    return $address.ToString()
}

function Invoke-BlockAddress($Fields) {
    $address = Get-Address $Fields
    foreach ($direction in 'Inbound', 'Outbound') {
        [void](New-NetFirewallRule -DisplayName "tocsin $address $direction" -Direction $direction -RemoteAddress $address -Action Block)
    }
    return "$address is blocked"
}

function Invoke-UnblockAddress($Fields) {
    $address = Get-Address $Fields
    foreach ($direction in 'Inbound', 'Outbound') { Remove-NetFirewallRule -DisplayName "tocsin $address $direction" }
    return "$address is no longer blocked"
}

function Get-Managers {
    $text = [System.IO.File]::ReadAllText((Join-Path $Ossec 'ossec.conf'))
    [regex]::Matches($text, '<address>([0-9A-Fa-f.:]+)</address>') | ForEach-Object { $_.Groups[1].Value }
}

function Invoke-IsolateHost($Fields) {
    $managers = @(Get-Managers)
    if ($managers.Count -eq 0) { Stop-Failed 'ossec.conf names no manager by address: isolation would cut that off too' }
    $before = Get-NetFirewallProfile | Select-Object -Property @('Name', 'Enabled', 'DefaultInboundAction', 'DefaultOutboundAction')
    [System.IO.File]::WriteAllText((Join-Path $State 'firewall.json'), (ConvertTo-Json @($before)), $Utf8)
    foreach ($direction in 'Inbound', 'Outbound') {
        [void](New-NetFirewallRule -DisplayName 'tocsin manager' -Group 'tocsin isolation' -Direction $direction -RemoteAddress $managers -Action Allow)
    }
    # Allow rules of others would let traffic through: off for as long as the isolation lasts.
    $others = @(Get-NetFirewallRule -Enabled True -Action Allow | Where-Object { $_.Group -ne 'tocsin isolation' })
    [System.IO.File]::WriteAllLines((Join-Path $State 'firewall-rules.txt'), [string[]]@($others | ForEach-Object { $_.Name }), $Utf8)
    $others | Disable-NetFirewallRule
    Set-NetFirewallProfile -All -Enabled True -DefaultInboundAction Block -DefaultOutboundAction Block
    return 'only the manager can be reached'
}

function Invoke-ReleaseHost($Fields) {
    $saved = Join-Path $State 'firewall.json'
    if (-not [System.IO.File]::Exists($saved)) { Stop-Refused 'it is not isolated' }
    foreach ($entry in ([System.IO.File]::ReadAllText($saved, $Utf8) | ConvertFrom-Json)) {
        Set-NetFirewallProfile -Name $entry.Name -Enabled $entry.Enabled -DefaultInboundAction $entry.DefaultInboundAction -DefaultOutboundAction $entry.DefaultOutboundAction
    }
    foreach ($rule in [System.IO.File]::ReadAllLines((Join-Path $State 'firewall-rules.txt'), $Utf8)) {
        Enable-NetFirewallRule -Name $rule -ErrorAction SilentlyContinue
    }
    Remove-NetFirewallRule -Group 'tocsin isolation'
    [System.IO.File]::Delete($saved)
    return 'the isolation has ended'
}

function Get-Account($Fields) {
    if ($Fields['account'] -notmatch '^[A-Za-z_][A-Za-z0-9._-]{0,63}$') { Stop-Refused 'not an account name' }
    $account = Get-LocalUser -Name $Fields['account'] -ErrorAction SilentlyContinue
    if ($null -eq $account) { Stop-Refused 'there is no such local account' }
    if ($account.SID.Value -match '-500$') { Stop-Refused 'it is the built-in administrator' }
    return $account
}

function Invoke-DisableAccount($Fields) {
    $account = Get-Account $Fields
    Disable-LocalUser -SID $account.SID
    return "$($account.Name) is disabled"
}

function Invoke-EnableAccount($Fields) {
    $account = Get-Account $Fields
    Enable-LocalUser -SID $account.SID
    return "$($account.Name) is enabled"
}

function Invoke-KillProcess($Fields) {
    $process = Get-Process -Id ([int]$Fields['pid']) -ErrorAction SilentlyContinue
    # The handle that is opened here keeps the id from going to another program until the kill.
    if ($null -eq $process -or $null -eq $process.Handle -or $process.Path -ne $Fields['path']) {
        Stop-Refused 'that process id now belongs to another program, or is gone'
    }
    $process.Kill()
    return "process $($Fields['pid']) was killed"
}

function Invoke-InventoryQuery($Fields) {
    $rows = switch ($Fields['table']) {
        'processes' { Get-CimInstance Win32_Process | Select-Object -Property @('ProcessId', 'ParentProcessId', 'Name', 'CommandLine') }
        'listening-ports' { Get-NetTCPConnection -State Listen | Select-Object -Property @('LocalAddress', 'LocalPort', 'OwningProcess') }
        'logged-in-users' { Get-CimInstance Win32_LoggedOnUser | ForEach-Object { $_.Antecedent.Name } | Sort-Object -Unique }
        'scheduled-jobs' { Get-ScheduledTask | Where-Object { $_.State -ne 'Disabled' } | Select-Object -Property @('TaskPath', 'TaskName', 'Author') }
        default { Stop-Refused 'there is no such table' }
    }
    $text = $rows | Format-Table -AutoSize | Out-String -Width 400
    Write-Report ([ordered]@{ event = 'inventory'; proposal = $Fields['proposal']; table = $Fields['table']; rows = $text.Substring(0, [Math]::Min(30000, $text.Length)) })
    return "listed $($Fields['table'])"
}

$Actions = @{
    'quarantine-file' = ${function:Invoke-QuarantineFile}
    'restore-file' = ${function:Invoke-RestoreFile}
    'delete-file' = ${function:Invoke-DeleteFile}
    'block-address' = ${function:Invoke-BlockAddress}
    'unblock-address' = ${function:Invoke-UnblockAddress}
    'isolate-host' = ${function:Invoke-IsolateHost}
    'release-host' = ${function:Invoke-ReleaseHost}
    'disable-account' = ${function:Invoke-DisableAccount}
    'enable-account' = ${function:Invoke-EnableAccount}
    'kill-process' = ${function:Invoke-KillProcess}
    'yara-scan' = { param($Fields) Invoke-YaraScan $Fields['path'] 'proposal'; 'the scan has been run; its matches are alerts of their own' }
    'inventory-query' = ${function:Invoke-InventoryQuery}
}

function Invoke-YaraScan([string]$Path, [string]$Trigger) {
    $base = [ordered]@{ path = $Path; path_base64 = [System.Convert]::ToBase64String($Utf8.GetBytes($Path)); trigger = $Trigger }
    $skip = { param($detail) Write-Report ([ordered]@{ event = 'yara_skipped'; detail = $detail } + $base) }
    $yara = Join-Path $State 'yara64.exe'
    $rules = Join-Path $State 'rules.yar'
    if (-not (Test-Path -LiteralPath $yara)) { return (& $skip 'yara is not installed on this host') }
    if (-not (Test-Path -LiteralPath $rules)) { return (& $skip 'no YARA rules are installed') }
    if (-not (Test-PlainPath $Path) -or -not [System.IO.File]::Exists($Path)) { return (& $skip 'it is no regular file, gone, or reached through a link') }
    if ((New-Object System.IO.FileInfo $Path).Length -gt 268435456) { return (& $skip 'it is larger than the limit') }
    $before = Get-Sha256 $Path
    $found = & $yara -w -g -s -a 60 $rules $Path 2>$null
    if ($LASTEXITCODE -ne 0) { return (& $skip "yara ended with status $LASTEXITCODE") }
    if ((Get-Sha256 $Path) -ne $before) { return (& $skip 'it changed while it was scanned') }
    $base['sha256'] = $before
    $matched = @($found | Where-Object { $_ -and $_ -notmatch '^0x' -and $_.EndsWith($Path) })
    if ($matched.Count -eq 0) { return (Write-Report ([ordered]@{ event = 'yara_clean' } + $base)) }
    foreach ($line in $matched) {
        if ($line -match '^(\S+) \[([^\]]*)\]') { Write-Report ([ordered]@{ event = 'yara_match'; rule = $Matches[1]; tags = $Matches[2] } + $base) }
    }
}

function Invoke-Action {
    $request = [Console]::In.ReadLine() | ConvertFrom-Json
    $fields = Read-Payload $request.parameters.alert.data.tocsin.payload
    if ($fields['proposal'] -notmatch '^[A-Za-z0-9_-]+$') { throw 'a command without a valid payload' }
    $report = [ordered]@{ event = 'action'; proposal = $fields['proposal']; nonce = $fields['nonce']; action = $fields['action']; result = ''; detail = '' }
    [Console]::Out.WriteLine((@{ version = 1; origin = @{ name = $Name; module = 'active-response' }; command = 'check_keys'; parameters = @{ keys = @($fields['proposal']) } } | ConvertTo-Json -Compress -Depth 4))
    if (([Console]::In.ReadLine() | ConvertFrom-Json).command -ne 'continue') { return }
    # The file is the lock and the memory: made once, so the action is done once, whoever asks again.
    $entry = Join-Path $Journal ($fields['proposal'] + '.txt')
    try { $lock = [System.IO.File]::Open($entry, 'CreateNew', 'Write', 'None') } catch {
        $known = if (Test-Path -LiteralPath $entry) { @(Get-Content -LiteralPath $entry -Encoding UTF8) } else { @() }
        $report.result = if ($known.Count -ge 2) { $known[0] } else { 'failed' }
        $report.detail = if ($known.Count -ge 2) { 'already: ' + $known[1] } else { 'an earlier run was interrupted: look at the host before asking again' }
        Write-Report $report
        return
    }
    try {
        if ([DateTimeOffset]::UtcNow.ToUnixTimeSeconds() -ge [long]$fields['expires']) { Stop-Refused 'it expired before it got here (or the clock of this host is wrong)' }
        $agent = ([System.IO.File]::ReadAllLines((Join-Path $Ossec 'client.keys'))[0] -split ' ')[0]
        if ($agent -ne $fields['agent']) { Stop-Refused 'it is meant for another agent' }
        if (-not $Actions.ContainsKey($fields['action'])) { Stop-Refused 'there is no such action' }
        $report.detail = [string](& $Actions[$fields['action']] $fields | Select-Object -Last 1)
        $report.result = 'done'
    } catch {
        $report.result = if ($_.Exception.Data.Contains('result')) { $_.Exception.Data['result'] } else { 'failed' }
        $report.detail = $_.Exception.Message
    }
    $bytes = $Utf8.GetBytes($report.result + "`n" + $report.detail + "`n")
    $lock.Write($bytes, 0, $bytes.Length)
    $lock.Dispose()
    Write-Report $report
}

foreach ($folder in $State, $Journal, $Quarantine) { New-PrivateFolder $folder }
if ($Scan) {
    $request = [Console]::In.ReadLine() | ConvertFrom-Json
    if ($request.command -eq 'add') {
        $alert = $request.parameters.alert
        $path = if ($alert.PSObject.Properties['syscheck']) { $alert.syscheck.path } elseif ($alert.data.PSObject.Properties['win']) { $alert.data.win.eventdata.image.Replace('\\', '\') } else { '' }
        if ($path) { Invoke-YaraScan $path 'syscheck' } else { Write-Report ([ordered]@{ event = 'yara_skipped'; detail = 'the alert names no file' }) }
    }
} else { Invoke-Action }
