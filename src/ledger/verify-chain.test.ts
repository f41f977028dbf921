import { createPublicKey, generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { canonicalJson } from '../lib/canonical-json.ts'
import { type Checkpoint, markedSeqs, signCheckpoint } from './checkpoint.ts'
import { type Closing, closingDraft, signRange } from './closing.ts'
import { chainEntries, emptyChain, type LedgerDraft, type LedgerEntry, openingDraft } from './entry.ts'
import type { Break } from './tampering.ts'
import { verifyChain } from './verify-chain.ts'

const { privateKey } = generateKeyPairSync('ed25519')
const publicKey = createPublicKey(privateKey)
const startMs = Date.parse('2026-03-01T10:00:00Z')

const note = (text: string): LedgerDraft => ({
  kind: 'note',
  tenant: 'main',
  actor: 'user:alice',
  subject: 'case_1',
  body: { text },
})

/** A chain of `count` entries whose texts begin with `name`, one a second. */
function chain(name: string, count: number, behind: readonly LedgerEntry[] = []): LedgerEntry[] {
  const entries = [...behind]
  while (entries.length < count) {
    const draft = entries.length === 0 ? openingDraft() : note(`${name} ${entries.length}`)
    entries.push(...chainEntries(entries.at(-1) ?? emptyChain, [draft], startMs + entries.length * 1000))
  }
  return entries
}

function checkpointOf(entries: readonly LedgerEntry[], key = privateKey): Checkpoint {
  const head = entries.at(-1)
  if (head === undefined) throw new Error('nothing to sign')
  const marked = new Set(markedSeqs(head.seq))
  return signCheckpoint(
    head,
    entries.filter(entry => marked.has(entry.seq)),
    startMs,
    key,
  )
}

/** Closes entries as an export does. */
function closed(entries: readonly LedgerEntry[], key = privateKey): LedgerEntry[] {
  const closing = { firstSeq: 1, lastSeq: entries.length, checkpoint: checkpointOf(entries, key) }
  return [
    ...entries,
    ...chainEntries(entries.at(-1) ?? emptyChain, [closingDraft('user:alice', closing)], startMs + 99_000),
  ]
}

const text = (entries: readonly unknown[]) => entries.map(entry => `${JSON.stringify(entry)}\n`).join('')

/** Chains entries anew, as a forger without the signing key would: contents kept, places and hashes recomputed. */
const rechained = (entries: readonly LedgerEntry[]) => {
  const out: LedgerEntry[] = []
  for (const { seq: _seq, prev: _prev, hash: _hash, at, ...draft } of entries) {
    out.push(...chainEntries(out.at(-1) ?? emptyChain, [draft], Date.parse(at)))
  }
  return out
}

const honest = closed(chain('a', 9))
const signed = checkpointOf(honest)
const edited = (entry: LedgerEntry): LedgerEntry => ({ ...entry, actor: 'user:mallory' })
const moved = (from: number, to: number) => {
  const list = [...honest]
  list.splice(to, 0, ...list.splice(from, 1))
  return list
}

interface Case {
  readonly name: string
  readonly file: readonly unknown[]
  /** What the file shows by itself; `undefined` where only a checkpoint can tell. */
  readonly alone: Break | undefined
  /** What shows beside the checkpoint, where that differs. */
  readonly beside?: Break
}

const at = (seq: number) => {
  const entry = honest[seq - 1]
  if (entry === undefined) throw new Error(`no entry ${seq}`)
  return entry
}
const replaced = (seq: number, ...by: readonly LedgerEntry[]) => honest.toSpliced(seq - 1, 1, ...by)
const rehashed = chainEntries(at(4), [{ ...note('forged'), actor: 'user:mallory' }], startMs)
const branch = chain('b', 9, honest.slice(0, 5))

const cases: readonly Case[] = [
  { name: 'an edited entry', file: replaced(5, edited(at(5))), alone: { seq: 5, kind: 'edit' } },
  { name: 'an edited first entry', file: replaced(1, edited(at(1))), alone: { seq: 1, kind: 'edit' } },
  { name: 'an edited closing', file: replaced(10, edited(at(10))), alone: { seq: 10, kind: 'edit' } },
  {
    name: 'an added member',
    file: replaced(5, { ...at(5), extra: 1 } as LedgerEntry),
    alone: { seq: 5, kind: 'edit' },
  },
  { name: 'an edited number', file: replaced(5, { ...at(5), seq: 55 }), alone: { seq: 5, kind: 'edit' } },
  {
    name: 'an edited hash',
    file: replaced(5, { ...at(5), hash: at(6).hash }),
    alone: { seq: 5, kind: 'edit' },
  },
  {
    name: 'an edit with its hash recomputed',
    file: replaced(5, ...rehashed),
    alone: { seq: 5, kind: 'edit' },
  },
  {
    name: 'garbage in a line',
    file: replaced(5, 'garbage' as unknown as LedgerEntry),
    alone: { seq: 5, kind: 'edit' },
  },
  { name: 'two entries swapped', file: moved(4, 5), alone: { seq: 5, kind: 'reorder' } },
  { name: 'an entry moved forward', file: moved(7, 2), alone: { seq: 3, kind: 'reorder' } },
  { name: 'an entry moved to the end', file: moved(2, 9), alone: { seq: 3, kind: 'reorder' } },
  { name: 'everything reversed', file: honest.toReversed(), alone: { seq: 1, kind: 'reorder' } },
  { name: 'a missing entry', file: replaced(5), alone: { seq: 5, kind: 'delete' } },
  { name: 'a missing first entry', file: replaced(1), alone: { seq: 1, kind: 'delete' } },
  { name: 'a missing entry before the closing', file: replaced(9), alone: { seq: 9, kind: 'delete' } },
  { name: 'several missing entries', file: honest.toSpliced(3, 4), alone: { seq: 4, kind: 'delete' } },
  { name: 'a missing end', file: honest.slice(0, 7), alone: { seq: 8, kind: 'truncate' } },
  { name: 'a missing closing', file: honest.slice(0, 9), alone: { seq: 10, kind: 'truncate' } },
  { name: 'an empty file', file: [], alone: { seq: 1, kind: 'truncate' } },
  {
    name: 'two entries at one place',
    file: replaced(5, at(5), ...rehashed),
    alone: { seq: 5, kind: 'fork' },
  },
  {
    name: 'a false entry before the true one',
    file: replaced(5, ...rehashed, at(5)),
    alone: { seq: 5, kind: 'fork' },
  },
  {
    name: 'a false copy with the old hash',
    file: replaced(5, at(5), edited(at(5))),
    alone: { seq: 5, kind: 'fork' },
  },
  { name: 'a repeated entry', file: replaced(5, at(5), at(5)), alone: { seq: 5, kind: 'fork' } },
  { name: 'a branch appended', file: [...honest, ...branch.slice(5)], alone: { seq: 6, kind: 'fork' } },
  {
    name: 'an end that was cut and closed again with another key',
    file: closed(honest.slice(0, 6), generateKeyPairSync('ed25519').privateKey),
    alone: undefined,
    beside: { seq: 7, kind: 'fork' },
  },
  { name: 'a closed branch', file: closed(branch), alone: undefined, beside: { seq: 6, kind: 'fork' } },
  {
    name: 'another ledger altogether',
    file: closed(chain('c', 9)),
    alone: undefined,
    beside: { seq: 1, kind: 'rewrite' },
  },
  {
    name: 'an edit, chained and closed anew',
    file: closed(rechained([...honest.slice(0, 3), edited(at(4)), ...honest.slice(4, 9)])),
    alone: undefined,
    beside: { seq: 4, kind: 'rewrite' },
  },
  {
    name: 'an edit, chained anew with the old closing',
    file: rechained([...honest.slice(0, 3), edited(at(4)), ...honest.slice(4)]),
    alone: { seq: 4, kind: 'rewrite' },
  },
  {
    name: 'a deletion, chained and closed anew',
    file: closed(rechained(honest.slice(0, 9).toSpliced(3, 1))),
    alone: undefined,
    beside: { seq: 4, kind: 'rewrite' },
  },
]

describe('verifyChain', () => {
  it('accepts an honest export, alone and beside its checkpoint', () => {
    for (const options of [{}, { checkpoints: [signed], publicKey }]) {
      expect(verifyChain(text(honest), options)).toMatchObject({
        ok: true,
        entries: 10,
        head: at(10).hash,
        firstBad: null,
      })
    }
  })

  it('does not mind white space, member order or line ends', () => {
    const spaced = honest.map(entry => JSON.stringify(entry, null, 1).replaceAll('\n', ' ')).join('\r\n')
    expect(verifyChain(spaced).ok).toBe(true)
    expect(verifyChain(honest.map(canonicalJson).join('\n')).ok).toBe(true)
  })

  it.each(cases)('finds $name', ({ file, alone, beside }) => {
    expect(verifyChain(text(file)).firstBad ?? undefined).toEqual(alone)
    const report = verifyChain(text(file), { checkpoints: [signed], publicKey })
    expect(report.firstBad ?? undefined).toEqual(beside ?? alone)
    expect(report.ok).toBe(false)
  })

  it('finds a member that stands twice, of which readers believe different ones', () => {
    const lines = text(honest).split('\n')
    lines[4] = lines[4]?.replace('"actor":', '"actor":"user:mallory","actor":') ?? ''
    expect(verifyChain(lines.join('\n')).firstBad).toEqual({ seq: 5, kind: 'edit' })
  })

  it('finds a file cut inside a line', () => {
    const whole = text(honest)
    const middle = whole.split('\n').slice(0, 6).join('\n').length
    expect(verifyChain(whole.slice(0, middle - 20)).firstBad).toEqual({ seq: 6, kind: 'truncate' })
  })

  it('tells a part that was exported from a file that was cut and closed again as one', () => {
    const checkpoint = checkpointOf(honest.slice(0, 9))
    const part = (firstSeq: number, lastSeq: number, sign?: (closing: Closing) => Closing) => {
      const closing = { firstSeq, lastSeq, checkpoint }
      const draft = closingDraft('user:alice', sign === undefined ? closing : sign(closing))
      const last = chainEntries(at(9), [draft], startMs + 99_000)
      return text([...honest.slice(firstSeq - 1, lastSeq), ...last])
    }
    const forger = generateKeyPairSync('ed25519').privateKey
    for (const sign of [undefined, (closing: Closing) => signRange(closing, forger)]) {
      expect(verifyChain(part(4, 9, sign), { publicKey }).firstBad).toEqual({ seq: 1, kind: 'delete' })
      expect(verifyChain(part(1, 6, sign), { publicKey }).firstBad).toEqual({ seq: 7, kind: 'truncate' })
      // The signature of another range is none of this one.
      const moved = () => signRange({ firstSeq: 3, lastSeq: 8, checkpoint }, privateKey)
      const other = part(4, 8, closing => ({ ...closing, rangeSignature: moved().rangeSignature }))
      expect(verifyChain(other, { publicKey }).firstBad).toEqual({ seq: 1, kind: 'delete' })
      const alone = verifyChain(part(4, 9, sign))
      expect([alone.ok, alone.problems.map(each => each.code)]).toEqual([true, ['export-of-a-part']])
    }
    const honestly = verifyChain(
      part(4, 8, closing => signRange(closing, privateKey)),
      { publicKey },
    )
    expect([honestly.ok, honestly.problems[0]?.message]).toEqual([
      true,
      'this is a part, entries 4 to 8 of 9',
    ])
  })

  it('does not believe a checkpoint that another key signed', () => {
    const forger = generateKeyPairSync('ed25519').privateKey
    const forged = closed(chain('d', 9), forger)
    const report = verifyChain(text(forged), { checkpoints: [checkpointOf(forged, forger)], publicKey })
    expect(report.firstBad).toMatchObject({ kind: 'rewrite' })
    expect(report.problems.map(each => each.code)).toEqual(['checkpoint-not-signed'])
  })

  it('finds a fork in a long ledger between two marks at the earliest place where it can be', () => {
    const long = chain('a', 400)
    const other = closed(chain('b', 400, long.slice(0, 100)))
    const found = verifyChain(text(other), { checkpoints: [checkpointOf(long)], publicKey }).firstBad
    expect(found?.kind).toBe('fork')
    expect(found?.seq).toBeLessThanOrEqual(101)
    expect(found?.seq).toBeGreaterThan(1)
  })
})
