import { extname } from 'node:path'
import { type AddedTechniques, standingAmong } from '../knowledge/attack-knowledge.ts'
import type { Problem } from '../lib/problem.ts'
import { compileDetection } from '../sigma/detection.ts'
import { parseSigma } from '../sigma/sigma-rule.ts'
import { schemaProblems } from '../sigma/sigma-schema.ts'
import { listFindings } from '../wazuh-rules/cdb-list.ts'
import { checkDrafts } from '../wazuh-rules/check-drafts.ts'
import type { Finding } from '../wazuh-rules/finding.ts'
import type { RulesetFiles } from '../wazuh-rules/ruleset.ts'
import { lintYara } from '../yara/lint-rules.ts'
import { checkSource, customaryVariables, includeFolderOf } from '../yara/rule-set.ts'
import { YaraProcess } from '../yara/yara-process.ts'

/** A file to check. */
export interface RuleFile {
  readonly path: string
  readonly bytes: Buffer
  readonly text: string
}

/** One kind of rule file: how it is known, and what is wrong with files of it. */
export interface RuleChecker {
  readonly type: string
  recognises(file: RuleFile): boolean
  /** Findings by path, in one go: rules may refer to each other. */
  check(
    files: readonly RuleFile[],
    base: RulesetFiles | undefined,
    added: AddedTechniques,
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, readonly Finding[]>>
}

const hasEnding =
  (...endings: readonly string[]) =>
  (file: RuleFile) =>
    endings.includes(extname(file.path).toLowerCase())

const isYaml = hasEnding('.yml', '.yaml')
const isYara = hasEnding('.yar', '.yara', '.yra')

/** The kinds, in the order in which they are tried. A new kind is one entry here. */
export const ruleCheckers: readonly RuleChecker[] = [
  {
    type: 'yara',
    recognises: file => isYara(file) || /^\s*(?:(?:private|global)\s+)*rule\s+\w+[^<]*\{/m.test(file.text),
    check: checkYara,
  },
  {
    type: 'sigma',
    recognises: file => isYaml(file) || /^(?:title|logsource|detection):/m.test(file.text),
    check: async files => new Map(files.map(file => [file.path, checkSigma(file.text)])),
  },
  {
    type: 'wazuh',
    recognises: file =>
      extname(file.path).toLowerCase() === '.xml' || /^\s*<(?:!|group|decoder|var)/.test(file.text),
    check: async (files, base, added) => checkWazuh(files, base, added),
  },
  {
    type: 'cdb-list',
    recognises: () => true,
    check: async files => new Map(files.map(file => [file.path, listFindings(file.text)])),
  },
]

function checkWazuh(
  files: readonly RuleFile[],
  base: RulesetFiles | undefined,
  added: AddedTechniques,
): ReadonlyMap<string, readonly Finding[]> {
  const named = files.map(({ path, text }) => ({ name: path, text }))
  const isDecoders = (text: string) => /<decoder[\s>]/.test(text)
  return checkDrafts(
    {
      decoders: named.filter(({ text }) => isDecoders(text)),
      rules: named.filter(({ text }) => !isDecoders(text)),
      lists: [],
    },
    base,
    id => standingAmong(added, id),
  )
}

function checkSigma(text: string): Finding[] {
  const read = parseSigma(text).flatMap(({ content, problems }) => [
    ...problems.map(entry => withSeverity(entry, content === undefined ? 'error' : 'warning')),
    // Values for placeholders come with whoever runs the rule: it is not wrong without them.
    ...(content?.kind === 'rule' ? compileDetection(content).problems : []).map(entry =>
      withSeverity(entry, entry.message.includes('placeholder') ? 'warning' : 'error'),
    ),
  ])
  // What the engine has said already is not said again by the schema.
  const said = new Set(read.map(({ where, message }) => `${where} ${/`\w+`/.exec(message)?.[0]}`))
  return [
    ...read,
    ...schemaProblems(text)
      .filter(({ where, message }) => !said.has(`${where} ${/`\w+`/.exec(message)?.[0]}`))
      .map(entry => withSeverity(entry, 'warning')),
  ]
}

async function checkYara(
  files: readonly RuleFile[],
  _base: RulesetFiles | undefined,
  _added: AddedTechniques,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, readonly Finding[]>> {
  const yara = new YaraProcess()
  const limits = { timeoutMs: 30_000, memoryBytes: 2 * 1024 ** 3, fileLimitBytes: 256 * 1024 ** 2 }
  const options = { variables: customaryVariables, ...limits }
  const found = new Map<string, Finding[]>()
  try {
    for (const { path, bytes } of files) {
      const source = { name: path, bytes, includeFolder: includeFolderOf(path) }
      const { errors, warnings, text } = await checkSource(yara, source, options, signal)
      found.set(path, [
        ...errors.map(entry => withSeverity(entry, 'error')),
        ...warnings.map(entry => withSeverity(entry, 'warning')),
        ...(errors.length > 0 ? [] : lintYara(text)).map(entry => withSeverity(entry, 'warning')),
      ])
    }
  } finally {
    yara.close()
  }
  return found
}

function withSeverity(entry: Problem, severity: Finding['severity']): Finding {
  return { ...entry, severity }
}
