import { seededRandom } from '../../src/lib/seeded-random.ts'
import { type HostName, hosts, type SampleAlert, windowsEvent } from './sample-alert.ts'

type Random = () => number

const people = [
  ['pc-ann', 'ann'],
  ['pc-ben', 'ben'],
  ['pc-cleo', 'cleo'],
] as const
const linux = ['web-01', 'db-01'] as const
const powershell = 'C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe'

/** What an estate reports on any day: logons, updates, scans from the internet, checks of Wazuh itself. */
export function ordinaryDay(seed: number): SampleAlert[] {
  const random = seededRandom(seed)
  return [
    ...sessions(random),
    ...windowsUpdates(random),
    ...linuxAdministration(random),
    ...internetNoise(random),
    ...fileMonitoring(random),
    ...wazuhItself(random),
    ...sensorNoise(random),
  ]
}

function times(random: Random, count: number, from: number, to: number): number[] {
  return Array.from({ length: count }, () => from + random() * (to - from))
}

function pick<T>(random: Random, items: readonly T[]): T {
  const item = items[Math.floor(random() * items.length)]
  if (item === undefined) throw new Error('nothing to pick from')
  return item
}

function sessions(random: Random): SampleAlert[] {
  const security = ['windows', 'windows_security']
  const logon = (at: number, user: string, ip: string): SampleAlert => ({
    at,
    host: 'dc-01',
    rule: ['60106', 3, 'Windows Logon Success', [...security, 'authentication_success']],
    mitre: {
      id: ['T1078'],
      tactic: ['Defense Evasion', 'Persistence', 'Privilege Escalation', 'Initial Access'],
      technique: ['Valid Accounts'],
    },
    ...windowsEvent('dc-01', 'Security-Auditing', '4624', {
      targetUserName: user,
      targetDomainName: 'CORP',
      logonType: '3',
      logonProcessName: 'Kerberos',
      authenticationPackageName: 'Kerberos',
      keyLength: '0',
      ipAddress: ip,
    }),
  })
  const logoff = (at: number, user: string): SampleAlert => ({
    at,
    host: 'dc-01',
    rule: ['60137', 3, 'Windows User Logoff', security],
    ...windowsEvent('dc-01', 'Security-Auditing', '4634', {
      targetUserName: user,
      targetDomainName: 'CORP',
      logonType: '3',
    }),
  })
  const mistyped = (at: number, host: HostName, user: string): SampleAlert => ({
    at,
    host,
    rule: [
      '60122',
      5,
      'Logon Failure - Unknown user or bad password',
      [...security, 'authentication_failed'],
    ],
    mitre: {
      id: ['T1078', 'T1531'],
      tactic: ['Defense Evasion', 'Impact'],
      technique: ['Valid Accounts', 'Account Access Removal'],
    },
    ...windowsEvent(host, 'Security-Auditing', '4625', {
      targetUserName: user,
      logonType: '2',
      logonProcessName: 'User32',
      authenticationPackageName: 'Negotiate',
      failureReason: '%%2313',
      status: '0xc000006d',
      subStatus: '0xc000006a',
      ipAddress: '127.0.0.1',
    }),
  })
  const privileges = (at: number, user: string): SampleAlert => ({
    at,
    host: 'dc-01',
    rule: ['67028', 3, 'Special privileges assigned to new logon.', ['windows', 'WEF']],
    mitre: {
      id: ['T1484'],
      tactic: ['Defense Evasion', 'Privilege Escalation'],
      technique: ['Domain Policy Modification'],
    },
    ...windowsEvent('dc-01', 'Security-Auditing', '4672', {
      subjectUserName: user,
      subjectDomainName: 'CORP',
    }),
  })
  return [
    ...people.flatMap(([host, user]) => [
      ...times(random, 14, 470, 1060).map(at => logon(at, user, hosts[host].ip)),
      ...times(random, 12, 475, 1080).map(at => logoff(at, user)),
    ]),
    ...times(random, 18, 0, 1440).map(at =>
      privileges(at, pick(random, ['DC-01$', 'FILES-01$', 'backup-svc'])),
    ),
    mistyped(482.5, 'pc-ben', 'ben'),
    mistyped(790.2, 'pc-cleo', 'cleo'),
  ]
}

