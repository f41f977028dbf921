import { describe, expect, it } from 'vitest'
import { check } from '../../test/support/assessment-check.ts'
import { type AlertParts, wazuhAlert, windowsEvent } from '../../test/support/wazuh-alert.ts'
import { assessCase } from './assess-case.ts'

const security = ['windows', 'windows_security']
const logon = (fields: { readonly [name: string]: string }): AlertParts => ({
  rule: ['60106', 3, 'Windows logon success', [...security, 'authentication_success']],
  data: windowsEvent('4624', 'Security', fields),
})
const ssh = (user: string, srcip: string, how: string): AlertParts => ({
  rule: ['5715', 3, 'sshd: authentication success.', ['syslog', 'sshd', 'authentication_success']],
  data: { srcip, dstuser: user },
  log: `sshd[7]: Accepted ${how} for ${user} from ${srcip} port 40100 ssh2`,
})
const intoGroup = (targetUserName: string, targetSid = ''): AlertParts => ({
  rule: ['60141', 5, 'Security enabled global group member added', [...security, 'win_group_changed']],
  data: windowsEvent('4728', 'Security', { targetUserName, targetSid, subjectUserName: 'ann' }),
})

describe('who entered from where', () => {
  check('remote desktop from the internet', 'person', {
    ...logon({ targetUserName: 'Administrator', logonType: '10', ipAddress: '8.8.4.4' }),
  })
  check('remote desktop from inside', 'noise', {
    ...logon({ targetUserName: 'ann', logonType: '10', ipAddress: '10.1.2.3' }),
  })
  check('a computer with its own account', 'noise', {
    ...logon({ targetUserName: 'PC-7$', logonType: '3', ipAddress: '10.1.2.3' }),
  })
  check('root with a password from the internet', 'person', ssh('root', '8.8.4.4', 'password'))
  check('root with a key from inside', 'noise', ssh('root', '10.1.2.3', 'publickey'))
  check('a person with a key from the internet', 'noise', ssh('ann', '8.8.4.4', 'publickey'))
  check('an account that is a part of the system', 'person', ssh('games', '10.1.2.3', 'password'))
  check('the web server becomes root', 'person', {
    rule: ['5303', 3, 'User successfully changed UID to root.', ['syslog', 'su', 'authentication_success']],
    data: { srcuser: 'www-data', dstuser: 'root' },
  })
  check('monitoring asks a disk for its health', 'noise', {
    rule: ['5402', 3, 'Successful sudo to ROOT executed.', ['syslog', 'sudo']],
    data: { srcuser: 'nagios', dstuser: 'root', command: '/usr/sbin/smartctl -H /dev/sda' },
  })
})

describe('groups, policies and tickets', () => {
  check('into the administrators of the domain', 'person', intoGroup('Domain Admins'))
  check('the same group under its name in another language', 'person', {
    ...intoGroup('Domänen-Admins', 'S-1-5-21-1-2-3-512'),
  })
  check('into a group of readers', 'noise', intoGroup('Sales readers', 'S-1-5-21-1-2-3-1602'))
  const policy = (subjectUserName: string): AlertParts => ({
    rule: ['60112', 8, 'Windows audit policy changed.', [...security, 'policy_changed']],
    data: windowsEvent('4719', 'Security', { subjectUserName, auditPolicyChanges: '%%8448' }),
  })
  check('a person changes what is recorded', 'person', policy('ann'))
  check('a computer follows its group policy', 'noise', policy('PC-7$'))
  const ticket = (targetUserName: string, preAuthType: string): AlertParts => ({
    rule: ['60103', 3, 'Windows audit success event.', security],
    data: windowsEvent('4768', 'Security', { targetUserName, preAuthType, status: '0x0' }),
  })
  check('a ticket without a proof of the password', 'person', ticket('svc-old', '0'))
  check('an ordinary ticket', 'noise', ticket('ann', '2'))
})

