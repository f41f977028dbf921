import { RE2JS } from 're2js'
import { stringify } from 'yaml'
import { type Problem, problem } from '../lib/problem.ts'
import { fromByteText, toByteText } from '../wazuh-rules/byte-text.ts'
import type { Decoder, DecoderNode, DecoderTree } from '../wazuh-rules/decoder.ts'
import type { WazuhEvent } from '../wazuh-rules/event.ts'
import type { Ruleset } from '../wazuh-rules/ruleset.ts'
import { draftSession } from './draft-session.ts'
import { migratedDecoder, migratedDynamic, migratedField } from './migrate-fields.ts'
import { regexOf } from './migrate-patterns.ts'
import { parseExpressions, runParse } from './wcs-parse.ts'

/** A custom decoder of Wazuh 4 as a draft for the engine of Wazuh 5, which alone can prove it. */
export interface MigratedDecoder {
  readonly name: string
  readonly parent: string | undefined
  /** The conditions and parse expressions that were written, for the proof. */
  readonly checks: readonly { readonly field: 'process.name' | 'message'; readonly regex: string }[]
  readonly parse: readonly string[]
  readonly output: string
  readonly problems: readonly Problem[]
}

/** Writes the decoders of these files. Only the content manager's logtest runs them as Wazuh 5 does. */
export function migrateDecoders(tree: DecoderTree, files: ReadonlySet<string>): MigratedDecoder[] {
  const all: Decoder[] = []
  const visit = (nodes: readonly DecoderNode[]): void => {
    for (const { decoder, children } of nodes) {
      if (files.has(decoder.file)) all.push(decoder)
      visit(children)
    }
  }
  visit([...tree.withProgramName, ...tree.withoutProgramName])
  return all.map(migrateDecoder)
}

function migrateDecoder(decoder: Decoder): MigratedDecoder {
  const name = fromByteText(decoder.ownName)
  const problems: Problem[] = []
  const say = (code: string, message: string) => problems.push(problem(code, message, `decoder ${name}`))
  const checks: MigratedDecoder['checks'][number][] = []
  for (const [field, part] of [
    ['process.name', decoder.programName],
    ['message', decoder.prematch],
  ] as const) {
    if (!part) continue
    const regex = regexOf(part)
    if (regex !== undefined) checks.push({ field, regex })
    else
      say(
        'cannot-carry',
        `'${fromByteText(part.source)}' (${part.type}) is no RE2 pattern: write its check by hand`,
      )
  }
  if (decoder.hasNext)
    say(
      'cannot-carry',
      'a further decoder of the same name reads more of the same log, but Wazuh 5 takes the first child that fits: join them by hand',
    )
  if (decoder.plugin)
    say(
      'cannot-carry',
      `${decoder.plugin} is code of Wazuh 4: use the parsers of Wazuh 5, such as parse_json`,
    )
  if (decoder.firstTimeSeen.length > 0)
    say('cannot-carry', '<fts> remembers earlier events, which decoders of Wazuh 5 do not')
  if (decoder.accumulate) say('cannot-carry', '<accumulate> joins several logs, which Wazuh 5 does not')
  const fields = decoder.order.map(field => fieldOf(fromByteText(field), say))
  const regex = decoder.regex
  const parse = regex?.type === 'osregex' ? (parseExpressions(fromByteText(regex.source), fields) ?? []) : []
  if (regex && parse.length === 0)
    say(
      'cannot-carry',
      `the ${regex.type} pattern '${fromByteText(regex.source)}' has no counterpart in the parser of Wazuh 5: write the expression by hand`,
    )
  say('not-proven', 'only the engine of Wazuh 5 runs it: test it with the content manager')
  const output = stringify(
    {
      name: migratedDecoder(name),
      metadata: {
        module: 'custom',
        title: name,
        description: `Migrated from the Wazuh 4 decoder ${name}`,
        compatibility: 'unknown',
        author: { name: 'Tocsin' },
        references: [],
        versions: [],
      },
      ...(decoder.parent === undefined ? {} : { parents: [migratedDecoder(fromByteText(decoder.parent))] }),
      ...(checks.length > 0
        ? {
            check: checks.map(({ field, regex: source }) => ({
              [field]: `regex_match(${JSON.stringify(source)})`,
            })),
          }
        : {}),
      ...(parse.length > 0 ? { 'parse|message': parse } : {}),
    },
    { lineWidth: 0 },
  )
  const parent = decoder.parent === undefined ? undefined : fromByteText(decoder.parent)
  return { name, parent, checks, parse, output, problems }
}

