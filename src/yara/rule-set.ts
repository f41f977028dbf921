import { dirname } from 'node:path'
import { AppError, messageOf } from '../lib/app-error.ts'
import { type Problem, problem } from '../lib/problem.ts'
import type { ChildResponse, Diagnostic, ScanTarget, Variables } from './child-protocol.ts'
import { outlineRules, type RuleOutline } from './rule-outline.ts'
import type { YaraProcess, YaraProcessLimits } from './yara-process.ts'

/** One YARA source, as it came. */
export interface RuleSource {
  /** How people know it: a path or a pack's name. */
  readonly name: string
  readonly bytes: Uint8Array
  /** The folder that its `include` lines start from; without one, `include` is refused. */
  readonly includeFolder?: string
}

export interface CheckedSource {
  readonly source: RuleSource
  readonly text: string
  readonly rules: readonly RuleOutline[]
  readonly includes: readonly string[]
  readonly errors: readonly Problem[]
  readonly warnings: readonly Problem[]
}

export interface YaraMatch {
  readonly rule: string
  /** `default`, as in YARA; the source's name where an earlier source has a rule of the same name. */
  readonly namespace: string
  readonly source: string
  readonly tags: readonly string[]
  readonly meta: RuleOutline['meta']
  readonly strings: readonly { readonly id: string; readonly offset: number; readonly length: number }[]
}

export interface ScanResult {
  /** Lower-case hexadecimal; empty where the file could not be read. */
  readonly sha256: string
  readonly sizeBytes: number
  readonly matches: readonly YaraMatch[]
  readonly problems: readonly Problem[]
}

export interface YaraOptions extends YaraProcessLimits {
  /** External variables, as `yara -d` sets them. */
  readonly variables: Variables
  readonly fileLimitBytes: number
}

/** External variables that published rule sets (signature-base, LOKI, THOR) expect; a scan sets the first three. */
export const customaryVariables: Variables = {
  filename: '',
  filepath: '',
  extension: '',
  filetype: '',
  owner: '',
  md5: '',
}

/** Compiles one source in the child process and says what is wrong with it, at its line. */
export async function checkSource(
  process: YaraProcess,
  source: RuleSource,
  options: YaraOptions,
  signal?: AbortSignal,
): Promise<CheckedSource> {
  const { text, problems } = decode(source)
  const { rules, includes } = outlineRules(text)
  const base = { source, text, rules, includes }
  try {
    const compile = {
      variables: options.variables,
      includeFolders: source.includeFolder === undefined ? [] : [source.includeFolder],
    }
    const response = expectKind(
      await process.ask({ kind: 'check', source: text, options: compile }, options, signal),
      'checked',
    )
    return {
      ...base,
      errors: response.errors.map(asProblem),
      warnings: [...problems, ...response.warnings.map(asProblem)],
    }
  } catch (error) {
    if (signal?.aborted) throw error
    const code = error instanceof AppError ? error.code : 'yara-failed'
    return {
      ...base,
      errors: [problem(code, messageOf(error))],
      warnings: problems,
    }
  }
}

function decode(source: RuleSource): { text: string; problems: Problem[] } {
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(source.bytes), problems: [] }
  } catch {
    const text = Buffer.from(source.bytes).toString('latin1')
    return {
      text,
      problems: [
        problem(
          'not-utf8',
          'the file is not UTF-8; it was read as Latin-1, so literals beyond ASCII may not match',
        ),
      ],
    }
  }
}

function asProblem(entry: Diagnostic): Problem {
  return problem(
    entry.code,
    entry.message,
    entry.line === undefined ? undefined : `line ${entry.line}, column ${entry.column}`,
  )
}

function expectKind<K extends ChildResponse['kind']>(
  response: ChildResponse,
  kind: K,
): ChildResponse & { kind: K } {
  if (response.kind === 'failed') throw new AppError(response.code, response.message)
  if (response.kind !== kind)
    throw new AppError('unreachable', `the YARA process answered ${response.kind}, not ${kind}`)
  return response as ChildResponse & { kind: K } // The line above has just compared the kinds.
}

