import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newIngest } from '../../test/support/new-ingest.ts'
import { openTestDatabase, type TestDatabase } from '../../test/support/postgres.ts'
import { wazuhLine } from '../../test/support/wazuh-alert.ts'
import type { Brief } from '../domain/brief.ts'
import type { DataClass } from '../domain/data-class.ts'
import { emptyInventory } from '../domain/inventory.ts'
import { AppError } from '../lib/app-error.ts'
import { fixedClock } from '../lib/clock.ts'
import { redact, redactionRules } from '../redact/redact.ts'
import { Vault } from '../redact/vault.ts'
import { insertModelBrief, putComputedBrief } from '../store/briefs.ts'
import type { Indexer } from '../wazuh/indexer.ts'
import { publishCase } from './publish-case.ts'

const tenant = 'default'
const clock = fixedClock(Date.parse('2026-03-01T10:00:00Z'))
const password = 'Sommer2026!x'
let test: TestDatabase
let cases = 0

beforeAll(async () => {
  test = await openTestDatabase()
})
afterAll(() => test.close())

/** A new case with a brief of each kind, the model's written with what the vault gave it. */
async function newCase() {
  const host = `web-${String(++cases).padStart(2, '0')}`
  const alert = wazuhLine({
    id: `${1_770_000_000 + cases}.1`,
    atMs: clock.now(),
    host,
    rule: ['5710', 10, 'Attempt to login using a non-existent user', ['sshd']],
    data: { srcip: '203.0.113.9' },
  })
  await newIngest(test.database, clock)([alert])
  const [row] = await test.database.query<{ caseId: string; revision: number }>(
    'select a.case_id as "caseId", c.revision from alerts a join cases c on c.id = a.case_id where a.agent_name = $1',
    [host],
  )
  if (row === undefined) throw new Error('no case')
  const vault = new Vault(tenant, row.caseId)
  const rules = redactionRules({ ...emptyInventory, hosts: [host], users: ['jdoe'] })
  const text = redact(`jdoe ran mysql -p${password} on ${host}`, vault, rules).text
  const claim = { text: `${text}.`, evidence: [{ id: 'E1', quote: 'x' }], reasons: [] }
  const brief: Brief = {
    origin: { kind: 'computed' },
    headline: `Log-on to ${host}`,
    claims: [{ ...claim, text: 'It happened.', status: 'computed' }],
    verdict: 'undetermined',
    confidence: 0.5,
    reasons: [],
    techniques: [],
    nextSteps: [`Ask [USER-1] about [HOST-9].`],
    unknowns: [],
  }
  const model: Brief = {
    ...brief,
    origin: { kind: 'model', model: 'm', zone: 'contracted', promptVersion: '1', ledgerSeq: 1 },
    claims: [{ ...claim, status: 'verified' }],
  }
  const draft = { caseId: row.caseId, revision: row.revision, evidence: [] }
  await test.database.transaction(async sql => {
    await putComputedBrief(
      sql,
      tenant,
      { ...draft, id: `brief-${cases}-0`, brief, leaning: 0, severity: 'low' },
      { kind: 'not-configured' },
      clock.now(),
    )
    await insertModelBrief(sql, tenant, { ...draft, id: `brief-${cases}-1`, brief: model }, clock.now())
  })
  return { host, caseId: row.caseId, vault }
}

const onRecord = (caseId: string) =>
  test.database.query<{ actor: string; body: object }>(
    "select actor, body from ledger where kind = 'vault-reveal' and subject = $1",
    [caseId],
  )

/** Publishes a case; what Wazuh got, and what the ledger held by then. */
async function publish(
  caseId: string,
  vault: Vault,
  revealed: readonly DataClass[],
  { taken = true, indexer, attempt = 1 }: { taken?: boolean; indexer?: Indexer; attempt?: number } = {},
) {
  const sent: { text: string; recorded: number }[] = []
  const job = { id: '1', kind: 'case-publish', tenant, key: caseId, payload: {}, attempt }
  const done = publishCase(
    {
      database: test.database,
      clock,
      sink: async ({ text }) => {
        sent.push({
          text: JSON.stringify(JSON.parse(text).tocsin),
          recorded: (await onRecord(caseId)).length,
        })
        return taken ? { kind: 'taken' } : { kind: 'failed', reason: 'the socket is full' }
      },
      indexer,
      caseUrl: id => `https://tocsin.example/cases/${id}`,
      vaultOf: async () => vault,
      revealed,
    },
    job as unknown as Parameters<typeof publishCase>[1], // Only tenant and key are read.
    AbortSignal.timeout(300_000),
  )
  return { done, sent }
}

