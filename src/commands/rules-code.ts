import { execFile } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { basename, extname, join } from 'node:path'
import { promisify } from 'node:util'
import { z } from 'zod'
import { dataDirectory } from '../config.ts'
import { type DraftCase, type RuleKind, ruleFileEndings, ruleKinds } from '../domain/rule-draft.ts'
import { AppError, messageOf } from '../lib/app-error.ts'
import { count } from '../lib/count.ts'
import { storedAttack } from '../main/stored-knowledge.ts'
import { type Measured, measureWith } from '../rule-drafts/measure-draft.ts'
import type { Finding } from '../wazuh-rules/finding.ts'
import type { RulesetFiles } from '../wazuh-rules/ruleset.ts'
import { type Io, knowledgeOption, readArgs, writeRecord } from './command.ts'
import { readRulesetFolder } from './ruleset-folder.ts'
import { openServer } from './server-client.ts'

/*
 * Detections as code: a folder with wazuh/*.xml, decoders/*.xml, lists/*, sigma/*.yml and yara/*.yar, and for each file its
 * tests in tests/NAME.json: {title, cases: [{log, fires}], samples: [{file, must_match}]}, samples beside the tests.
 */

const testsSchema = z.object({
  title: z.string().min(1).max(200).optional(),
  cases: z.array(z.object({ log: z.string().min(1), fires: z.boolean() })).default([]),
  samples: z.array(z.object({ file: z.string().min(1), must_match: z.boolean() })).default([]),
})

interface CodeFile {
  readonly kind: RuleKind
  /** Below the folder: `wazuh/tocsin_x.xml`. */
  readonly path: string
  readonly name: string
  readonly text: string
  readonly title: string
  readonly cases: readonly DraftCase[]
  readonly samples: readonly { readonly name: string; readonly mustMatch: boolean; readonly bytes: Buffer }[]
  readonly problems: readonly Finding[]
}

const budgetMs = 120_000

/** Decoders beside the rules, as Wazuh's own folders have them not: rules stand on them, and they are no rules themselves. */
const isDecoders = ({ kind, text }: CodeFile) => kind === 'wazuh' && /<decoder[\s>]/.test(text)
const isWazuh = ({ kind }: CodeFile) => kind === 'wazuh' || kind === 'decoders' || kind === 'lists'

/** `tocsin rules ci`: checks and tests every rule of a folder. Exit 1 where one fails, 2 where the folder cannot be read. */
export async function rulesCi(args: readonly string[], io: Io): Promise<number> {
  const { values, positionals } = readArgs(args, {
    allowPositionals: true,
    options: {
      ruleset: { type: 'string' },
      corpus: { type: 'string', multiple: true },
      since: { type: 'string' },
      ...knowledgeOption,
      json: { type: 'boolean' },
    },
  })
  const folder = onlyFolder(positionals)
  const all = readCode(folder)
  const changed = values.since === undefined ? undefined : await changedSince(folder, values.since)
  const wanted = all.filter(
    file => !isDecoders(file) && (!changed || changed.has(file.path) || changed.has(testsOf(file.name))),
  )
  const base = values.ruleset === undefined ? undefined : readRulesetFolder(values.ruleset)
  if (base === undefined && wanted.some(isWazuh))
    throw new AppError(
      'bad-usage',
      '--ruleset DIR is missing: Wazuh rules, decoders and lists are tested together with a ruleset',
    )
  const measure = measureWith(
    { folders: values.corpus ?? [] },
    storedAttack(dataDirectory(values.data)).added,
  )
  const test = (file: CodeFile) =>
    measure(
      {
        kind: file.kind,
        text: file.text,
        fileName: file.name,
        origin: 'person',
        cases: file.cases,
        base: surroundings(file, all, base),
        takenIds: [],
        past: [],
        samples: file.samples,
        deep: true,
        budgetMs,
      },
      io.signal,
    )
  // Each is a process of its own: as many at once as there are processors, told in the order of the files.
  const width = availableParallelism()
  const running = wanted.slice(0, width).map(test)
  let failed = 0
  for (const [index, file] of wanted.entries()) {
    const measured = await running[index]
    const next = wanted[index + width]
    if (next) running.push(test(next))
    if (measured === undefined) continue
    const record = verdictOn(file, measured)
    if (!record.ok) failed++
    if (values.json) writeRecord(io, record)
    else {
      io.stdout(
        `${record.ok ? 'ok    ' : 'FAILED'} ${record.file}: ${record.passed} of ${record.cases} tests\n`,
      )
      for (const { message, where, severity } of record.problems)
        io.stdout(`       ${severity}${where === undefined ? '' : ` ${where}`}: ${message}\n`)
    }
  }
  io.stderr(`${wanted.length - failed} of ${wanted.length} rule files pass\n`)
  return failed > 0 ? 1 : 0
}