/** Compiled sources, ready to scan. Compiles again by itself after the child process had to be killed. */
export class RuleSet {
  readonly #process: YaraProcess
  readonly #options: YaraOptions
  readonly #bundles: Bundle[] = []
  readonly #includeFolders = new Set<string>()
  #loadedIn = 0

  constructor(process: YaraProcess, sources: readonly CheckedSource[], options: YaraOptions) {
    this.#process = process
    this.#options = options
    for (const source of sources) if (source.errors.length === 0 && source.rules.length > 0) this.#add(source)
  }

  /** Scans one file or buffer. `variables` come on top of the rule set's. What went wrong is in `problems`. */
  async scan(target: ScanTarget, variables: Variables, signal?: AbortSignal): Promise<ScanResult> {
    try {
      await this.#load(signal)
      const request = { kind: 'scan', target, limitBytes: this.#options.fileLimitBytes, variables } as const
      const response = expectKind(await this.#process.ask(request, this.#options, signal), 'scanned')
      const matches = response.matches.map(match => this.#name(match))
      return { sha256: response.sha256, sizeBytes: response.sizeBytes, matches, problems: [] }
    } catch (error) {
      if (signal?.aborted) throw error
      const code = error instanceof AppError ? error.code : 'yara-failed'
      return { sha256: '', sizeBytes: 0, matches: [], problems: [problem(code, messageOf(error))] }
    }
  }

  #add(source: CheckedSource): void {
    // A global rule decides for every rule beside it, and an include may bring names we do not know: both stay alone.
    const alone = source.includes.length > 0 || source.rules.some(rule => rule.modifiers.includes('global'))
    const open = this.#bundles.findIndex(
      bundle => !bundle.alone && source.rules.every(rule => !bundle.owners.has(rule.name)),
    )
    let bundle = alone ? undefined : this.#bundles[open]
    if (bundle === undefined) {
      bundle = { alone, texts: [], owners: new Map() }
      this.#bundles.push(bundle)
    }
    bundle.texts.push(source.text)
    for (const outline of source.rules)
      bundle.owners.set(outline.name, { outline, source: source.source.name })
    if (source.source.includeFolder !== undefined) this.#includeFolders.add(source.source.includeFolder)
  }

  async #load(signal?: AbortSignal): Promise<void> {
    this.#process.start()
    if (this.#loadedIn === this.#process.generation) return
    const options = { variables: this.#options.variables, includeFolders: [...this.#includeFolders] }
    const bundles = this.#bundles.map(bundle => ({ source: bundle.texts.join('\n') }))
    const limits = { ...this.#options, timeoutMs: Math.max(60_000, this.#options.timeoutMs) }
    expectKind(await this.#process.ask({ kind: 'load', bundles, options }, limits, signal), 'loaded')
    this.#loadedIn = this.#process.generation
  }

  #name(match: { bundle: number; rule: string; strings: YaraMatch['strings'] }): YaraMatch {
    const owner = this.#bundles[match.bundle]?.owners.get(match.rule)
    const clashes = this.#bundles.slice(0, match.bundle).some(bundle => bundle.owners.has(match.rule))
    return {
      rule: match.rule,
      namespace: clashes ? (owner?.source ?? 'include') : 'default',
      source: owner?.source ?? 'include',
      tags: owner?.outline.tags ?? [],
      meta: owner?.outline.meta ?? {},
      strings: match.strings,
    }
  }
}

interface Bundle {
  readonly alone: boolean
  readonly texts: string[]
  readonly owners: Map<string, { outline: RuleOutline; source: string }>
}

/** The folder of a rule file, for its `include` lines. */
export function includeFolderOf(path: string): string {
  return dirname(path)
}
