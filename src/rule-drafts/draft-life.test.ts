import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openTestDatabase, type TestDatabase } from '../../test/support/postgres.ts'
import type { RuleDeployment } from '../domain/rule-deployment.ts'
import { countingIds } from '../lib/ids.ts'
import type { RulesetFiles } from '../wazuh-rules/ruleset.ts'
import { deployDraft, rollBackDraft } from './draft-deployment.ts'
import { changeDraft, createDraft, decideDraft, type NewDraft, submitDraft } from './draft-life.ts'
import { measureDraft } from './draft-measurement.ts'
import type { DraftLifePorts, StepResult, StoredDraft } from './draft-store.ts'
import { measureInWorker } from './measure-draft.ts'

const base: RulesetFiles = {
  decoders: [{ name: 'd.xml', text: '<decoder name="door"><program_name>^door</program_name></decoder>' }],
  rules: [
    {
      name: 'r.xml',
      text: '<group name="door,"><rule id="1" level="0" noalert="1"><category>syslog</category><description>all</description></rule><rule id="10" level="3"><decoded_as>door</decoded_as><description>door</description></rule></group>',
    },
  ],
  lists: [],
}
const rule = (match: string) =>
  `<group name="local,"><rule id="100000" level="8"><if_sid>10</if_sid><match>${match}</match><description>Door forced</description></rule></group>`
const log = (text: string) => `Jan  7 12:00:00 gate door[1]: ${text}`
const content = {
  kind: 'wazuh',
  origin: null,
  title: 'Forced doors',
  text: rule('forced'),
  cases: [
    { log: log('forced open'), fires: true },
    { log: log('opened'), fires: false },
  ],
} as const
const tenant = 'default'
const signal = new AbortController().signal

let db: TestDatabase
let files: Map<string, string>
let healthy: boolean
let nowMs = Date.parse('2026-01-07T12:00:00Z')

const wazuh: RuleDeployment = {
  read: async name => files.get(name),
  write: async (name, text) => void files.set(name, text),
  remove: async name => void files.delete(name),
  validate: async () => ({ ok: true, details: '' }),
  restart: async () => {},
  isHealthy: async () => healthy || files.size === 0,
}

function ports(): DraftLifePorts {
  return {
    database: db.database,
    clock: { now: () => nowMs },
    ids: ids,
    base: () => base,
    measure: measureInWorker,
    targets: { wazuh },
    logtest: undefined,
    deployment: { healthChecks: 1, wait: async () => {} },
  }
}
const ids = countingIds()

async function done(result: Promise<StepResult>): Promise<StoredDraft> {
  const settled = await result
  if (settled.kind === 'refused') throw new Error(settled.reason)
  return settled.draft
}

/** A measured draft of Ann's that waits for approval. */
async function awaiting(change: Partial<NewDraft> = {}): Promise<StoredDraft> {
  const { id } = await done(createDraft(ports(), tenant, { ...content, ...change }, 'ann'))
  await done(measureDraft(ports(), tenant, id, signal))
  return done(submitDraft(ports(), tenant, id, 'ann', 'doors'))
}
const decide = (
  draft: StoredDraft,
  person: string,
  decision: 'approve' | 'reject' = 'approve',
  reason = '',
) => decideDraft(ports(), tenant, draft.id, { digest: draft.digest ?? '', decision, reason, person })

