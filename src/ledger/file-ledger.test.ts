import { appendFile, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { canonicalJson } from '../lib/canonical-json.ts'
import { fixedClock } from '../lib/clock.ts'
import type { LedgerDraft, LedgerEntry } from './entry.ts'
import { exportLedger } from './export-ledger.ts'
import { openFileLedger } from './file-ledger.ts'
import type { LedgerRange } from './ledger.ts'
import { loadSigningKey } from './signing-key.ts'
import { verifyChain } from './verify-chain.ts'

const note = (text: string): LedgerDraft => ({
  kind: 'note',
  tenant: 'main',
  actor: 'user:alice',
  subject: 'case_1',
  body: { text },
})
const clock = fixedClock(Date.parse('2026-03-01T10:00:00Z'))

async function newLedger() {
  const folder = await mkdtemp(join(tmpdir(), 'tocsin-ledger-'))
  const path = join(folder, 'ledger.ndjson')
  return { path, ledger: openFileLedger(path, clock), keyPath: join(folder, 'key.pem') }
}

async function exported(
  made: Awaited<ReturnType<typeof newLedger>>,
  range: LedgerRange,
): Promise<LedgerEntry[]> {
  const key = await loadSigningKey(made.keyPath)
  return Array.fromAsync(exportLedger(made.ledger, range, { actor: 'user:bob', key, nowMs: clock.now() }))
}

const all: LedgerRange = { fromSeq: 1, toSeq: Number.POSITIVE_INFINITY }
const verified = (entries: readonly LedgerEntry[]) =>
  verifyChain(entries.map(entry => `${canonicalJson(entry)}\n`).join(''))

it('keeps one chain when many append at once', async () => {
  const made = await newLedger()
  const others = Array.from({ length: 4 }, () => openFileLedger(made.path, clock))
  await Promise.all(
    Array.from({ length: 40 }, (_, i) => others[i % 4]?.append([note(`${i}`), note('x'.repeat(100_000))])),
  )
  const entries = await exported(made, all)
  expect(entries).toHaveLength(82)
  expect(verified(entries)).toMatchObject({ ok: true, entries: 82 })
})

it('exports a part that verifies by itself, also when its end is not the end of the ledger', async () => {
  const made = await newLedger()
  for (let i = 0; i < 9; i++) await made.ledger.append([note(`${i}`)])
  const part = await exported(made, { fromSeq: 3, toSeq: 6 })
  expect(part.map(entry => entry.seq)).toEqual([3, 4, 5, 6, 11])
  expect(verified(part).ok).toBe(true)
  expect(verified(part.toSpliced(0, 1)).firstBad).toEqual({ seq: 3, kind: 'delete' })
  expect(verified(part.toSpliced(3, 1)).firstBad).toEqual({ seq: 6, kind: 'delete' })
})

it('drops a last line that a crash cut, and says when the file was damaged otherwise', async () => {
  const made = await newLedger()
  await made.ledger.append([note('one')])
  await appendFile(made.path, '{"actor":"user:al')
  await made.ledger.append([note('two')])
  expect(verified(await exported(made, all)).ok).toBe(true)
  await appendFile(made.path, 'not an entry\n')
  await expect(made.ledger.append([note('three')])).rejects.toMatchObject({ code: 'ledger-damaged' })
  expect(await readFile(made.path, 'utf8')).toMatch(/not an entry\n$/)
})

it('opens an empty ledger when it is exported', async () => {
  expect((await exported(await newLedger(), all)).map(entry => entry.kind)).toEqual([
    'ledger-opened',
    'checkpoint',
  ])
})

it('reads on from where it stopped, past a line that is still being written, and from the start of a new file', async () => {
  const made = await newLedger()
  const read = async (fromSeq: number) =>
    (await Array.fromAsync(made.ledger.read({ fromSeq, toSeq: Number.POSITIVE_INFINITY }))).map(
      ({ seq }) => seq,
    )
  await made.ledger.append([note('one'), note('two')])
  expect(await read(1)).toEqual([1, 2, 3])
  await appendFile(made.path, '{"actor":"user:al')
  expect(await read(4)).toEqual([])
  await openFileLedger(made.path, clock).append([note('of another process')])
  expect(await read(4)).toEqual([4])
  expect(await read(2)).toEqual([2, 3, 4])
  await rm(made.path)
  await made.ledger.append([note('in a new file')])
  expect(await read(5)).toEqual([])
  expect(await read(2)).toEqual([2])
})
