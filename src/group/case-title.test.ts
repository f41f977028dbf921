import { describe, expect, it } from 'vitest'
import { caseTitle } from './case-title.ts'

describe('a title', () => {
  it.each([
    ['Failed logon', 'Failed logon'],
    ['sshd: authentication success.', 'sshd: authentication success'],
    [
      'sshd: brute force trying to get access to the system. Non existent user.',
      'sshd: brute force trying to get access to the system',
    ],
    ['Too short. Then more of it.', 'Too short. Then more of it'],
    [
      'Logon by a service of Example Inc. Server to a workstation',
      'Logon by a service of Example Inc. Server to a workstation',
    ],
    [
      'A program that asks, e.g. PowerShell, was started',
      'A program that asks, e.g. PowerShell, was started',
    ],
    ['Version 4.14. of the agent is required', 'Version 4.14. of the agent is required'],
    ['Process was accessed by C:\\\\Users\\\\ann\\\\a.exe', 'Process was accessed by C:\\Users\\ann\\a.exe'],
    ['Two\n  lines', 'Two lines'],
    [`${'word '.repeat(40)}end`, `${'word '.repeat(23)}word…`],
    [`Path ${'x'.repeat(300)}`, `Path ${'x'.repeat(114)}…`],
    ['', ''],
  ])('says of %j only %j', (description, title) => {
    expect(caseTitle(description, '', 1)).toBe(title)
  })

  it('names the host and how much more there is', () => {
    expect(caseTitle('Failed logon. Again and again. More.', 'web-01', 1)).toBe(
      'Failed logon. Again and again on web-01',
    )
    expect(caseTitle('Failed logon', 'web-01', 2)).toBe('Failed logon on web-01 and 1 other kind of alert')
    expect(caseTitle('Failed logon', 'web-01', 3)).toBe('Failed logon on web-01 and 2 other kinds of alert')
  })

  it('stays quick and bounded with text made to slow it down', () => {
    expect(caseTitle('a. A'.repeat(100_000), 'h', 1).length).toBeLessThan(150)
  })
})