describe('passwords and shares', () => {
  const account = (event: string, targetUserName: string, subjectUserName: string): AlertParts => ({
    rule: ['60110', 8, 'User account changed', [...security, 'account_changed']],
    data: windowsEvent(event, 'Security', { targetUserName, subjectUserName }),
  })
  check('somebody changes their own password', 'noise', account('4723', 'ann', 'ANN'))
  check('somebody changes the password of another', 'person', account('4723', 'bob', 'ann'))
  check('the password of the administrator is reset', 'person', account('4724', 'Administrator', 'ann'))
  check('a leaver is switched off', 'noise', account('4725', 'bob', 'ann'))
  const share = (shareName: string, relativeTargetName: string): AlertParts => ({
    rule: ['60103', 5, 'Windows audit success event.', security],
    data: windowsEvent('5145', 'Security', { shareName, relativeTargetName, subjectUserName: 'ann' }),
  })
  check('a program over an administrative share', 'person', share('\\\\*\\ADMIN$', 'run.exe'))
  check('a policy over the share that is there for it', 'noise', share('\\\\*\\SYSVOL', 'logon.bat'))
})

describe('one target after another', () => {
  const at = 1_770_000_000_000
  const preAuthentication = (user: string, index: number, ipAddress = '::ffff:10.1.2.3'): AlertParts => ({
    atMs: at + index * 60_000,
    id: `1.${index}`,
    rule: ['60205', 5, 'Kerberos pre-authentication failed.', security],
    data: windowsEvent('4771', 'Security', { targetUserName: user, status: '0x18', ipAddress }),
  })
  const probabilities = (parts: readonly AlertParts[]) =>
    assessCase(parts.map(wazuhAlert)).map(({ probability }) => probability)

  it('four accounts from one place are a spray, told of each of them', () => {
    const found = probabilities(['a', 'b', 'c', 'd'].map((user, index) => preAuthentication(user, index)))
    expect(Math.min(...found)).toBeGreaterThan(0.6)
  })
  it('one person who mistypes four times is not', () => {
    const found = probabilities([0, 1, 2, 3].map(index => preAuthentication('Ann', index)))
    expect(Math.max(...found)).toBeLessThan(0.4)
  })
  it('four accounts over half a day are people at a terminal server', () => {
    const found = probabilities(
      ['a', 'b', 'c', 'd'].map((user, index) => preAuthentication(user, index * 120)),
    )
    expect(Math.max(...found)).toBeLessThan(0.4)
  })
  it('four places are no spray from one', () => {
    const found = probabilities(
      ['a', 'b', 'c', 'd'].map((user, index) => preAuthentication(user, index, `10.1.2.${index}`)),
    )
    expect(Math.max(...found)).toBeLessThan(0.4)
  })
  it('one locked account may be a forgotten session, five from one computer are not', () => {
    const locked = (targetUserName: string, index: number): AlertParts => ({
      atMs: at + index * 1000,
      id: `2.${index}`,
      rule: [
        '60115',
        9,
        'User account locked out (multiple login errors)',
        [...security, 'authentication_failures'],
      ],
      data: windowsEvent('4740', 'Security', { targetUserName, targetDomainName: 'PC-9' }),
    })
    expect(Math.max(...probabilities([locked('a', 0)]))).toBeLessThan(0.5)
    expect(Math.min(...probabilities(['a', 'b', 'c', 'd', 'e'].map(locked)))).toBeGreaterThan(0.6)
  })
  it('the credentials of another account against many hosts are lateral movement', () => {
    const used = (targetServerName: string, index: number): AlertParts => ({
      atMs: at + index * 1000,
      id: `3.${index}`,
      rule: ['67010', 3, 'A logon was attempted using explicit credentials.', security],
      data: windowsEvent('4648', 'Security', {
        subjectUserName: 'ann',
        targetUserName: 'Administrator',
        targetServerName,
      }),
    })
    expect(Math.max(...probabilities([used('srv-1', 0)]))).toBeLessThan(0.4)
    expect(Math.min(...probabilities(['srv-1', 'srv-2', 'srv-3', 'srv-4'].map(used)))).toBeGreaterThan(0.6)
  })
})
