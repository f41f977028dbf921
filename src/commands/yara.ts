import { createHash } from 'node:crypto'
import { basename, extname, resolve } from 'node:path'
import { readConfig } from '../config.ts'
import { AppError, messageOf } from '../lib/app-error.ts'
import { count } from '../lib/count.ts'
import { type Problem, problem } from '../lib/problem.ts'
import { candidatesOf } from '../rule-drafts/draft-surroundings.ts'
import { lintYara } from '../yara/lint-rules.ts'
import {
  type CheckedSource,
  checkSource,
  customaryVariables,
  includeFolderOf,
  RuleSet,
  type ScanResult,
  type YaraOptions,
} from '../yara/rule-set.ts'
import { YaraProcess } from '../yara/yara-process.ts'
import { type Command, type Io, readArgs, readInput, writeRecord } from './command.ts'
import { filesBelow, filesBelowOrName } from './files-below.ts'

/** `tocsin yara check|scan`. */
export const command: Command = {
  usage: `tocsin yara check PATH... [--define NAME=VALUE] [--timeout-ms N] [--json]
tocsin yara scan PATH... --rules FILE|DIR... [--define NAME=VALUE] [--timeout-ms N] [--json]
tocsin yara candidates SAMPLE... [--corpus DIR]... [--json]

check compiles each rule file (of a folder: each .yar and .yara) and prints its errors at their line, and what hurts in
rules that compile: weak strings, slow expressions, missing metadata.
scan scans each file (of a folder: each regular file below it, links not followed).
candidates draws strings for a rule from samples: what stands in them and in no file below --corpus (default: the
machine's own programs and libraries), the most telling first.
Rules are compiled and run in a process of their own, with limits on time and memory.

  --rules       rule files or folders of them, as many as follow; rules that do not compile are named and left out
  --define      an external variable; filename, filepath and extension are set by the scan itself
  --timeout-ms  the longest that one file may take (default 30000)
  --json        one JSON record a file on standard output

A PATH may be '-' for standard input.

Exit codes: 0 done, 1 a file given to check does not compile, 2 bad usage or unreadable input.
`,
  async run(args, io) {
    const { values, tokens } = readArgs(args, {
      allowPositionals: true,
      tokens: true,
      options: {
        rules: { type: 'string', multiple: true },
        define: { type: 'string', multiple: true },
        'timeout-ms': { type: 'string' },
        corpus: { type: 'string', multiple: true },
        json: { type: 'boolean' },
      },
    })
    const { action, paths, rules } = readPlaces(tokens)
    if (action === 'candidates') return candidates(paths, values.corpus, io, values.json ?? false)
    if (action !== 'check' && action !== 'scan')
      throw new AppError('bad-usage', 'say `yara check`, `yara scan` or `yara candidates`')
    const files = action === 'check' ? [...paths, ...rules] : paths
    if (files.length === 0) throw new AppError('bad-usage', `say which files to ${action}`)
    const options: YaraOptions = {
      variables: { ...customaryVariables, ...readDefines(values.define ?? []) },
      timeoutMs: readTimeout(values['timeout-ms']),
      memoryBytes: 2 * 1024 ** 3,
      fileLimitBytes: 256 * 1024 ** 2,
    }
    const yara = new YaraProcess()
    try {
      if (action === 'check') return await check(files, yara, options, io, values.json ?? false)
      if (rules.length === 0)
        throw new AppError('bad-usage', 'say which rules to scan with: --rules FILE|DIR')
      return await scan(files, rules, yara, options, io, values.json ?? false)
    } finally {
      yara.close()
    }
  },
}

/** Prints strings of samples that stand in no clean file, the most telling first. */
async function candidates(
  paths: readonly string[],
  folders: readonly string[] = readConfig().cleanFolders,
  io: Io,
  json: boolean,
): Promise<number> {
  if (paths.length === 0) throw new AppError('bad-usage', 'say which samples to draw strings from')
  const samples: Buffer[] = []
  for (const path of paths.flatMap(each => filesBelow(each)))
    samples.push(await readInput(path, io, 64 * 1024 ** 2))
  const found = await candidatesOf(samples, { folders }, io.signal)
  for (const one of found.candidates) {
    if (json) writeRecord(io, { ...one, problems: [] })
    else
      io.stdout(
        `${String(one.score).padStart(5)}  ${one.encoding.padEnd(5)}  ${one.text}${one.reasons.length > 0 ? `  (${one.reasons.join(', ')})` : ''}\n`,
      )
  }
  const { files, cutShort } = found.corpus
  io.stderr(
    `${found.inCleanFiles} strings stand in clean files too; ${files} clean files searched${cutShort ? ', as many as there was time for' : ''}\n`,
  )
  return 0
}

type ArgumentToken =
  | { readonly kind: 'option'; readonly name: string; readonly value: string | undefined }
  | { readonly kind: 'positional'; readonly value: string }
  | { readonly kind: 'option-terminator' }

/** What stands behind `--rules`, up to the next option, is rules too, where the files to scan were named before it. */
function readPlaces(tokens: readonly ArgumentToken[]) {
  const paths: string[] = []
  const rules: string[] = []
  let behindRules = false
  for (const token of tokens) {
    if (token.kind === 'positional') (behindRules ? rules : paths).push(token.value)
    else behindRules = token.kind === 'option' && token.name === 'rules' && paths.length > 1
    if (token.kind === 'option' && token.name === 'rules' && token.value !== undefined)
      rules.push(token.value)
  }
  const [action, ...files] = paths
  return { action, paths: files, rules }
}

