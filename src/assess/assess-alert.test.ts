import { describe, expect, it } from 'vitest'
import { check } from '../../test/support/assessment-check.ts'
import { type AlertParts, sysmonProcess, wazuhAlert } from '../../test/support/wazuh-alert.ts'
import { assessCase } from './assess-case.ts'

const sysmon = ['sysmon', 'sysmon_eid1_detections', 'windows']
const powershell = 'C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe'
const cmd = 'C:\\Windows\\System32\\cmd.exe'

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
  check('a repository asked for and not found', 'person', {
    rule: ['31101', 5, 'Web server 400 error code.', access],
    data: { srcip: '203.0.113.9', id: '404', url: '/shop/.git/HEAD' },
  })
  check('a scanner that finds nothing', 'person', {
    rule: ['31101', 5, 'Web server 400 error code.', access],
    data: { srcip: '203.0.113.9', id: '404', url: '/shop/' },
    log: '203.0.113.9 - - "GET /shop/" 404 "-" "gobuster/3.6"',
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
