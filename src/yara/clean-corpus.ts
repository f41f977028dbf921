import { opendir, stat } from 'node:fs/promises'
import { basename, extname, join } from 'node:path'
import type { RuleSet } from './rule-set.ts'

/** What rules matched among files that are known to be clean. */
export interface CorpusScan {
  readonly folders: readonly string[]
  readonly files: number
  readonly sizeBytes: number
  readonly hits: readonly CorpusHit[]
  /** True where the time ran out before all files were seen. Files are taken in a mixed order, the same each time. */
  readonly cutShort: boolean
  readonly milliseconds: number
}

export interface CorpusHit {
  readonly rule: string
  readonly files: number
  readonly examples: readonly { readonly file: string; readonly strings: readonly string[] }[]
}

const mostFiles = 30_000
const largestFileBytes = 8 * 1024 * 1024
const mostExamples = 5

/** Scans clean files until they are through or the budget is. Files that cannot be read are left out. */
export async function scanCorpus(
  ruleSet: RuleSet,
  folders: readonly string[],
  budgetMs: number,
  signal: AbortSignal,
): Promise<CorpusScan> {
  const begin = performance.now()
  const paths = await corpusFiles(folders, signal)
  const hits = new Map<string, { files: number; examples: { file: string; strings: string[] }[] }>()
  let files = 0
  let sizeBytes = 0
  let cutShort = false
  for (const path of paths) {
    if (performance.now() - begin > budgetMs) {
      cutShort = true
      break
    }
    const names = { filename: basename(path), filepath: path, extension: extname(path) }
    const result = await ruleSet.scan({ kind: 'file', path }, names, signal)
    if (result.sha256 === '') continue
    files++
    sizeBytes += result.sizeBytes
    for (const { rule, strings } of result.matches) {
      const hit = hits.get(rule) ?? { files: 0, examples: [] }
      hits.set(rule, hit)
      hit.files++
      if (hit.examples.length < mostExamples)
        hit.examples.push({ file: path, strings: [...new Set(strings.map(({ id }) => id))] })
    }
  }
  return {
    folders,
    files,
    sizeBytes,
    hits: [...hits].map(([rule, hit]) => ({ rule, ...hit })),
    cutShort,
    milliseconds: Math.round(performance.now() - begin),
  }
}

/** Regular files below the folders, links not followed, in an order that mixes folders and kinds but is always the same. */
async function corpusFiles(folders: readonly string[], signal: AbortSignal): Promise<string[]> {
  const found: string[] = []
  const waiting = [...folders]
  for (let folder = waiting.shift(); folder !== undefined; folder = waiting.shift()) {
    signal.throwIfAborted()
    try {
      for await (const entry of await opendir(folder)) {
        const path = join(folder, entry.name)
        if (entry.isDirectory()) waiting.push(path)
        else if (entry.isFile() && found.length < mostFiles) found.push(path)
      }
    } catch {
      // Not ours to read: the corpus is what can be read.
    }
    if (found.length >= mostFiles) break
  }
  const sizes = await Promise.all(
    found.map(path =>
      stat(path).then(
        ({ size }) => size,
        () => undefined,
      ),
    ),
  )
  return found
    .filter((_, index) => (sizes[index] ?? Number.POSITIVE_INFINITY) <= largestFileBytes)
    .map(path => ({ path, order: mixed(path) }))
    .sort((a, b) => a.order - b.order || (a.path < b.path ? -1 : 1))
    .map(({ path }) => path)
}

/** FNV-1a. */
function mixed(text: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index++)
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  return hash >>> 0
}
