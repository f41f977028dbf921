import { createPublicKey } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openTestDatabase, type TestDatabase } from '../../test/support/postgres.ts'
import { type Checkpoint, checkpointIsSigned, checkpointSchema } from '../ledger/checkpoint.ts'
import { openDatabaseLedger } from '../ledger/database-ledger.ts'
import { loadSigningKey } from '../ledger/signing-key.ts'
import { verifyChain } from '../ledger/verify-chain.ts'
import { canonicalJson } from '../lib/canonical-json.ts'
import { systemClock } from '../lib/clock.ts'
import { type CheckpointShipping, shipCheckpoints } from './ship-checkpoints.ts'

let test: TestDatabase
let folder: string

beforeAll(async () => {
  test = await openTestDatabase()
  folder = await mkdtemp(join(tmpdir(), 'tocsin-ship-'))
})
afterAll(async () => {
  await test.close()
  await rm(folder, { recursive: true, force: true })
})

const kept = () => join(folder, 'kept.ndjson')
const noPlace = () => pathToFileURL(join(folder, 'nowhere', 'deep', 'x.ndjson')).href

async function checkpoints(): Promise<Checkpoint[]> {
  const text = await readFile(kept(), 'utf8').catch(() => '')
  const lines = text.split('\n').filter(line => line !== '')
  return lines.map(line => checkpointSchema.parse(JSON.parse(line)))
}

/** One process of several on the same database, as the worker runs it, with rounds that follow each other closely. */
function worker(owner: string, failures: string[], more: readonly string[] = []) {
  const stop = new AbortController()
  const parts: CheckpointShipping = {
    clock: systemClock,
    owner,
    store: { database: test.database },
    logger: { error: (what: object) => void failures.push('target' in what ? String(what.target) : 'round') },
    config: {
      tenantBound: false,
      dataDir: folder,
      checkpoints: {
        to: [...more, pathToFileURL(kept()).href],
        everyMinutes: 0.1 / 60,
        s3Key: undefined,
        caFile: undefined,
      },
    },
  }
  const done = shipCheckpoints(parts, stop.signal)
  return {
    async end() {
      stop.abort(new Error('the worker ends'))
      await done
    },
  }
}

/** Until a checkpoint of the present end of the ledger is kept. */
async function untilKept(): Promise<number> {
  const head = await openDatabaseLedger(test.database, systemClock).last()
  await expect.poll(async () => (await checkpoints()).at(-1)?.seq).toBe(head?.seq)
  return head?.seq ?? 0
}

it('keeps signed checkpoints of the ledger as it grows, one worker at a time, and another goes on', async () => {
  const ledger = openDatabaseLedger(test.database, systemClock)
  const note = (text: string) =>
    ledger.append([{ kind: 'note', tenant: 'default', actor: 'user:ann', subject: 'case_1', body: { text } }])
  const failures: string[] = []
  // The first place takes nothing: the second gets its checkpoints all the same, and somebody is told.
  const workers = ['one', 'two'].map(name => worker(name, failures, [noPlace()]))
  try {
    const ends: number[] = []
    for (let round = 0; round < 4; round++) {
      await note(`round ${round}`)
      ends.push(await untilKept())
    }
    await workers[0]?.end()
    await note('after one of them ended')
    ends.push(await untilKept())

    const all = await checkpoints()
    const publicKey = createPublicKey(await loadSigningKey(join(folder, 'ledger', 'signing-key.pem')))
    expect(all.every(checkpoint => checkpointIsSigned(checkpoint, publicKey))).toBe(true)
    const seqs = all.map(({ seq }) => seq)
    // A worker that takes over may keep once more what the one before it kept: never something older.
    expect(seqs).toEqual(seqs.toSorted((a, b) => a - b))
    for (const end of ends) expect(seqs).toContain(end)
    expect(failures).toContain(noPlace())

    // What they are for: a ledger whose last entries were taken out agrees with itself, and not with them.
    await test.database.query('alter table ledger disable trigger all')
    await test.database.query('delete from ledger where seq > $1', [ends[1]])
    const entries = await Array.fromAsync(ledger.read({ fromSeq: 1, toSeq: Number.POSITIVE_INFINITY }))
    const text = entries.map(entry => `${canonicalJson(entry)}\n`).join('')
    expect(verifyChain(text, { checkpoints: all, publicKey })).toMatchObject({
      ok: false,
      firstBad: { seq: (ends[1] ?? 0) + 1, kind: 'truncate' },
    })
  } finally {
    await Promise.all(workers.map(each => each.end()))
  }
})
