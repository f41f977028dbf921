import { createHash } from 'node:crypto'
import { extname } from 'node:path'
import type { Problem } from '../lib/problem.ts'
import { countScan, insertScan, type ScanRow } from '../store/yara-packs.ts'
import type { YaraMatch } from '../yara/rule-set.ts'
import type { FileScanPorts } from './packs.ts'

/** One place where a string of a rule was found. */
export interface FoundString {
  readonly id: string
  readonly offset: number
  readonly length: number
  /** The bytes there, at most 48, in hexadecimal. */
  readonly hex: string
}

export interface FileMatch extends Omit<YaraMatch, 'strings'> {
  readonly version: number
  /** At most 100; `stringCount` says how many there are. */
  readonly strings: readonly FoundString[]
  readonly stringCount: number
}

export interface FileScanResult {
  readonly matches: readonly FileMatch[]
  readonly problems: readonly Problem[]
}

const shownStrings = 100
const shownBytes = 48

/**
 * Scans one uploaded file with the active packs of these names (all, where none is named) in the YARA process, within
 * its limits, and keeps what was found; the file itself is not kept. What went wrong is
 * in `problems`; `undefined` where no such pack is active.
 */
export async function scanUpload(
  ports: FileScanPorts,
  tenant: string,
  file: {
    readonly name: string
    readonly bytes: Buffer
    readonly packs: readonly string[] | undefined
    readonly by: string
  },
  signal: AbortSignal,
): Promise<(ScanRow & { readonly result: FileScanResult }) | undefined> {
  const startMs = ports.clock.now()
  const { packs, ruleSet } = await ports.scanner.load(ports.database, tenant, file.packs, signal)
  if (packs.length === 0) return undefined
  const versions = new Map(packs.map(({ name, version }) => [name, version]))
  const variables = { filename: file.name, filepath: file.name, extension: extname(file.name) }
  const scanned = await ruleSet.scan({ kind: 'bytes', bytes: file.bytes }, variables, signal)
  const matches = scanned.matches.map(
    (match): FileMatch => ({
      ...match,
      version: versions.get(match.source) ?? 0,
      stringCount: match.strings.length,
      strings: match.strings.slice(0, shownStrings).map(({ id, offset, length }) => ({
        id,
        offset,
        length,
        hex: file.bytes.subarray(offset, offset + Math.min(length, shownBytes)).toString('hex'),
      })),
    }),
  )
  const nowMs = ports.clock.now()
  const row = {
    id: ports.ids.next('scan'),
    fileName: file.name.replaceAll('\0', ''),
    sha256: createHash('sha256').update(file.bytes).digest('hex'),
    sizeBytes: file.bytes.length,
    packs: packs.map(({ name, version }) => `${name} ${version}`),
    result: { matches, problems: scanned.problems },
    tookMs: Math.max(0, Math.round(nowMs - startMs)),
    byId: file.by,
    atMs: nowMs,
  }
  await ports.database.transaction(async sql => {
    await insertScan(sql, tenant, row)
    // A scan that was stopped says nothing about the rules.
    if (scanned.problems.length === 0)
      await countScan(
        sql,
        tenant,
        packs,
        matches.map(({ source, version, rule }) => ({ name: source, version, rule })),
        nowMs,
      )
  })
  return row
}