describe('the life of a rule draft', () => {
  beforeAll(async () => {
    db = await openTestDatabase()
    files = new Map()
    healthy = true
  })
  afterAll(() => db.close())

  it('goes from text to a deployed rule and back, with two people', async () => {
    const draft = await awaiting()
    expect(draft.proof).toMatchObject({
      kind: 'proven',
      ruleIds: [100_000],
      proof: { cases: [{ pass: true }, { pass: true }] },
    })
    expect(await decide(draft, 'ann')).toMatchObject({ kind: 'refused', code: 'forbidden' })
    expect(await deployDraft(ports(), tenant, draft.id, 'ann', signal)).toMatchObject({ code: 'conflict' })
    await done(decide(draft, 'bob'))
    expect(await done(deployDraft(ports(), tenant, draft.id, 'ann', signal))).toMatchObject({
      state: 'deployed',
    })
    expect(files.get(draft.fileName)).toBe(draft.text)
    expect(await deployDraft(ports(), tenant, draft.id, 'ann', signal)).toMatchObject({ code: 'conflict' })

    expect(await done(rollBackDraft(ports(), tenant, draft.id, 'ann', signal))).toMatchObject({
      state: 'rolled-back',
    })
    expect(files.size).toBe(0)
    const rows = await db.database.query<{ kind: string }>(
      'select kind from ledger where subject = $1 order by seq',
      [draft.id],
    )
    expect(rows.map(row => row.kind)).toEqual([
      'note',
      'approval',
      'action-intent',
      'action-outcome',
      'action-intent',
      'action-outcome',
    ])
  })

  it('gives drafts that are open at once ids of their own', async () => {
    const [first, second] = [await awaiting(), await awaiting()]
    expect(first.text).not.toBe(second.text)
  })

  it('asks for a proof of this very text, with a log that fires', async () => {
    const { id } = await done(createDraft(ports(), tenant, content, 'ann'))
    const submit = () => submitDraft(ports(), tenant, id, 'ann', 'doors')
    expect(await submit()).toMatchObject({ reason: expect.stringContaining('not been measured') })
    await done(changeDraft(ports(), tenant, id, { ...content, text: rule('open') }, 'ann'))
    await done(measureDraft(ports(), tenant, id, signal))
    expect(await submit()).toMatchObject({ reason: '1 of 2 cases fail' })
    await done(changeDraft(ports(), tenant, id, { ...content, cases: [] }, 'ann'))
    await done(measureDraft(ports(), tenant, id, signal))
    expect(await submit()).toMatchObject({ reason: expect.stringContaining('must fire') })
    await done(changeDraft(ports(), tenant, id, { ...content, text: '<rule' }, 'ann'))
    expect((await done(measureDraft(ports(), tenant, id, signal))).proof).toMatchObject({ kind: 'refused' })
    expect(await submit()).toMatchObject({ reason: expect.stringContaining('has errors') })
  })

  it('binds an approval to what was seen', async () => {
    const draft = await awaiting()
    expect(await decide({ ...draft, digest: 'f'.repeat(64) }, 'bob')).toMatchObject({ code: 'conflict' })
    await done(decide(draft, 'bob'))
    await db.database.query('update rule_drafts set text = $1 where id = $2', [rule('.'), draft.id])
    expect(await deployDraft(ports(), tenant, draft.id, 'ann', signal)).toMatchObject({
      reason: 'the draft is not the one that was approved',
    })
    expect(files.size).toBe(0)
  })

  it('rejects with a reason, and may then be changed', async () => {
    const draft = await awaiting()
    expect(await changeDraft(ports(), tenant, draft.id, content, 'ann')).toMatchObject({ code: 'conflict' })
    expect(await decide(draft, 'ann', 'reject', ' ')).toMatchObject({ code: 'bad-request' })
    await done(decide(draft, 'bob', 'reject', 'too broad'))
    expect(await done(changeDraft(ports(), tenant, draft.id, content, 'ann'))).toMatchObject({
      state: 'draft',
      proof: null,
      digest: null,
    })
  })

  it('goes back by itself where Wazuh does not come back', async () => {
    const draft = await awaiting()
    await done(decide(draft, 'bob'))
    healthy = false
    const outcome = await done(deployDraft(ports(), tenant, draft.id, 'bob', signal))
    healthy = true
    expect(outcome.state).toBe('rolled-back')
    expect(files.size).toBe(0)
  })

  it('does not deploy over a file that somebody has changed', async () => {
    const draft = await awaiting()
    await done(decide(draft, 'bob'))
    files.set(draft.fileName, 'theirs')
    expect(await done(deployDraft(ports(), tenant, draft.id, 'bob', signal))).toMatchObject({
      state: 'not-deployed',
    })
    expect(files.get(draft.fileName)).toBe('theirs')
    files.clear()
  })

  it('rolls back what is deployed only where nobody else has changed it, and a deployment that died', async () => {
    const draft = await awaiting()
    await done(decide(draft, 'bob'))
    await done(deployDraft(ports(), tenant, draft.id, 'bob', signal))
    files.set(draft.fileName, 'theirs')
    const roll = () => rollBackDraft(ports(), tenant, draft.id, 'bob', signal)
    expect(await done(roll())).toMatchObject({ state: 'deployed' })
    files.set(draft.fileName, draft.text)
    await db.database.query("update rule_drafts set state = 'deploying' where id = $1", [draft.id])
    expect(await roll()).toMatchObject({ code: 'conflict' })
    nowMs += 3_600_000
    expect(await done(roll())).toMatchObject({ state: 'rolled-back' })
  })

  it('stops a draft that holds up the engine', async () => {
    const question = {
      kind: 'wazuh',
      samples: [],
      deep: false,
      text: content.text,
      fileName: 'tocsin_x.xml',
      origin: 'person',
      cases: content.cases,
      base,
      takenIds: [],
      past: [],
      budgetMs: 1,
    } as const
    expect(await measureInWorker(question, signal)).toMatchObject({
      kind: 'refused',
      findings: [{ code: 'too-slow' }],
    })
  })
})
