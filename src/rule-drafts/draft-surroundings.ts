import type { RuleKind } from '../domain/rule-draft.ts'
import { parseJsonDocuments } from '../lib/json-documents.ts'
import type { RulesetFiles } from '../wazuh-rules/ruleset.ts'
import {
  declare,
  type StringCandidate,
  type StringCandidates,
  stringCandidates,
} from '../yara/string-candidates.ts'
import { YaraProcess } from '../yara/yara-process.ts'
import { type CleanFiles, yaraLimits } from './measure-yara.ts'
import { type Surrounding, surroundingsInWorker } from './surroundings-of.ts'

export interface SurroundingsQuestion {
  readonly kind: RuleKind
  /** Logs that the rule is about; for Sigma events as JSON, for YARA texts. */
  readonly logs: readonly string[]
  readonly base: RulesetFiles
  /** Samples of a YARA rule. */
  readonly files: readonly { readonly mustMatch: boolean; readonly bytes: Uint8Array }[]
  readonly nowSeconds: number
}

/** What a model's draft builds on, and what puts in the parts that the model only refers to. */
export interface Surroundings {
  readonly parts: readonly Surrounding[]
  readonly complete: (text: string) => string
}

const candidateBudgetMs = 30_000

/** What a draft of each kind can build on. */
export function surroundingsWith(
  clean: CleanFiles,
): (question: SurroundingsQuestion, signal: AbortSignal) => Promise<Surroundings> {
  const same = (text: string) => text
  return async (question, signal) => {
    switch (question.kind) {
      case 'wazuh':
      case 'decoders':
        return { parts: await surroundingsInWorker(question, signal), complete: same }
      case 'lists':
        return { parts: [], complete: same }
      case 'sigma':
        return { parts: fieldsOf(question.logs), complete: same }
      case 'yara': {
        const samples = question.files.filter(({ mustMatch }) => mustMatch).map(({ bytes }) => bytes)
        if (samples.length === 0) return { parts: [], complete: same }
        const { candidates } = await candidatesOf(samples, clean, signal)
        return { parts: candidateParts(candidates), complete: text => putInCandidates(text, candidates) }
      }
    }
  }
}

/** Strings of samples that stand in no clean file, in YARA's own process. */
export async function candidatesOf(
  samples: readonly Uint8Array[],
  clean: CleanFiles,
  signal: AbortSignal,
): Promise<StringCandidates> {
  const yara = new YaraProcess()
  try {
    return await stringCandidates(samples, clean.folders, yara, yaraLimits, candidateBudgetMs, signal)
  } finally {
    yara.close()
  }
}

const mostFields = 120

/** The names of the fields of events, as a rule would write them. */
function fieldsOf(events: readonly string[]): Surrounding[] {
  const names = new Set<string>()
  const walk = (value: unknown, path: string, depth: number): void => {
    if (depth > 8 || names.size >= mostFields) return
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      for (const [key, member] of Object.entries(value))
        walk(member, path === '' ? key : `${path}.${key}`, depth + 1)
    else if (path !== '') names.add(path)
  }
  for (const text of events) for (const event of parseJsonDocuments(text).value) walk(event, '', 0)
  if (names.size === 0) return []
  return [{ name: 'The fields of the events', text: [...names].join('\n'), trust: 'attacker-controlled' }]
}

function candidateParts(candidates: readonly StringCandidate[]): Surrounding[] {
  if (candidates.length === 0) return []
  const lines = candidates.map(
    ({ text, encoding, reasons }, index) => `c${index + 1} (${[encoding, ...reasons].join(', ')}): ${text}`,
  )
  return [
    {
      name: 'String candidates: in the samples and in no clean file',
      text: lines.join('\n'),
      trust: 'attacker-controlled',
    },
  ]
}

/** Declares the candidates that a rule refers to, `$c3`, with their real text: the model may have seen a redacted one. */
export function putInCandidates(text: string, candidates: readonly StringCandidate[]): string {
  return text
    .split(/(?=^[ \t]*(?:private[ \t]+)?rule[ \t])/m)
    .map(rule => {
      const [, head = '', condition = ''] = /^([\s\S]*?)(\bcondition\s*:[\s\S]*)$/.exec(rule) ?? []
      if (condition === '') return rule
      const named = /\$c\*/.test(condition)
        ? candidates.map((_, index) => index + 1).slice(0, 20)
        : [...condition.matchAll(/[$#@!]c(\d{1,3})\b/g)].map(([, number]) => Number(number))
      const missing = [...new Set(named)].filter(
        number => candidates[number - 1] !== undefined && !new RegExp(`\\$c${number}\\s*=`).test(head),
      )
      if (missing.length === 0) return rule
      const lines = missing.flatMap(number => {
        const candidate = candidates[number - 1]
        return candidate ? [`    ${declare(candidate, `$c${number}`)}\n`] : []
      })
      const filled = /\bstrings\s*:/.test(head)
        ? `${head.replace(/\s*$/, '\n')}${lines.join('')}  `
        : `${head.replace(/\s*$/, '\n')}  strings:\n${lines.join('')}  `
      return filled + condition
    })
    .join('')
}