/** What a rule file joins: the ruleset, and the other rules and decoders of the folder. */
function surroundings(
  file: CodeFile,
  all: readonly CodeFile[],
  base: RulesetFiles = { decoders: [], rules: [], lists: [] },
): RulesetFiles {
  const others = all.filter(other => isWazuh(other) && other.path !== file.path)
  const decodes = (other: CodeFile) => other.kind === 'decoders' || isDecoders(other)
  return {
    decoders: [...base.decoders, ...others.filter(decodes)],
    rules: [...base.rules, ...others.filter(other => other.kind === 'wazuh' && !isDecoders(other))],
    lists: [...base.lists, ...others.filter(({ kind }) => kind === 'lists')],
  }
}

function verdictOn(file: CodeFile, measured: Measured) {
  const problems: Finding[] = [...file.problems, ...measured.findings]
  const failure = (code: string, message: string) => problems.push({ code, message, severity: 'error' })
  const proof = measured.kind === 'proven' ? measured.proof : undefined
  for (const { log, fires, rule, pass } of proof?.cases ?? [])
    if (!pass)
      failure(
        'test',
        `${fires ? 'does not fire' : 'fires'} (rule ${rule ?? 'none'} does) on: ${log.slice(0, 300)}`,
      )
  for (const { name, mustMatch, pass, trouble } of proof?.samples ?? [])
    if (!pass) failure('test', trouble ?? `${mustMatch ? 'does not match' : 'matches'} the sample ${name}`)
  for (const { rule, files, examples } of proof?.corpus?.hits ?? [])
    failure('false-positive', `${rule} matches ${files} clean files, such as ${examples[0]?.file ?? ''}`)
  if (measured.kind === 'proven' && file.kind === 'wazuh') {
    const own = [...file.text.matchAll(/<rule[^>]*\bid\s*=\s*["'](\d+)/g)].map(([, id]) => Number(id))
    const clash = own.find((id, index) => measured.ruleIds[index] !== id)
    if (clash !== undefined)
      failure('rule-id', `rule ${clash}: the id is taken, or outside of 100000 to 120000`)
  }
  const tests = [...(proof?.cases ?? []), ...(proof?.samples ?? [])]
  const wanted = file.cases.length + file.samples.length
  if (wanted === 0)
    problems.push({
      code: 'no-tests',
      message: `it has no tests: write ${testsOf(file.name)} with cases on which it must fire and must not`,
      severity: 'warning',
    })
  return {
    file: file.path,
    kind: file.kind,
    ok: problems.every(({ severity }) => severity !== 'error'),
    cases: wanted,
    passed: tests.filter(({ pass }) => pass).length,
    clean_files: proof?.corpus?.files ?? 0,
    problems,
  }
}

function onlyFolder(positionals: readonly string[]): string {
  const [folder, ...rest] = positionals
  if (folder === undefined || rest.length > 0) throw new AppError('bad-usage', 'say which folder of rules')
  return folder
}

const testsOf = (name: string) => `tests/${basename(name, extname(name))}.json`

function readCode(folder: string): CodeFile[] {
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory())
    throw new AppError('unreadable-input', `${folder} is no folder`)
  const files = ruleKinds.flatMap(kind =>
    namesIn(join(folder, kind))
      .filter(name => name.endsWith(ruleFileEndings[kind]) || (kind === 'sigma' && name.endsWith('.yaml')))
      .map(name => readCodeFile(folder, kind, name)),
  )
  if (files.length === 0)
    throw new AppError(
      'unreadable-input',
      `${folder} holds no wazuh/*.xml, decoders/*.xml, lists/*, sigma/*.yml or yara/*.yar`,
    )
  return files
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter(entry => entry.isFile())
      .map(({ name }) => name)
      .sort()
  } catch {
    return [] // A kind that the folder has none of; where it has none at all, the caller says so.
  }
}

function readCodeFile(folder: string, kind: RuleKind, name: string): CodeFile {
  const text = readFileSync(join(folder, kind, name), 'utf8')
  const problems: Finding[] = []
  const tests = readTests(join(folder, testsOf(name)), problems)
  const samples = tests.samples.flatMap(({ file, must_match: mustMatch }) => {
    try {
      // A test names files beside itself, never others.
      return [{ name: file, mustMatch, bytes: readFileSync(join(folder, 'tests', basename(file))) }]
    } catch (error) {
      problems.push({
        code: 'unreadable-input',
        message: `tests/${file}: ${messageOf(error)}`,
        severity: 'error',
      })
      return []
    }
  })
  const title = tests.title ?? basename(name, extname(name))
  return { kind, path: `${kind}/${name}`, name, text, title, cases: tests.cases, samples, problems }
}

function readTests(path: string, problems: Finding[]): z.output<typeof testsSchema> {
  const none = { cases: [], samples: [] }
  if (statSync(path, { throwIfNoEntry: false }) === undefined) return none
  try {
    return testsSchema.parse(JSON.parse(readFileSync(path, 'utf8')))
  } catch (error) {
    problems.push({ code: 'tests', message: `${path}: ${messageOf(error)}`, severity: 'error' })
    return none
  }
}

const run = promisify(execFile)

async function git(folder: string, ...args: string[]): Promise<string> {
  try {
    return (await run('git', ['-C', folder, ...args], { maxBuffer: 64 * 1024 ** 2 })).stdout
  } catch (error) {
    throw new AppError('unreadable-input', `git ${args[0]} in ${folder}: ${messageOf(error)}`, {
      cause: error,
    })
  }
}

/** Files below the folder that differ from a commit, new ones included. */
async function changedSince(folder: string, revision: string): Promise<Set<string>> {
  if (revision.startsWith('-')) throw new AppError('bad-usage', `--since ${revision} is no revision`)
  const tracked = await git(folder, 'diff', '--name-only', '--relative', '-z', revision, '--', '.')
  const fresh = await git(folder, 'ls-files', '--others', '--exclude-standard', '-z', '--', '.')
  return new Set([...tracked.split('\0'), ...fresh.split('\0')].filter(Boolean))
}

const listed = z.looseObject({
  drafts: z.array(
    z.looseObject({
      kind: z.enum(ruleKinds),
      title: z.string(),
      fileName: z.string().regex(/^tocsin_[a-z0-9_-]+(?:\.(?:xml|yml|yar))?$/),
      text: z.string(),
      state: z.string(),
      cases: z.array(z.object({ log: z.string(), fires: z.boolean() })),
    }),
  ),
})

/** `tocsin rules export`: the deployed rules of a running Tocsin as files, with --commit as a commit. */
export async function rulesExport(args: readonly string[], io: Io): Promise<number> {
  const { values, positionals } = readArgs(args, {
    allowPositionals: true,
    options: { server: { type: 'string' }, commit: { type: 'string' }, all: { type: 'boolean' } },
  })
  const folder = onlyFolder(positionals)
  const call = openServer(required(values.server), 'read')
  const { drafts } = listed.parse(await call('GET', '/api/rule-drafts', undefined, io.signal))
  const wanted = drafts.filter(({ state }) => values.all || state === 'deployed')
  for (const kind of ruleKinds) {
    mkdirSync(join(folder, kind), { recursive: true })
    // What is no longer deployed goes; files of other names are other people's.
    for (const name of namesIn(join(folder, kind)))
      if (name.startsWith('tocsin_') && !wanted.some(({ fileName }) => fileName === name)) {
        rmSync(join(folder, kind, name))
        rmSync(join(folder, testsOf(name)), { force: true })
      }
  }
  mkdirSync(join(folder, 'tests'), { recursive: true })
  for (const { kind, fileName, text, title, cases } of wanted) {
    writeFileSync(join(folder, kind, fileName), text)
    const tests = { title, cases: cases.map(({ log, fires }) => ({ log, fires })) }
    writeFileSync(join(folder, testsOf(fileName)), `${JSON.stringify(tests, null, 2)}\n`)
  }
  io.stderr(`${count(wanted.length, 'rule')} written\n`)
  if (values.commit !== undefined) {
    await git(folder, 'add', '--all', '--', ...ruleKinds, 'tests')
    const changes = await git(folder, 'diff', '--cached', '--name-only')
    if (changes === '') io.stderr('nothing has changed since the last commit\n')
    else await git(folder, 'commit', '-m', values.commit)
  }
  return 0
}

/** `tocsin rules import`: rule files as drafts of a running Tocsin. They are measured and approved there, as any draft. */
export async function rulesImport(args: readonly string[], io: Io): Promise<number> {
  const { values, positionals } = readArgs(args, {
    allowPositionals: true,
    options: { server: { type: 'string' }, since: { type: 'string' }, json: { type: 'boolean' } },
  })
  const folder = onlyFolder(positionals)
  const call = openServer(required(values.server), 'triage')
  const changed = values.since === undefined ? undefined : await changedSince(folder, values.since)
  const { drafts } = listed.parse(await call('GET', '/api/rule-drafts', undefined, io.signal))
  for (const { kind, path, name, title, text, cases, problems } of readCode(folder)) {
    if (changed && !changed.has(path) && !changed.has(testsOf(name))) continue
    const known = drafts.some(
      draft => draft.text === text && JSON.stringify(draft.cases) === JSON.stringify(cases),
    )
    if (!known)
      await call(
        'POST',
        '/api/rule-drafts',
        { kind, title, text, cases: cases.map(({ log, fires }) => ({ log, fires })) },
        io.signal,
      )
    if (values.json) writeRecord(io, { file: path, kind, imported: !known, problems })
    else io.stdout(`${known ? 'known   ' : 'imported'} ${path}\n`)
  }
  return 0
}

function required(server: string | undefined): string {
  if (server === undefined) throw new AppError('bad-usage', '--server URL is missing')
  return server
}