async function check(
  paths: readonly string[],
  yara: YaraProcess,
  options: YaraOptions,
  io: Io,
  json: boolean,
): Promise<number> {
  let code = 0
  for (const file of paths.flatMap(path => filesBelowOrName(path, isRuleFile))) {
    let checked: CheckedSource
    try {
      checked = await checkFile(file, yara, options, io)
    } catch (error) {
      io.signal.throwIfAborted()
      code = 2
      io.stderr(`tocsin yara: ${messageOf(error)}\n`)
      if (json) writeRecord(io, { ...unreadable(file, messageOf(error)), ok: false, rules: [] })
      continue
    }
    const { bytes } = checked.source
    const ok = checked.errors.length === 0
    const warnings = ok ? [...checked.warnings, ...lintYara(checked.text)] : checked.warnings
    if (!ok) code = Math.max(code, 1)
    if (json) {
      writeRecord(io, {
        file,
        sha256: createHash('sha256').update(bytes).digest('hex'),
        size: bytes.length,
        ok,
        rules: checked.rules,
        matches: [],
        problems: [...withSeverity(checked.errors, 'error'), ...withSeverity(warnings, 'warning')],
      })
    } else {
      io.stdout(
        `${file}: ${ok ? `${count(checked.rules.length, 'rule')} ${checked.rules.length === 1 ? 'compiles' : 'compile'}` : 'does not compile'}\n`,
      )
      printProblems(io, [...checked.errors, ...warnings])
    }
  }
  return code
}

async function scan(
  paths: readonly string[],
  rules: readonly string[],
  yara: YaraProcess,
  options: YaraOptions,
  io: Io,
  json: boolean,
): Promise<number> {
  const sources: CheckedSource[] = []
  for (const file of rules.flatMap(path => filesBelow(path, isRuleFile))) {
    const checked = await checkFile(file, yara, options, io)
    sources.push(checked)
    for (const error of checked.errors)
      io.stderr(`tocsin: rules left out: ${file}: ${placeAndMessage(error)}\n`)
  }
  if (sources.every(source => source.errors.length > 0))
    throw new AppError('unreadable-input', 'no rule file compiles')
  const leftOut = rulesLeftOut(sources)
  const ruleSet = new RuleSet(yara, sources, options)
  let code = 0
  for (const file of paths.flatMap(path => filesBelowOrName(path))) {
    const result = await scanFile(file, ruleSet, io)
    if (result.problems.some(entry => entry.code === 'unreadable-input')) code = 2
    const problems = [...result.problems, ...leftOut]
    if (json) {
      const { sha256, sizeBytes, matches } = result
      writeRecord(io, { file, sha256: sha256 === '' ? null : sha256, size: sizeBytes, matches, problems })
    } else {
      for (const match of result.matches) io.stdout(`${match.rule} ${file}\n`)
      printProblems(io, result.problems, `${file}: `)
    }
  }
  return code
}

async function scanFile(file: string, ruleSet: RuleSet, io: Io): Promise<ScanResult> {
  const variables = { filename: basename(file), filepath: resolve(file), extension: extname(file) }
  const target =
    file === '-'
      ? ({ kind: 'bytes', bytes: await readInput(file, io) } as const)
      : ({ kind: 'file', path: file } as const)
  return ruleSet.scan(target, variables, io.signal)
}

/** A scan with fewer rules than were asked for says so in each record. */
function rulesLeftOut(sources: readonly CheckedSource[]): Problem[] {
  const names = sources.filter(source => source.errors.length > 0).map(({ source }) => source.name)
  if (names.length === 0) return []
  return [
    problem('rules-left-out', `${names.length} rule file(s) do not compile and were left out`, names[0]),
  ]
}

function unreadable(file: string, message: string) {
  return { file, sha256: null, size: 0, matches: [], problems: [problem('unreadable-input', message)] }
}

async function checkFile(
  file: string,
  yara: YaraProcess,
  options: YaraOptions,
  io: Io,
): Promise<CheckedSource> {
  const bytes = await readInput(file, io)
  return checkSource(yara, { name: file, bytes, includeFolder: includeFolderOf(file) }, options, io.signal)
}

function withSeverity(problems: readonly Problem[], severity: string) {
  return problems.map(entry => ({ ...entry, severity }))
}

function placeAndMessage(entry: Problem): string {
  return entry.where === undefined ? entry.message : `${entry.where}: ${entry.message}`
}

function printProblems(io: Io, problems: readonly Problem[], before = '  '): void {
  for (const entry of problems) io.stdout(`${before}${placeAndMessage(entry)}\n`)
}

function isRuleFile(name: string): boolean {
  return /\.ya?ra?$/i.test(name)
}

function readDefines(defines: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    defines.map(define => {
      const at = define.indexOf('=')
      if (at < 1) throw new AppError('bad-usage', `--define takes NAME=VALUE, not '${define}'`)
      return [define.slice(0, at), define.slice(at + 1)]
    }),
  )
}

function readTimeout(text: string | undefined): number {
  const timeoutMs = text === undefined ? 30_000 : Number(text)
  if (!Number.isInteger(timeoutMs) || timeoutMs < 1)
    throw new AppError('bad-usage', '--timeout-ms takes a whole number above 0')
  return timeoutMs
}
