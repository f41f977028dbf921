/**
 * Strings for a YARA rule, drawn from samples as yarGen does: what stands in the samples and in no clean file, the most
 * telling first. The clean files are searched by YARA itself, in its own process.
 */
import { type CorpusScan, scanCorpus } from './clean-corpus.ts'
import { checkSource, RuleSet, type YaraOptions } from './rule-set.ts'
import type { YaraProcess } from './yara-process.ts'

export interface StringCandidate {
  readonly text: string
  readonly encoding: 'ascii' | 'wide'
  /** How many of the samples hold it. */
  readonly samples: number
  readonly score: number
  /** What speaks for it, for people. */
  readonly reasons: readonly string[]
}

export interface StringCandidates {
  readonly candidates: readonly StringCandidate[]
  /** Strings of the samples that stand in clean files too, and were left out. */
  readonly inCleanFiles: number
  readonly corpus: Pick<CorpusScan, 'files' | 'cutShort'>
}

const shortest = 6
const longest = 128
const mostBytes = 16 * 1024 * 1024
/** A rule of more strings than this takes YARA longer to compile than the rest of the search. */
const mostSearched = 1200
const mostKept = 60

/** Runs of printable characters, in ASCII and in UTF-16LE. */
function stringsOf(bytes: Uint8Array): Set<string> {
  const text = Buffer.from(bytes.subarray(0, mostBytes)).toString('latin1')
  const found = new Set<string>()
  for (const [run] of text.matchAll(/[\x20-\x7e]{6,}/g)) found.add(`a${run.trim().slice(0, longest)}`)
  // UTF-16 holds a NUL after each ASCII character.
  for (const [run] of text.matchAll(/(?:[\x20-\x7e]\x00){6,}/g))
    found.add(`w${run.replaceAll('\0', '').trim().slice(0, longest)}`)
  for (const one of found) if (one.length <= shortest) found.delete(one)
  return found
}

const telling: readonly (readonly [RegExp, number, string])[] = [
  [/https?:\/\/|\b\w[\w-]+\.(?:onion|xyz|top|ru|cn|tk|info|biz)\b/i, 5, 'an address'],
  [/\b\d{1,3}(?:\.\d{1,3}){3}\b/, 4, 'an IP address'],
  [/\.pdb$/i, 5, "a build's path"],
  [/\b(?:HKLM|HKCU|HKEY_|SOFTWARE\\)/i, 4, 'a registry key'],
  [/(?:^|[\s"'])(?:[A-Z]:\\|\/(?:tmp|var|dev\/shm|etc|home|root)\/)/i, 3, 'a path'],
  [
    /\b(?:cmd(?:\.exe)? \/c|powershell|-enc\b|whoami|wget |curl |chmod |nc -|bash -[ic]|certutil|rundll32|schtasks)/i,
    4,
    'a command',
  ],
  [
    /\b(?:eval|base64_decode|gzinflate|str_rot13|shell_exec|passthru|assert|create_function|preg_replace)\s*\(/i,
    4,
    'code that runs code',
  ],
  [/\$_(?:GET|POST|REQUEST|COOKIE|SERVER)\b/, 3, 'input of a web request'],
  [
    /mimikatz|meterpreter|beacon|payload|shellcode|inject|keylog|backdoor|reverse|rootkit|ransom|bitcoin|wallet|decrypt/i,
    3,
    'a word of the trade',
  ],
  [/\b(?:Mozilla|User-Agent)\b/, 2, 'a user agent'],
  [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/i, 2, 'a GUID'],
]

/** Marks of compilers and libraries: clean files of another system hold them. */
const dull =
  /^(?:GCC: |GLIBC|__|_ITM_|\.(?:text|data|rodata|bss|note|init|fini|dyn|rela|eh_frame|gnu|comment|symtab|strtab|shstrtab)|lib\w+\.so|std::|\?\?|[A-Z]\w+(?:Exception|Error)$)|must be|invalid argument/i

/** How telling a string is, with reasons. Source of the idea: yarGen's scoring; weights are ours. */
function scoreString(text: string): { readonly score: number; readonly reasons: readonly string[] } {
  const reasons: string[] = []
  let score = Math.min(text.length, 40) / 8
  for (const [pattern, weight, reason] of telling)
    if (pattern.test(text)) {
      score += weight
      reasons.push(reason)
    }
  const variety = new Set(text).size / Math.min(text.length, 24)
  if (variety < 0.35) score -= 4
  if (dull.test(text)) score -= 5
  if (/^[A-Za-z_]+$/.test(text) && text.length < 10) score -= 1
  const odd = (text.match(/[^A-Za-z0-9\s._/:\\$-]/g) ?? []).length
  if (reasons.length === 0 && odd / text.length > 0.4) score -= 3
  return { score: Math.round(score * 10) / 10, reasons }
}

/** Draws candidates from samples; clean files are searched until `budgetMs` is over. */
export async function stringCandidates(
  samples: readonly Uint8Array[],
  folders: readonly string[],
  yara: YaraProcess,
  options: YaraOptions,
  budgetMs: number,
  signal: AbortSignal,
): Promise<StringCandidates> {
  const counts = new Map<string, number>()
  for (const bytes of samples) for (const one of stringsOf(bytes)) counts.set(one, (counts.get(one) ?? 0) + 1)
  const ranked = [...counts]
    .map(([marked, count]): StringCandidate => {
      const text = marked.slice(1)
      const { score, reasons } = scoreString(text)
      const shared = samples.length > 1 ? (count / samples.length) * 4 : 0
      return {
        text,
        encoding: marked.startsWith('w') ? 'wide' : 'ascii',
        samples: count,
        score: Math.round((score + shared) * 10) / 10,
        reasons: count > 1 ? [...reasons, `in ${count} of ${samples.length} samples`] : reasons,
      }
    })
    .sort((a, b) => b.score - a.score || (a.text < b.text ? -1 : 1))
    .slice(0, mostSearched)
  if (ranked.length === 0) return { candidates: [], inCleanFiles: 0, corpus: { files: 0, cutShort: false } }
  const rule = ranked.map((one, index) => `rule c${index} { strings: ${declare(one, '$s')} condition: $s }`)
  const source = await checkSource(
    yara,
    { name: 'candidates', bytes: Buffer.from(rule.join('\n')) },
    options,
    signal,
  )
  const corpus = await scanCorpus(new RuleSet(yara, [source], options), folders, budgetMs, signal)
  const clean = new Set(corpus.hits.map(hit => Number(hit.rule.slice(1))))
  return {
    candidates: ranked.filter((_, index) => !clean.has(index)).slice(0, mostKept),
    inCleanFiles: clean.size,
    corpus: { files: corpus.files, cutShort: corpus.cutShort },
  }
}

/** The declaration of a string in a rule. */
export function declare({ text, encoding }: Pick<StringCandidate, 'text' | 'encoding'>, id: string): string {
  const quoted = text.replace(/[\\"]/g, character => `\\${character}`)
  return `${id} = "${quoted}"${encoding === 'wide' ? ' wide' : ''}`
}
