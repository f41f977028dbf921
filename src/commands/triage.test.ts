import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, describe, expect, it, vi } from 'vitest'
import { z } from 'zod'
import { icsBundle } from '../../test/support/ics-bundle.ts'
import { runCommand } from '../../test/support/run-command.ts'
import { wazuhLine } from '../../test/support/wazuh-alert.ts'
import { readPointer } from '../lib/json-pointer.ts'

const folder = mkdtempSync(join(tmpdir(), 'tocsin-triage-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** The contract that others script against, as a schema. */
const recordSchema = z.object({
  case_id: z.string(),
  title: z.string(),
  severity: z.enum(['low', 'medium', 'high', 'critical']),
  first_seen: z.iso.datetime().nullable(),
  last_seen: z.iso.datetime().nullable(),
  alert_count: z.number().int(),
  alerts: z.array(
    z.object({
      id: z.string(),
      verdict: z.enum(['true_positive', 'benign_true_positive', 'false_positive', 'undetermined']),
      p_true_positive: z.number().min(0).max(1),
      why: z.string().min(1),
    }),
  ),
  entities: z.record(z.string(), z.array(z.string())),
  techniques: z.array(z.string()),
  evidence: z.array(
    z.object({
      id: z.string(),
      kind: z.string(),
      source: z.string(),
      pointer: z.string(),
      quote: z.string(),
      trust: z.enum(['observed', 'attacker-controlled', 'knowledge-base', 'human']),
    }),
  ),
  brief: z.object({
    headline: z.string().min(1),
    claims: z.array(
      z.object({
        text: z.string(),
        evidence: z.array(z.object({ id: z.string(), quote: z.string() })),
        status: z.string(),
      }),
    ),
    verdict: z.enum(['true_positive', 'benign_true_positive', 'false_positive', 'undetermined']),
    confidence: z.number().min(0).max(1),
    next_steps: z.array(z.string()),
    unknowns: z.array(z.string()),
  }),
  problems: z.array(z.object({ code: z.string(), message: z.string(), where: z.string().optional() })),
})

function triage(input: string | Buffer, name = 'alerts.ndjson', ...more: string[]) {
  const path = join(folder, name)
  writeFileSync(path, input)
  return runCommand(['triage', path, ...more])
}

async function recordsOf(input: string | Buffer, name?: string) {
  const { code, records } = await triage(input, name, '--json')
  expect(code).toBe(0)
  return records.map(record => recordSchema.parse(record))
}

const rule = [
  '5712',
  10,
  'sshd: brute force trying to get access to the system.',
  ['syslog', 'sshd', 'authentication_failures'],
] as const
const line = (id: string, extra: object = {}) =>
  wazuhLine({ id, rule: [...rule], data: { srcip: '203.0.113.9', srcuser: 'root' }, ...extra })
const sample = resolve(import.meta.dirname, '..', '..', 'samples', 'alerts.ndjson')

describe('tocsin triage --json', () => {
  it('names the techniques of what was imported into the data directory', async () => {
    const data = join(folder, 'knowledge')
    const bundle = join(folder, 'ics-attack.json')
    writeFileSync(bundle, JSON.stringify(icsBundle))
    expect((await runCommand(['knowledge', 'import', bundle, '--data', data])).code).toBe(0)
    const alert = line('1.1', { techniques: ['T0831'] })
    const told = await triage(alert, 'ics.ndjson', '--data', data, '--json')
    expect(told.stdout).toContain('T0831 Manipulation of Control (Impact)')
    const without = await triage(alert, 'ics.ndjson', '--data', join(folder, 'nothing'), '--json')
    expect(without.stdout).not.toContain('Manipulation of Control')
  })

  it('answers each alert of the sample exactly once, and says only what the alerts say', async () => {
    const text = readFileSync(sample, 'utf8')
    const documents = new Map(
      text
        .trimEnd()
        .split('\n')
        .map(row => [JSON.parse(row).id as string, JSON.parse(row) as object]),
    )
    const cases = await recordsOf(text)
    expect(cases.flatMap(record => record.alerts.map(alert => alert.id)).sort()).toEqual(
      [...documents.keys()].sort(),
    )
    for (const record of cases) {
      expect(record.alert_count).toBe(record.alerts.length)
      const byId = new Map(record.evidence.map(item => [item.id, item]))
      for (const item of record.evidence.filter(found => found.kind === 'alert-field')) {
        expect(String(readPointer(documents.get(item.source), item.pointer))).toContain(item.quote)
      }
      for (const claim of record.brief.claims) {
        expect(claim.evidence.length, claim.text).toBeGreaterThan(0)
        for (const citation of claim.evidence) expect(byId.get(citation.id)?.quote).toContain(citation.quote)
      }
      expect(record.brief.next_steps.length).toBeGreaterThan(0)
    }
  })
  it('finds the intrusion in the sample and leaves the ordinary day alone', async () => {
    const cases = await recordsOf(readFileSync(sample))
    const serious = cases.filter(record => record.brief.verdict === 'true_positive')
    expect(serious.length).toBeLessThanOrEqual(4)
    const intruders = serious.flatMap(record => record.entities.host ?? [])
    for (const host of ['web-01', 'pc-ann', 'files-01']) expect(intruders).toContain(host)
  })
  it('knows an indexer hit by its document id, twice where the indexer holds it twice', async () => {
    const hit = (id: string) =>
      JSON.stringify({ _id: id, _index: 'wazuh-alerts-4.x-2026.02.02', _source: JSON.parse(line('7.1')) })
    const cases = await recordsOf(`${hit('a')}\n${hit('b')}\n${hit('a')}\n`)
    expect(cases.flatMap(record => record.alerts.map(alert => alert.id)).sort()).toEqual(['a', 'b'])
    expect(cases.flatMap(record => record.problems.map(found => found.code))).toEqual(['repeated-alert'])
  })
  it('reads a JSON array, a gzip file, an empty file and CRLF', async () => {
    expect(await recordsOf(`[${line('1.1')},${line('1.2')}]`)).toHaveLength(1)
    expect(await recordsOf(gzipSync(line('1.1')), 'alerts.ndjson.gz')).toHaveLength(1)
    expect(await recordsOf('')).toEqual([])
    expect(await recordsOf(`${line('1.1')}\r\n\r\n${line('1.2')}\r\n`)).toHaveLength(1)
  })
  it('counts lines that it could not read in a last record, with a reason each', async () => {
    const [good, quarantine] = await recordsOf(
      `not json\n${line('1.1')}\n{"a":1}\n${line('1.1', { log: 'another' })}\n`,
    )
    expect(good?.alerts).toHaveLength(1)
    expect(quarantine).toMatchObject({ case_id: 'quarantine', alert_count: 0, alerts: [] })
    expect(quarantine?.problems.map(found => found.code)).toEqual([
      'not-json',
      'not-an-alert',
      'duplicate-id',
    ])
  })
  it('triages a line with broken bytes and says that it did', async () => {
    const broken = Buffer.from(line('1.1', { log: 'x@y' }))
    broken[broken.indexOf('x@y') + 1] = 0xff
    const cases = await recordsOf(broken)
    expect(cases.flatMap(record => record.alerts)).toHaveLength(1)
    expect(cases[0]?.problems[0]?.code).toBe('invalid-utf8')
  })
})

describe('tocsin triage', () => {
  it('prints text for people, with control characters shown and not obeyed', async () => {
    const { stdout, code } = await triage(line('1.1', { log: 'x', host: 'web\u001b[31m-01' }))
    expect(code).toBe(0)
    expect(stdout).toContain('true positive')
    expect(stdout).not.toContain('\u001b')
  })
  it('names an input that it cannot read in a record, and briefs the others', async () => {
    const missing = join(folder, 'missing.ndjson')
    const { code, records } = await runCommand(['triage', missing, sample, '--json'])
    expect(code).toBe(2)
    expect(records.length).toBeGreaterThan(1)
    expect(records.at(-1)).toMatchObject({
      case_id: 'quarantine',
      problems: [{ code: 'unreadable-input', where: missing }],
    })
  })
  it('ends with 2 where it cannot read or is used badly', async () => {
    const codeOf = async (...args: string[]) => (await runCommand(['triage', ...args])).code
    expect(await codeOf(join(folder, 'missing.ndjson'))).toBe(2)
    expect(await codeOf()).toBe(2)
    expect(await codeOf('--nonsense', sample)).toBe(2)
  })
  it('refuses a model that is not set up, names those that are, and writes no key or ledger for it', async () => {
    const home = mkdtempSync(join(tmpdir(), 'tocsin-triage-home-'))
    vi.stubEnv('TOCSIN_DATA', home)
    const { code, stderr } = await runCommand(['triage', '--model', 'unknown', sample])
    expect(code).toBe(2)
    expect(stderr).toContain("there is no model 'unknown'")
    expect(readdirSync(home)).toEqual([])
    vi.unstubAllEnvs()
    rmSync(home, { recursive: true })
  })
})
