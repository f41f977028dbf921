import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type AlertParts, sysmonProcess, wazuhAlert, windowsEvent } from '../../test/support/wazuh-alert.ts'
import type { Alert } from '../domain/alert.ts'
import { countingIds } from '../lib/ids.ts'
import { GroupingEngine } from './grouping-engine.ts'
import { defaultGrouping, type GroupingOptions } from './grouping-options.ts'

const start = 1_770_000_000_000
const minute = 60_000
let serial = 0

function alert(parts: Partial<AlertParts> & { readonly minutes?: number }): Alert {
  return wazuhAlert({
    rule: ['5710', 5, 'sshd: Attempt to login using a non-existent user', ['sshd']],
    ...parts,
    id: `1.${++serial}`,
    atMs: start + (parts.minutes ?? 0) * minute,
  })
}

const engine = (options: Partial<GroupingOptions> = {}) =>
  new GroupingEngine({ ...defaultGrouping, ...options }, countingIds())

/** The alerts' cases as letters: `aab`. */
function grouped(alerts: readonly Alert[], options: Partial<GroupingOptions> = {}): string {
  const names = new Map<string, string>()
  return engine(options)
    .assign(alerts)
    .assignments.map(({ caseId }) => {
      const name = names.get(caseId) ?? String.fromCharCode(97 + names.size)
      names.set(caseId, name)
      return name
    })
    .join('')
}

const from = (srcip: string, minutes: number, extra: Partial<AlertParts> = {}) =>
  alert({ ...extra, minutes, data: { srcip } })
const powershell = 'C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe'
const execution = { techniques: ['T1059.001'], tactics: ['Execution'] }
const process = (
  id: string,
  minutes: number,
  fields: { [name: string]: string },
  extra: Partial<AlertParts> = {},
) =>
  alert({
    minutes,
    rule: [id, 4, `rule ${id}`, ['sysmon_eid1_detections']],
    data: sysmonProcess({ image: powershell, ...fields }),
    ...execution,
    ...extra,
  })

describe('alerts of one kind', () => {
  it('are one case while they keep coming', () =>
    expect(grouped([from('203.0.113.9', 0), from('203.0.113.9', 50), from('203.0.113.9', 100)])).toBe('aaa'))
  it('are two cases after a pause', () =>
    expect(grouped([from('203.0.113.9', 0), from('203.0.113.9', 61)])).toBe('ab'))
  it('are two cases from two sources', () =>
    expect(grouped([from('203.0.113.9', 0), from('203.0.113.10', 1)])).toBe('ab'))
  it('are two cases on two hosts', () =>
    expect(grouped([from('203.0.113.9', 0), from('203.0.113.9', 1, { host: 'web-02' })])).toBe('ab'))
  it('that never stop become one case a day', () => {
    const day = Array.from({ length: 60 }, (_, index) => from('203.0.113.9', index * 30))
    expect(new Set(grouped(day)).size).toBe(2)
  })
})

describe('alerts of different rules', () => {
  const user = 'CORP\\ann'
  it('are linked by account, host and ATT&CK progress, and say so', () => {
    const second = process('92032', 5, { user }, { techniques: ['T1087'], tactics: ['Discovery'] })
    const { assignments, cases } = engine().assign([process('92027', 0, { user }), second])
    expect(assignments[1]).toMatchObject({ kind: 'linked', caseId: assignments[0]?.caseId })
    expect(assignments[1]?.why).toBe(
      'shares the host web-01, the user ann, a further ATT&CK tactic (Discovery) with this case',
    )
    expect(cases).toHaveLength(1)
    expect(cases[0]).toMatchObject({ alertCount: 2, revision: 2, tactics: ['Execution', 'Discovery'] })
  })
  it('are linked by the process that both name', () => {
    const parent = process('92027', 0, { processGuid: '{00000001-aaaa}', user: 'NT AUTHORITY\\SYSTEM' })
    const child = process('92052', 5, { parentProcessGuid: '{00000001-aaaa}', user: 'NT AUTHORITY\\SYSTEM' })
    expect(grouped([parent, child])).toBe('aa')
  })
  it('are not linked by the host alone', () => {
    expect(grouped([process('92027', 0, {}), process('92052', 1, {})])).toBe('ab')
  })
  it('are not linked by SYSTEM', () => {
    const system = { user: 'NT AUTHORITY\\SYSTEM' }
    expect(grouped([process('92027', 0, system), process('92052', 1, system)])).toBe('ab')
  })
  it('are not linked by the hash of a program of the system', () => {
    const hashes = { hashes: 'SHA256='.padEnd(71, '1') }
    expect(grouped([process('92027', 0, hashes), process('92052', 1, hashes, { host: 'web-02' })])).toBe('ab')
  })
  it('are linked over hosts by the hash of an unusual program', () => {
    const unusual = { image: 'C:\\Users\\Public\\x.exe', hashes: 'SHA256='.padEnd(71, '1') }
    expect(grouped([process('92027', 0, unusual), process('92052', 1, unusual, { host: 'web-02' })])).toBe(
      'aa',
    )
  })
  it('are linked by a file that one wrote and the other started', () => {
    const service = alert({
      rule: ['92650', 12, 'New service', ['windows']],
      data: windowsEvent('7045', 'System', { imagePath: '%SystemRoot%\\PSEXESVC.exe' }),
      techniques: ['T1569.002'],
      tactics: ['Execution'],
    })
    expect(grouped([service, process('92052', 1, { parentImage: 'C:\\Windows\\PSEXESVC.exe' })])).toBe('aa')
  })
})