describe('what is written back to Wazuh', () => {
  it('has real names, never secrets, and is on record before it is sent', async () => {
    const { host, caseId, vault } = await newCase()
    const { done, sent } = await publish(caseId, vault, ['public', 'internal', 'confidential'])
    await done
    expect(sent).toHaveLength(1)
    const [{ text, recorded } = { text: '', recorded: 0 }] = sent
    expect(text).toContain(`jdoe ran mysql -p[SECRET-1] on ${host}.`)
    expect(text).toContain('Ask jdoe about [HOST-9].')
    expect(text).not.toContain(password)
    expect(recorded).toBe(1)
    expect(await onRecord(caseId)).toMatchObject([
      { actor: 'job:case-publish', body: { what: 'written back to Wazuh', placeholders: 2 } },
    ])
    // The same findings are neither written nor revealed again.
    await (await publish(caseId, vault, ['public', 'internal', 'confidential'])).done
    expect(await onRecord(caseId)).toHaveLength(1)
  })

  it('keeps placeholders where policy says so, and where the vault was erased, and then records nothing', async () => {
    for (const [revealed, erased] of [
      [[], false],
      [['internal', 'confidential'], true],
    ] as const) {
      const { host, caseId, vault } = await newCase()
      const { done, sent } = await publish(caseId, erased ? new Vault(tenant, caseId) : vault, revealed)
      await done
      expect(sent[0]?.text).toContain('[USER-1] ran mysql -p[SECRET-1] on [HOST-1].')
      expect(sent[0]?.text).toContain(`Log-on to ${host}`)
      expect(await onRecord(caseId)).toEqual([])
    }
    const { host, caseId, vault } = await newCase()
    const { done, sent } = await publish(caseId, vault, ['internal'])
    await done
    expect(sent[0]?.text).toContain(`[USER-1] ran mysql -p[SECRET-1] on ${host}.`)
  })

  it('goes to Wazuh and into the documents once each, however often the other fails', async () => {
    const { caseId, vault } = await newCase()
    const updates: string[] = []
    let documents: 'away' | 'not there yet' | 'there' = 'there'
    const indexer = {
      async request(_method: string, path: string) {
        if (documents === 'away')
          throw new AppError('indexer-unreachable', 'nobody answers', { retryable: true })
        if (path.includes('/_update/')) updates.push(path)
        return { hits: { hits: documents === 'there' ? [{ _index: 'i', _id: 'd' }] : [] } }
      },
    } as unknown as Indexer // Nothing else of it is used here; the real one is in test/integration/indexer.test.ts.
    const tried = async (now: typeof documents, attempt: number, taken = true) => {
      documents = now
      const { done, sent } = await publish(caseId, vault, [], { taken, indexer, attempt })
      const code = await done.then(
        () => 'done',
        error => error.code,
      )
      return [code, sent.length, updates.length]
    }
    expect(await tried('there', 1, false)).toEqual(['publish-failed', 1, 0])
    expect(await tried('away', 2)).toEqual(['indexer-unreachable', 1, 0])
    expect(await tried('not there yet', 3)).toEqual(['not-indexed', 0, 0])
    expect(await tried('there', 4)).toEqual(['done', 0, 1])
    expect(await tried('there', 1)).toEqual(['done', 0, 1])
    const other = await newCase()
    const given = await publish(other.caseId, other.vault, [], { indexer, attempt: 6 })
    documents = 'not there yet'
    await given.done
    expect(given.sent).toHaveLength(1)
  })

  it('is not sent where the record cannot be written', async () => {
    const { caseId, vault } = await newCase()
    await test.database.query(
      "alter table ledger add constraint full_disk check (kind <> 'vault-reveal') not valid",
    )
    try {
      const { done, sent } = await publish(caseId, vault, ['internal'])
      await expect(done).rejects.toThrow()
      expect(sent).toEqual([])
    } finally {
      await test.database.query('alter table ledger drop constraint full_disk')
    }
  })
})