function windowsUpdates(random: Random): SampleAlert[] {
  const dropped = (
    at: number,
    host: HostName,
    level: number,
    id: string,
    description: string,
    image: string,
    targetFilename: string,
  ): SampleAlert => ({
    at,
    host,
    rule: [id, level, description, ['sysmon', 'sysmon_eid11_detections', 'windows']],
    mitre: { id: ['T1105'], tactic: ['Command and Control'], technique: ['Ingress Tool Transfer'] },
    ...windowsEvent(host, 'Sysmon', '11', { image, targetFilename, user: 'NT AUTHORITY\\SYSTEM' }),
  })
  const windowsHosts = ['dc-01', 'files-01', 'pc-ann', 'pc-ben', 'pc-cleo'] as const
  return [
    ...windowsHosts.flatMap(host => [
      ...times(random, 3, 120, 260).map(at =>
        dropped(
          at,
          host,
          6,
          '92217',
          'Executable dropped in Windows root folder',
          'C:\\Windows\\System32\\svchost.exe',
          `C:\\Windows\\SoftwareDistribution\\Download\\Install\\AM_Delta_Patch_1.${Math.floor(400 + random() * 50)}.exe`,
        ),
      ),
      ...times(random, 2, 480, 1020).map(at =>
        dropped(
          at,
          host,
          15,
          '92213',
          'Executable file dropped in folder commonly used by malware',
          powershell,
          `C:\\Windows\\Temp\\__PSScriptPolicyTest_${random().toString(36).slice(2, 10)}.ps1`,
        ),
      ),
    ]),
    ...people.map(([host], index) => ({
      at: 610 + index * 7,
      host,
      rule: [
        '92307',
        3,
        'Evidence of new service creation found in registry under HKLM\\System\\CurrentControlSet\\Services\\edgeupdate\\ImagePath',
        ['sysmon', 'sysmon_eid13_detections', 'windows'],
      ] as const,
      mitre: {
        id: ['T1543.003'],
        tactic: ['Persistence', 'Privilege Escalation'],
        technique: ['Windows Service'],
      },
      ...windowsEvent(host, 'Sysmon', '13', {
        image: 'C:\\Windows\\System32\\services.exe',
        targetObject: 'HKLM\\System\\CurrentControlSet\\Services\\edgeupdate\\ImagePath',
        details: '"C:\\Program Files (x86)\\Microsoft\\EdgeUpdate\\MicrosoftEdgeUpdate.exe" /svc',
        user: 'NT AUTHORITY\\SYSTEM',
      }),
    })),
    ...times(random, 10, 0, 1440).map(at => ({
      at,
      host: pick(random, windowsHosts),
      rule: [
        '61104',
        3,
        'Service startup type was changed',
        ['windows', 'windows_system', 'policy_changed'],
      ] as const,
      ...windowsEvent('dc-01', 'Service Control Manager', '7040', {
        param1: 'Background Intelligent Transfer Service',
        param2: 'demand start',
        param3: 'auto start',
      }),
    })),
  ]
}

function linuxAdministration(random: Random): SampleAlert[] {
  const sudo = (at: number, host: HostName, command: string): SampleAlert => ({
    at,
    host,
    rule: ['5402', 3, 'Successful sudo to ROOT executed.', ['syslog', 'sudo']],
    mitre: {
      id: ['T1548.003'],
      tactic: ['Privilege Escalation', 'Defense Evasion'],
      technique: ['Sudo and Sudo Caching'],
    },
    decoder: 'sudo',
    location: '/var/log/auth.log',
    log: `sudo: olga : TTY=pts/0 ; PWD=/home/olga ; USER=root ; COMMAND=${command}`,
    data: { srcuser: 'olga', dstuser: 'root', tty: 'pts/0', pwd: '/home/olga', command },
  })
  const pam = (at: number, host: HostName, closed: boolean): SampleAlert => ({
    at,
    host,
    rule: closed
      ? ['5502', 3, 'PAM: Login session closed.', ['pam', 'syslog']]
      : ['5501', 3, 'PAM: Login session opened.', ['pam', 'syslog', 'authentication_success']],
    decoder: 'pam',
    location: '/var/log/auth.log',
    log: `pam_unix(sshd:session): session ${closed ? 'closed' : 'opened'} for user olga`,
    data: { dstuser: 'olga' },
  })
  return linux.flatMap(host => [
    ...times(random, 6, 540, 960).map(at =>
      sudo(
        at,
        host,
        pick(random, [
          '/usr/bin/apt update',
          '/usr/bin/systemctl restart nginx',
          '/usr/bin/journalctl -u nginx',
          '/usr/bin/apt upgrade',
        ]),
      ),
    ),
    ...times(random, 10, 500, 1000).flatMap(at => [pam(at, host, false), pam(at + 3, host, true)]),
    ...times(random, 4, 545, 600).map(at => ({
      at,
      host,
      rule: [
        '2902',
        7,
        'New dpkg (Debian Package) installed.',
        ['syslog', 'dpkg', 'config_changed'],
      ] as const,
      decoder: 'dpkg-decoder',
      location: '/var/log/dpkg.log',
      log: 'status installed openssl:amd64 3.0.15-1~deb12u1',
      data: { package: 'openssl:amd64', dpkg_status: 'status installed' },
    })),
  ])
}

