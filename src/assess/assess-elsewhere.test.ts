import { describe } from 'vitest'
import { check } from '../../test/support/assessment-check.ts'
import { type AlertParts, windowsEvent } from '../../test/support/wazuh-alert.ts'

// Containers, sensors, firewalls, mailboxes and services: the same kind of event, told apart by what is in it.

describe('containers and rights', () => {
  const docker = (Action: string, attributes: object = {}): AlertParts => ({
    rule: ['87907', 5, 'Docker: event', ['docker']],
    data: { docker: { Action, Actor: { Attributes: { image: 'shop:3', ...attributes } } } },
  })
  check('a health check', 'noise', docker('exec_create: pg_isready -U app'))
  check('a way out to the host', 'person', docker('exec_create: nsenter -t 1 -m -u -i -n sh'))
  check('the image of a miner', 'person', docker('pull', { name: 'xmrig/xmrig:latest' }))
  const audited = (...words: readonly string[]): AlertParts => ({
    rule: ['80792', 3, 'Audit: Command', ['audit', 'audit_command']],
    data: {
      audit: {
        exe: `/usr/bin/${words[0]}`,
        uid: '0',
        auid: '1001',
        execve: { ...Object.fromEntries(words.map((word, index) => [`a${index}`, word])) },
      },
    },
  })
  check('the rights of the owner for everybody', 'person', audited('chmod', 'u+s', '/tmp/bash'))
  check('the same in numbers', 'person', audited('chmod', '4755', '/tmp/bash'))
  check('ordinary rights', 'noise', audited('chmod', '0755', '/srv/app/run.sh'))
  const byWebServer = (...words: readonly string[]): AlertParts => ({
    ...audited(...words),
    data: {
      audit: {
        exe: `/usr/bin/${words[0]}`,
        uid: '33',
        auid: '4294967295',
        execve: Object.fromEntries(words.map((word, index) => [`a${index}`, word])),
      },
    },
  })
  check('the web server asks who it is', 'person', byWebServer('sh', '-c', 'id'))
  check('the web server scales a picture', 'noise', byWebServer('convert', 'a.png', 'b.png'))
})

describe('what sensors and firewalls see', () => {
  const query = (image: string, queryName: string): AlertParts => ({
    rule: ['61650', 3, 'Sysmon - Event 22: DNS query', ['sysmon', 'windows']],
    data: windowsEvent('22', 'Microsoft-Windows-Sysmon/Operational', { image, queryName }),
  })
  check(
    'Windows asks for its updates',
    'noise',
    query('C:\\Windows\\System32\\svchost.exe', 'update.microsoft.com'),
  )
  check(
    'a program that runs code of others asks for a name',
    'person',
    query('C:\\Windows\\System32\\mshta.exe', 'cdn.example.net'),
  )
  const connection = (destinationIp: string, destinationPort: string): AlertParts => ({
    rule: ['92101', 6, 'Powershell process communicating over TCP/IP', ['sysmon', 'windows']],
    data: windowsEvent('3', 'Microsoft-Windows-Sysmon/Operational', {
      image: 'C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe',
      sourceIp: '10.1.2.3',
      destinationIp,
      destinationPort,
    }),
  })
  check('WinRM inside', 'noise', connection('10.1.2.9', '5985'))
  check('WinRM to the internet', 'person', connection('8.8.4.4', '5985'))
  const fetched = (hostname: string): AlertParts => ({
    rule: ['86601', 3, 'Suricata: Alert', ['ids', 'suricata']],
    data: { http: { hostname }, alert: { signature: 'ET POLICY ELF file download', severity: '1' } },
  })
  check('a program from a bare address', 'person', fetched('8.8.4.4'))
  check('a program from a mirror', 'noise', fetched('deb.debian.example'))
  const administrator = (srcip: string): AlertParts => ({
    rule: ['81606', 3, 'Fortigate: Admin login successful', ['fortigate', 'syslog']],
    data: { action: 'login', srcip, user: 'admin' },
  })
  check('the administrator of the firewall from the internet', 'person', administrator('8.8.4.4'))
  check('the same from inside', 'noise', administrator('10.1.2.3'))
  const long = (url: string): AlertParts => ({
    rule: [
      '31115',
      13,
      'URL too long. Higher than allowed on most browsers. Possible attack.',
      ['web', 'accesslog'],
    ],
    data: { url, id: '200', srcip: '10.1.2.3' },
  })
  check(
    'the query of a dashboard',
    'noise',
    long(`/api/query?q=sum(rate(cpu%7Bmode%3D%22idle%22%7D))${'&node=web1'.repeat(200)}`),
  )
  check('one letter two thousand times', 'person', long(`/login.cgi?u=${'A'.repeat(2000)}`))
})

describe('mailboxes and services', () => {
  const rule = (...Parameters: readonly object[]): AlertParts => ({
    rule: ['91544', 5, 'Office 365: Exchange events.', ['office365']],
    data: { office365: { Operation: 'New-InboxRule', UserId: 'ann@corp.example', Parameters } },
  })
  check('newsletters into a folder', 'noise', rule({ Name: 'MoveToFolder', Value: 'News' }))
  check('everything to somebody else', 'person', rule({ Name: 'ForwardTo', Value: 'x@mail.example' }))
  const startType = (param1: string, param3: string, param4: string): AlertParts => ({
    rule: ['61104', 3, 'Service startup type was changed', ['windows', 'windows_system']],
    data: windowsEvent('7040', 'System', { param1, param3, param4 }),
  })
  check(
    'the transfer service starts on demand',
    'noise',
    startType('Background Intelligent Transfer Service', 'demand start', 'BITS'),
  )
  check(
    'the antivirus no longer starts',
    'person',
    startType('Microsoft Defender Antivirus Service', 'disabled', 'WinDefend'),
  )
  check(
    'it starts by itself again',
    'noise',
    startType('Microsoft Defender Antivirus Service', 'auto start', 'WinDefend'),
  )
})
