import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { basename, extname, resolve } from 'node:path'
import { AppError } from '../lib/app-error.ts'
import type { Problem } from '../lib/problem.ts'
import {
  type CheckedSource,
  checkSource,
  customaryVariables,
  includeFolderOf,
  RuleSet,
  type YaraOptions,
} from '../yara/rule-set.ts'
import { YaraProcess } from '../yara/yara-process.ts'
import { type Command, type Io, readArgs, writeRecord } from './command.ts'
import { filesBelow } from './files-below.ts'

const ruleFile = /\.ya?ra?$/i

/** `tocsin yara check|scan`. */
export const command: Command = {
  summary: 'check YARA rules, or scan files with them',
  usage: `tocsin yara check PATH... [--define NAME=VALUE] [--timeout-ms N] [--json]
tocsin yara scan PATH... --rules FILE|DIR [--rules ...] [--define NAME=VALUE] [--timeout-ms N] [--json]

check compiles each rule file (of a folder: each .yar and .yara) and prints its errors at their line.
scan scans each file (of a folder: each regular file below it, links not followed).
Rules are compiled and run in a process of their own, with limits on time and memory.

  --rules       a rule file or a folder of them; rules that do not compile are named and left out
  --define      an external variable; filename, filepath and extension are set by the scan itself
  --timeout-ms  the longest that one file may take (default 30000)
  --json        one JSON record a file on standard output

Exit codes: 0 done, 1 a rule file did not compile, 2 bad usage or unreadable input.
`,
  async run(args, io) {
    const { values, positionals } = readArgs(args, {
      allowPositionals: true,
      options: {
        rules: { type: 'string', multiple: true },
        define: { type: 'string', multiple: true },
        'timeout-ms': { type: 'string' },
        json: { type: 'boolean' },
      },
    })
    const [action, ...paths] = positionals
    if (action !== 'check' && action !== 'scan')
      throw new AppError('bad-usage', 'say `yara check` or `yara scan`')
    if (paths.length === 0) throw new AppError('bad-usage', `say which files to ${action}`)
    const options: YaraOptions = {
      variables: { ...customaryVariables, ...readDefines(values.define ?? []) },
      timeoutMs: readTimeout(values['timeout-ms']),
      memoryBytes: 2 * 1024 ** 3,
      fileLimitBytes: 256 * 1024 ** 2,
    }
    const yara = new YaraProcess()
    try {
      if (action === 'check') return await check(paths, yara, options, io, values.json ?? false)
      if (values.rules === undefined)
        throw new AppError('bad-usage', 'say which rules to scan with: --rules FILE|DIR')
      return await scan(paths, values.rules, yara, options, io, values.json ?? false)
    } finally {
      yara.close()
    }
  },
}

async function check(
  paths: readonly string[],
  yara: YaraProcess,
  options: YaraOptions,
  io: Io,
  json: boolean,
): Promise<number> {
  let failed = false
  for (const file of ruleFiles(paths)) {
    const checked = await checkFile(file, yara, options, io.signal)
    failed ||= checked.errors.length > 0
    const { bytes } = checked.source
    if (json) {
      writeRecord(io, {
        file,
        sha256: createHash('sha256').update(bytes).digest('hex'),
        size: bytes.length,
        ok: checked.errors.length === 0,
        rules: checked.rules,
        matches: [],
        problems: [...withSeverity(checked.errors, 'error'), ...withSeverity(checked.warnings, 'warning')],
      })
    } else {
      io.stdout(
        `${file}: ${checked.errors.length === 0 ? `${checked.rules.length} rules compile` : 'does not compile'}\n`,
      )
      printProblems(io, [...checked.errors, ...checked.warnings])
    }
  }
  return failed ? 1 : 0
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
  for (const file of ruleFiles(rules)) {
    const checked = await checkFile(file, yara, options, io.signal)
    sources.push(checked)
    for (const error of checked.errors)
      io.stderr(`tocsin: rules left out: ${file}: ${placeAndMessage(error)}\n`)
  }
  if (sources.every(source => source.errors.length > 0))
    throw new AppError('unreadable-input', 'no rule file compiles')
  const ruleSet = new RuleSet(yara, sources, options)
  for (const file of paths.flatMap(path => filesBelow(path))) {
    const variables = { filename: basename(file), filepath: resolve(file), extension: extname(file) }
    const result = await ruleSet.scan({ kind: 'file', path: file }, variables, io.signal)
    if (json) {
      const { sha256, sizeBytes, matches, problems } = result
      writeRecord(io, { file, sha256: sha256 === '' ? null : sha256, size: sizeBytes, matches, problems })
    } else {
      for (const match of result.matches) io.stdout(`${match.rule} ${file}\n`)
      printProblems(io, result.problems, `${file}: `)
    }
  }
  return sources.some(source => source.errors.length > 0) ? 1 : 0
}

async function checkFile(
  file: string,
  yara: YaraProcess,
  options: YaraOptions,
  signal: AbortSignal,
): Promise<CheckedSource> {
  const source = { name: file, bytes: readFileSync(file), includeFolder: includeFolderOf(file) }
  return checkSource(yara, source, options, signal)
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

function ruleFiles(paths: readonly string[]): string[] {
  return paths.flatMap(path => filesBelow(path, name => ruleFile.test(name)))
}

function readDefines(defines: readonly string[]): Record<string, string | number> {
  return Object.fromEntries(
    defines.map(define => {
      const at = define.indexOf('=')
      if (at < 1) throw new AppError('bad-usage', `--define takes NAME=VALUE, not '${define}'`)
      const value = define.slice(at + 1)
      return [define.slice(0, at), /^-?\d{1,15}$/.test(value) ? Number(value) : value]
    }),
  )
}

function readTimeout(text: string | undefined): number {
  const timeoutMs = text === undefined ? 30_000 : Number(text)
  if (!Number.isInteger(timeoutMs) || timeoutMs < 1)
    throw new AppError('bad-usage', '--timeout-ms takes a whole number above 0')
  return timeoutMs
}