describe('a hub', () => {
  it('does not pull the estate into one case', () => {
    const scanner = '203.0.113.99'
    const hosts = Array.from({ length: 40 }, (_, index) =>
      from(scanner, index / 10, {
        host: `host-${index}`,
        rule: [`${5000 + index}`, 5, 'r', []],
        techniques: ['T1110'],
        tactics: ['Credential Access'],
      }),
    )
    const sizes = Map.groupBy(grouped(hosts), name => name)
    expect(Math.max(...[...sizes.values()].map(members => members.length))).toBeLessThanOrEqual(
      defaultGrouping.hubHosts + 1,
    )
  })
})

describe('memory and restarts', () => {
  it('holds no more cases than allowed, and none that cannot grow', () => {
    const grouping = engine({ maxOpenCases: 100 })
    for (let index = 0; index < 500; index++)
      grouping.assign([from(`198.51.100.${index % 250}`, index / 100, { host: `h${index}` })])
    expect(grouping.openCases).toBeLessThanOrEqual(100)
    grouping.assign([from('203.0.113.1', 600)])
    expect(grouping.openCases).toBe(1)
  })
  it('goes on where it stopped, after a restart', () => {
    const first = engine()
    const { cases } = first.assign([from('203.0.113.9', 0)])
    const second = engine()
    second.restore(JSON.parse(JSON.stringify(cases)))
    const { assignments, cases: after } = second.assign([from('203.0.113.9', 5)])
    expect(assignments[0]).toMatchObject({ caseId: cases[0]?.id, kind: 'same-kind' })
    expect(after[0]).toMatchObject({ alertCount: 2, revision: 2, firstSeenMs: start })
  })
  it('leaves cases alone that a person closed', () => {
    const grouping = engine()
    const { assignments } = grouping.assign([from('203.0.113.9', 0)])
    grouping.forget(assignments[0]?.caseId ?? '')
    expect(grouping.assign([from('203.0.113.9', 1)]).assignments[0]?.kind).toBe('opened')
  })
})

describe('any stream of alerts', () => {
  const anyAlert = fc.record({
    minutes: fc.integer({ min: -60, max: 2000 }),
    host: fc.constantFrom('a', 'b', '__proto__'),
    rule: fc.constantFrom('1', '2', '3'),
    user: fc.constantFrom('ann', 'SYSTEM', 'constructor', ''),
    tactic: fc.constantFrom('Execution', 'Discovery'),
  })
  it('is put into cases exactly once each, and cases count right', () => {
    fc.assert(
      fc.property(fc.array(anyAlert, { maxLength: 40 }), rows => {
        const alerts = rows.map(({ minutes, host, rule, user, tactic }) =>
          alert({
            minutes,
            host,
            rule: [rule, 5, 'r', []],
            data: { srcuser: user },
            techniques: ['T1059'],
            tactics: [tactic],
          }),
        )
        const together = engine().assign(alerts)
        expect(together.assignments.map(({ alertKey }) => alertKey)).toEqual(alerts.map(({ key }) => key))
        const counted = Map.groupBy(together.assignments, ({ caseId }) => caseId)
        for (const draft of together.cases) expect(counted.get(draft.id)?.length).toBe(draft.alertCount)
        for (const draft of together.cases)
          expect(draft.lastSeenMs - draft.firstSeenMs).toBeLessThanOrEqual(defaultGrouping.maxSpanMs)
      }),
      { numRuns: 200, seed: 3 },
    )
  })
  it('a case keeps so much text of its entities, whatever alerts name, and after a restart no more', () => {
    const long = (name: string) => `${name}${'x'.repeat(1900)}`
    const grouping = engine()
    const alerts = Array.from({ length: 30 }, (_, index) =>
      alert({
        minutes: index,
        rule: ['5710', 5, 'd'.repeat(30_000), ['sshd']],
        data: {
          srcip: '203.0.113.9',
          dstuser: long(`u${index}`),
          url: long(`/${index}`),
          system_name: `web-${index}`,
        },
      }),
    )
    const [draft] = grouping.assign(alerts).cases
    if (draft === undefined) throw new Error('no case')
    const lengthOf = (entities: typeof draft.entities) =>
      entities.reduce((sum, { value }) => sum + value.length, 0)
    expect(lengthOf(draft.entities)).toBeLessThan(8000)
    // Short names still find their place behind long ones.
    expect(draft.entities.map(({ value }) => value)).toContain('web-29')
    const restored = engine()
    restored.restore([draft])
    const [grown] = restored.assign([
      alert({ minutes: 31, data: { srcip: '203.0.113.9', url: long('/z') } }),
    ]).cases
    expect(grown?.id).toBe(draft.id)
    expect(lengthOf(grown?.entities ?? [])).toBeLessThan(8000)
  })
})