function internetNoise(random: Random): SampleAlert[] {
  const names = ['admin', 'oracle', 'test', 'ubuntu', 'git']
  const guess = (at: number, srcip: string): SampleAlert => {
    const user = pick(random, names)
    return {
      at,
      host: 'web-01',
      rule: [
        '5710',
        5,
        'sshd: Attempt to login using a non-existent user',
        ['syslog', 'sshd', 'authentication_failed', 'invalid_login'],
      ],
      mitre: {
        id: ['T1110.001', 'T1021.004'],
        tactic: ['Credential Access', 'Lateral Movement'],
        technique: ['Password Guessing', 'SSH'],
      },
      decoder: 'sshd',
      location: '/var/log/auth.log',
      log: `sshd[2204]: Failed password for invalid user ${user} from ${srcip} port 40122 ssh2`,
      data: { srcip, srcuser: user },
    }
  }
  const burst = times(random, 8, 300, 302).map(at => guess(at, '203.0.113.50'))
  const single = times(random, 30, 0, 1440).map(at =>
    guess(at, `203.0.113.${Math.floor(100 + random() * 100)}`),
  )
  const brute: SampleAlert = {
    ...guess(302.2, '203.0.113.50'),
    rule: [
      '5712',
      10,
      'sshd: brute force trying to get access to the system. Non existent user.',
      ['syslog', 'sshd', 'authentication_failures'],
    ],
    frequency: 8,
  }
  return [...burst, ...single, brute]
}

function fileMonitoring(random: Random): SampleAlert[] {
  const changed = (at: number, host: HostName, path: string): SampleAlert => ({
    at,
    host,
    rule: [
      '550',
      7,
      'Integrity checksum changed.',
      ['ossec', 'syscheck', 'syscheck_entry_modified', 'syscheck_file'],
    ],
    mitre: { id: ['T1565.001'], tactic: ['Impact'], technique: ['Stored Data Manipulation'] },
    decoder: 'syscheck_integrity_changed',
    location: 'syscheck',
    log: `File '${path}' modified\nMode: scheduled\n`,
    syscheck: {
      path,
      mode: 'scheduled',
      event: 'modified',
      size_before: '2048',
      size_after: '2102',
      uname_after: 'root',
      changed_attributes: ['size', 'mtime', 'sha256'],
    },
  })
  return [
    ...times(random, 16, 546, 610).map(at =>
      changed(
        at,
        pick(random, linux),
        `/var/lib/dpkg/info/${pick(random, ['openssl', 'nginx', 'curl'])}.list`,
      ),
    ),
    ...times(random, 14, 500, 1050).map(at =>
      changed(at, 'db-01', `/srv/reports/2026/q1-${Math.floor(random() * 9)}.csv`),
    ),
  ]
}

function wazuhItself(random: Random): SampleAlert[] {
  const checks = [
    'Ensure auditing is enabled',
    'Ensure minimum password length is 14',
    'Ensure SSH root login is disabled',
    'Ensure core dumps are restricted',
    'Ensure IPv6 router advertisements are not accepted',
  ]
  return [
    ...(Object.keys(hosts) as HostName[]).map((host, index) => ({
      at: 3 + index * 2,
      host,
      rule: ['503', 3, 'Wazuh agent started.', ['ossec']] as const,
      decoder: 'ossec',
      location: 'wazuh-monitord',
      log: `ossec: Agent started: '${host}->any'.`,
    })),
    ...times(random, 40, 60, 180).map(at => {
      const title = pick(random, checks)
      return {
        at,
        host: pick(random, ['web-01', 'db-01', 'dc-01', 'files-01', 'pc-ben'] as const),
        rule: ['19007', 7, `CIS Benchmark: ${title}`, ['sca']] as const,
        decoder: 'sca',
        location: 'sca',
        data: { sca: { type: 'check', policy: 'CIS Benchmark', check: { title, result: 'failed' } } },
      }
    }),
    ...times(random, 6, 200, 240).map(at => ({
      at,
      host: pick(random, linux),
      rule: ['23505', 10, 'CVE-2026-0001 affects curl', ['vulnerability-detector']] as const,
      decoder: 'json',
      location: 'vulnerability-detector',
      data: {
        vulnerability: {
          cve: 'CVE-2026-0001',
          severity: 'High',
          status: 'Active',
          package: { name: 'curl', version: '7.88.1' },
        },
      },
    })),
  ]
}

function sensorNoise(random: Random): SampleAlert[] {
  const signatures = [
    'ET INFO GNU/Linux APT User-Agent Outbound likely related to package management',
    'ET INFO Observed DNS Query to .cloud TLD',
    'SURICATA STREAM excessive retransmissions',
    'ET POLICY Microsoft user-agent automated process response',
  ]
  return times(random, 60, 0, 1440).map(at => {
    const signature = pick(random, signatures)
    return {
      at,
      host: 'sensor-01' as const,
      rule: ['86601', 3, `Suricata: Alert - ${signature}`, ['ids', 'suricata']] as const,
      decoder: 'json',
      location: '/var/log/suricata/eve.json',
      data: {
        event_type: 'alert',
        src_ip: pick(random, Object.values(hosts)).ip,
        src_port: '51514',
        dest_ip: `203.0.113.${Math.floor(200 + random() * 50)}`,
        dest_port: '443',
        proto: 'TCP',
        alert: {
          signature,
          category: 'Misc activity',
          severity: '3',
          action: 'allowed',
          metadata: { signature_severity: ['Informational'] },
        },
      },
    }
  })
}