function fieldOf(field: string, say: (code: string, message: string) => void): string {
  const found = migratedField(field) ?? migratedDynamic(field)
  if (found !== undefined) return found
  say('changed', `the field '${field}' has no place in WCS: it is kept as a temporary one`)
  return `_${field.replaceAll(/[^A-Za-z0-9_.]/g, '_')}`
}

/** On which logs a decoder and what became of it agree. */
export interface DecoderProof {
  readonly name: string
  readonly both: number
  readonly different: number
  readonly examples: readonly {
    readonly line: number
    readonly log: string
    readonly wazuh: string
    readonly migrated: string
  }[]
}

const mostExamples = 3

/**
 * Runs sample logs through the decoders of Wazuh 4 and through what was written of them, as far as that is checks and parse
 * expressions: the same parent, the first child that fits, and under WCS names the same values.
 */
export function proveDecoders(
  logs: readonly string[],
  ruleset: Ruleset,
  migrated: readonly MigratedDecoder[],
  nowSeconds: number,
): DecoderProof[] {
  const session = draftSession(ruleset)
  const roots = migrated.filter(({ parent }) => parent === undefined)
  const proofs = new Map(
    roots.map(({ name }) => [
      name,
      { name, both: 0, different: 0, examples: [] as DecoderProof['examples'][number][] },
    ]),
  )
  for (const [index, log] of logs.entries()) {
    const { event } = session.process(toByteText(log), nowSeconds)
    const own = event.decoder && fromByteText(event.decoder.parent ?? event.decoder.ownName)
    const program = event.programName === undefined ? undefined : fromByteText(event.programName)
    const message = fromByteText(event.log)
    const root = roots.find(one => passes(one, program, message))
    const proof = proofs.get(own ?? '') ?? (own === undefined && root ? proofs.get(root.name) : undefined)
    if (!proof) continue
    const wazuh = [...valuesOf(event)]
      .map(([name, value]) => `${name}=${value}`)
      .sort()
      .join(' ')
    const found = root?.name === proof.name ? fieldsFound(root, migrated, program, message) : undefined
    const ours =
      found &&
      [...found]
        .map(([name, value]) => `${name}=${value}`)
        .sort()
        .join(' ')
    if (own === proof.name && ours === wazuh) proof.both++
    else {
      proof.different++
      if (proof.examples.length < mostExamples)
        proof.examples.push({
          line: index + 1,
          log: log.slice(0, 300),
          wazuh,
          migrated: ours ?? 'not decoded',
        })
    }
  }
  return [...proofs.values()]
}

function passes({ checks }: MigratedDecoder, program: string | undefined, message: string): boolean {
  return checks.every(({ field, regex }) => {
    const subject = field === 'message' ? message : program
    return subject !== undefined && RE2JS.compile(regex).matcher(subject).find()
  })
}

function fieldsFound(
  root: MigratedDecoder,
  migrated: readonly MigratedDecoder[],
  program: string | undefined,
  message: string,
): ReadonlyMap<string, string> {
  for (const one of [root, ...migrated.filter(({ parent }) => parent === root.name)]) {
    if (one.parse.length === 0 || !passes(one, program, message)) continue
    const found = runParse(one.parse, message)
    if (found) return found
  }
  return new Map()
}

/** The fields that Wazuh 4 found, under the names that the migrated decoders write. */
function valuesOf(event: WazuhEvent): Map<string, string> {
  const dynamic = event.dynamicNames.map((name, index) => [name, event.dynamicValues[index] ?? ''] as const)
  const named = [...Object.entries(event.fields), ...dynamic].map(
    ([name, value]) => [fieldOf(fromByteText(name), () => {}), fromByteText(value)] as const,
  )
  return new Map(named.filter(([, value]) => value !== ''))
}
