import { expect, it } from 'vitest'
import { chainEntries, emptyChain, type LedgerDraft, type LedgerEntry } from './entry.ts'
import { groupAppends } from './group-appends.ts'

const note = (subject: string): LedgerDraft => ({
  kind: 'note',
  tenant: 'main',
  actor: 'user:alice',
  subject,
  body: {},
})

/** A place to write that is slow: each batch waits to be let go. */
function slowDisk() {
  const written: LedgerEntry[] = []
  const batches: string[][] = []
  const waiting: (() => void)[] = []
  const append = groupAppends(async drafts => {
    batches.push(drafts.map(({ subject }) => subject))
    await new Promise<void>(resolve => waiting.push(resolve))
    if (drafts.some(({ subject }) => subject === 'bad')) throw new Error('not to be written')
    const entries = chainEntries(written.at(-1) ?? emptyChain, drafts, 0)
    written.push(...entries)
    return entries
  })
  const letGo = async () => {
    while (waiting.length === 0) await new Promise(resolve => setImmediate(resolve))
    waiting.shift()?.()
  }
  return { append, batches, written, letGo }
}

const subjects = (entries: readonly LedgerEntry[]) => entries.map(({ subject }) => subject)

it('writes what came while the disk was busy in one batch, and acknowledges none before it is written', async () => {
  const { append, batches, written, letGo } = slowDisk()
  const acknowledged: string[] = []
  const asked = ['a', 'b', 'c'].map(async name => {
    const entries = await append([note(name), note(`${name}2`)])
    expect(subjects(written)).toContain(`${name}2`)
    acknowledged.push(name)
    return subjects(entries)
  })
  await letGo()
  await asked[0]
  expect(acknowledged).toEqual(['a'])
  await letGo()
  expect(await Promise.all(asked)).toEqual([
    ['a', 'a2'],
    ['b', 'b2'],
    ['c', 'c2'],
  ])
  expect(batches).toEqual([
    ['a', 'a2'],
    ['b', 'b2', 'c', 'c2'],
  ])
})

it('lets one bad record fail alone', async () => {
  const { append, written, letGo } = slowDisk()
  const asked = ['a', 'b', 'bad', 'c'].map(name => append([note(name)]))
  const settled = Promise.allSettled(asked)
  for (let batch = 0; batch < 5; batch++) await letGo()
  expect((await settled).map(({ status }) => status)).toEqual([
    'fulfilled',
    'fulfilled',
    'rejected',
    'fulfilled',
  ])
  expect(subjects(written)).toEqual(['a', 'b', 'c'])
})

it('does not write what was given up while it waited', async () => {
  const { append, written, letGo } = slowDisk()
  const cancel = new AbortController()
  const asked = [append([note('a')]), append([note('b')]), append([note('c')], cancel.signal)]
  const settled = Promise.allSettled(asked)
  cancel.abort(new Error('given up'))
  await letGo()
  await letGo()
  expect((await settled).map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected'])
  expect(subjects(written)).toEqual(['a', 'b'])
})
