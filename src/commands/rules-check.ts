import { dataDirectory } from '../config.ts'
import { AppError, messageOf } from '../lib/app-error.ts'
import { storedAttack } from '../main/stored-knowledge.ts'
import type { Finding } from '../wazuh-rules/finding.ts'
import { type Io, knowledgeOption, readArgs, readInput, writeRecord } from './command.ts'
import { filesNamed } from './files-below.ts'
import { type RuleChecker, type RuleFile, ruleCheckers } from './rule-checkers.ts'
import { readRulesetFolder } from './ruleset-folder.ts'

/** `tocsin rules check`: what is wrong with rule files, whatever kind they are of. Exit 1 where one has an error. */
export async function rulesCheck(args: readonly string[], io: Io): Promise<number> {
  const { values, positionals } = readArgs(args, {
    allowPositionals: true,
    options: { ruleset: { type: 'string' }, ...knowledgeOption, json: { type: 'boolean' } },
  })
  if (positionals.length === 0) throw new AppError('bad-usage', 'say which files to check')
  const base = values.ruleset === undefined ? undefined : readRulesetFolder(values.ruleset, [])
  const { added } = storedAttack(dataDirectory(values.data))
  const { files, unreadable } = await readFiles(positionals, io)
  const byChecker = Map.groupBy(files, checkerOf)
  const results = new Map<string, { readonly type: string; readonly findings: readonly Finding[] }>()
  for (const [checker, group] of byChecker) {
    const found = await checker.check(group, base, added, io.signal)
    for (const { path } of group) results.set(path, { type: checker.type, findings: found.get(path) ?? [] })
  }
  let failed = false
  for (const { path } of files) {
    const { type, findings } = results.get(path) ?? { type: 'unknown', findings: [] }
    const ok = findings.every(({ severity }) => severity !== 'error')
    failed ||= !ok
    if (values.json) writeRecord(io, { file: path, type, ok, problems: findings })
    else printFindings(io, path, type, findings)
  }
  for (const { path, finding } of unreadable) {
    if (values.json) writeRecord(io, { file: path, type: 'unknown', ok: false, problems: [finding] })
    io.stderr(`tocsin rules: ${finding.message}\n`)
  }
  if (unreadable.length > 0) return 2
  return failed ? 1 : 0
}

interface ReadFiles {
  readonly files: RuleFile[]
  readonly unreadable: { readonly path: string; readonly finding: Finding }[]
}

async function readFiles(paths: readonly string[], io: Io): Promise<ReadFiles> {
  const read: ReadFiles = { files: [], unreadable: [] }
  for (const path of filesNamed(paths, line => io.stderr(`tocsin rules: ${line}`))) {
    try {
      const bytes = await readInput(path, io, 64 * 1024 ** 2)
      read.files.push({ path, bytes, text: bytes.toString('utf8') })
    } catch (error) {
      io.signal.throwIfAborted()
      const finding = { code: 'unreadable-input', message: messageOf(error), severity: 'error' } as const
      read.unreadable.push({ path, finding })
    }
  }
  return read
}

function checkerOf(file: RuleFile): RuleChecker {
  const checker = ruleCheckers.find(candidate => candidate.recognises(file))
  if (!checker) throw new AppError('unreadable-input', `${file.path} is no rule file`)
  return checker
}

function printFindings(io: Io, path: string, type: string, findings: readonly Finding[]): void {
  io.stdout(`${path} (${type}): ${findings.length === 0 ? 'no findings' : `${findings.length} findings`}\n`)
  for (const { severity, where, code, message } of findings)
    io.stdout(`  ${severity} ${where ?? ''} ${code}: ${message}\n`)
}
