import type { KeyObject } from 'node:crypto'
import { type Problem, problem } from '../lib/problem.ts'
import { type Checkpoint, checkpointIsSigned } from './checkpoint.ts'
import { type Closing, closingOf, isWhole, rangeIsSigned } from './closing.ts'
import { compareWithCheckpoint } from './compare-checkpoint.ts'
import { type ChainHead, emptyChain } from './entry.ts'
import { explainBreak } from './explain-break.ts'
import { type ExportLine, parseExportLine } from './parse-export.ts'
import { type Break, earliestBreak } from './tampering.ts'

export interface ChainReport {
  readonly ok: boolean
  readonly entries: number
  /** The hash of the last entry; `null` when there is none. */
  readonly head: string | null
  readonly firstBad: Break | null
  readonly problems: readonly Problem[]
}

export interface VerifyOptions {
  /** Signed statements that were kept elsewhere. Only against one of them does a full rewrite show. */
  readonly checkpoints?: readonly Checkpoint[]
  /** Of the ledger's signing key. */
  readonly publicKey?: KeyObject
}

/**
 * Verifies an export (`audit export`): one entry a line, closed by a `checkpoint` entry that says where the export
 * begins and ends; an export without it was cut. Pure: needs no server, and no key but the public one.
 */
export function verifyChain(text: string, options: VerifyOptions = {}): ChainReport {
  const { checkpoints = [], publicKey } = options
  const rows = text.split('\n').map(row => (row.endsWith('\r') ? row.slice(0, -1) : row))
  while (rows.at(-1)?.trim() === '') rows.pop()
  const lines = rows.map(parseExportLine)
  const entries = lines.flatMap(line => (line.kind === 'entry' ? [line.entry] : []))
  const bySeq = new Map(entries.map(entry => [entry.seq, entry]))
  const lastSeq = entries.at(-1)?.seq ?? 0

  const problems: Problem[] = []
  const breaks: Break[] = []
  const broken = firstBreak(lines, !text.endsWith('\n'), checkpoints)
  if (broken) breaks.push(broken)

  for (const checkpoint of checkpoints) {
    const signature = judgeSignature(checkpoint, publicKey)
    if (signature) problems.push(signature)
    if (signature?.code === 'checkpoint-not-signed') breaks.push({ seq: checkpoint.seq, kind: 'rewrite' })
    const difference = compareWithCheckpoint(bySeq, lastSeq, checkpoint)
    if (difference) breaks.push(difference)
  }
  for (const entry of entries) {
    const closing = closingOf(entry)
    if (closing === undefined) continue
    const forged = publicKey !== undefined && !checkpointIsSigned(closing.checkpoint, publicKey)
    const difference = forged
      ? ({ seq: entry.seq, kind: 'rewrite' } as const)
      : compareWithCheckpoint(bySeq, lastSeq, closing.checkpoint)
    if (difference && difference.kind !== 'truncate') breaks.push(difference)
  }
  const part = judgePart(lines.at(-1), publicKey)
  problems.push(...part.problems)
  breaks.push(...part.breaks)
  const firstBad = earliestBreak(breaks)
  return {
    ok: firstBad === null,
    entries: entries.length,
    head: entries.at(-1)?.hash ?? null,
    firstBad,
    problems,
  }
}

/**
 * An export of a part says where it begins and ends. Who cuts entries off the beginning or the end of a file can close it
 * anew as one: with the public key that shows, since only the key's owner can sign a range.
 */
function judgePart(
  last: ExportLine | undefined,
  publicKey: KeyObject | undefined,
): { readonly problems: readonly Problem[]; readonly breaks: readonly Break[] } {
  const closing = last?.kind === 'entry' ? closingOf(last.entry) : undefined
  if (closing === undefined || isWhole(closing)) return { problems: [], breaks: [] }
  const { firstSeq, lastSeq, checkpoint } = closing
  if (publicKey !== undefined && !rangeIsSigned(closing, publicKey)) {
    const cut: Break = firstSeq > 1 ? { seq: 1, kind: 'delete' } : { seq: lastSeq + 1, kind: 'truncate' }
    return { problems: [], breaks: [cut] }
  }
  const asked =
    publicKey === undefined ? '; without --public-key nobody can tell whether it was asked for' : ''
  const message = `this is a part, entries ${firstSeq} to ${lastSeq} of ${checkpoint.seq}${asked}`
  return { problems: [problem('export-of-a-part', message)], breaks: [] }
}

function judgeSignature(checkpoint: Checkpoint, publicKey: KeyObject | undefined): Problem | undefined {
  const where = `checkpoint ${checkpoint.seq}`
  if (publicKey === undefined) {
    return problem('checkpoint-not-authenticated', 'without --public-key anyone could have made it', where)
  }
  if (checkpointIsSigned(checkpoint, publicKey)) return undefined
  return problem('checkpoint-not-signed', 'its signature is not of the owner of the public key', where)
}

/** Walks the file once; at the first line that does not follow, says why. */
function firstBreak(
  lines: readonly ExportLine[],
  cutInside: boolean,
  checkpoints: readonly Checkpoint[],
): Break | undefined {
  const last = lines.at(-1)
  const closing = last?.kind === 'entry' ? closingOf(last.entry) : undefined
  let head = beginning(lines[0], closing)
  for (const [index, line] of lines.entries()) {
    const endsPart = closing !== undefined && line === last && closing.lastSeq === head.seq
    const follows =
      line.kind === 'entry' &&
      line.intact &&
      (endsPart || (line.entry.seq === head.seq + 1 && line.entry.prev === head.hash))
    if (!follows) {
      const marks = checkpoints.flatMap(checkpoint => checkpoint.marks)
      return explainBreak({ lines, index, head, cutInside, marks })
    }
    head = line.entry
  }
  return closing ? undefined : { seq: head.seq + 1, kind: 'truncate' }
}

/** Where the file begins: at nothing, or, in an export of a part, behind an entry that is not in the file. */
function beginning(first: ExportLine | undefined, closing: Closing | undefined): ChainHead {
  if (closing === undefined || closing.firstSeq === 1 || first?.kind !== 'entry') return emptyChain
  return { seq: closing.firstSeq - 1, hash: first.entry.prev }
}
