import { stringify } from 'yaml'
import { type Problem, problem } from '../lib/problem.ts'
import { fromByteText } from '../wazuh-rules/byte-text.ts'
import type { Decoder, DecoderNode, DecoderTree } from '../wazuh-rules/decoder.ts'
import { migratedDecoder, migratedDynamic, migratedField } from './migrate-fields.ts'

/** A custom decoder of Wazuh 4 as a draft for the engine of Wazuh 5, which alone can prove it. */
export interface MigratedDecoder {
  readonly name: string
  readonly output: string
  readonly problems: readonly Problem[]
}

/** Writes the decoders of these files. Nothing here runs them: put them through the content manager's logtest. */
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
  const check: Record<string, string>[] = []
  if (decoder.programName)
    check.push({ 'process.name': `regex_match(${JSON.stringify(fromByteText(decoder.programName.source))})` })
  if (decoder.prematch)
    check.push({ message: `regex_match(${JSON.stringify(fromByteText(decoder.prematch.source))})` })
  for (const part of [decoder.programName, decoder.prematch])
    if (part && part.type !== 'pcre2')
      say(
        'changed',
        `'${fromByteText(part.source)}' is ${part.type}: Wazuh 5 reads it as a regular expression`,
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
  const pattern = decoder.regex ? logpar(fromByteText(decoder.regex.source), fields) : undefined
  if (decoder.regex && pattern === undefined)
    say(
      'cannot-carry',
      `the regex '${fromByteText(decoder.regex.source)}' has no counterpart in the parser of Wazuh 5: write the pattern by hand`,
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
      ...(check.length > 0 ? { check } : {}),
      ...(pattern === undefined ? {} : { 'parse|message': [pattern] }),
    },
    { lineWidth: 0 },
  )
  return { name, output, problems }
}

function fieldOf(field: string, say: (code: string, message: string) => void): string {
  const found = migratedField(field) ?? migratedDynamic(field)
  if (found !== undefined) return found
  say('changed', `the field '${field}' has no place in WCS: it is kept as a temporary one`)
  return `_${field.replaceAll(/[^A-Za-z0-9_.]/g, '_')}`
}

/** A simple OS_Regex as the parser of Wazuh 5 writes it: text as it is, groups as `<field>`. */
function logpar(source: string, fields: readonly string[]): string | undefined {
  if (source.includes('|')) return undefined
  let group = 0
  let out = source.startsWith('^') ? '' : '<~>'
  const rest = source.replace(/^\^/, '').replace(/\$$/, '')
  for (const [part] of rest.matchAll(/\(\\[Swd.]\+\)|\\s|\\\.\+|\\[\\().$|<]|[^\\()*+]|[\s\S]/g)) {
    if (part.startsWith('(')) {
      const field = fields[group++]
      if (field === undefined) return undefined
      out += `<${field}>`
    } else if (part === '\\s') out += ' '
    else if (part === '\\.+') out += '<~>'
    else if (/^\\[\\().$|<]$/.test(part)) out += part.slice(1).replace('<', '\\<')
    else if (part.length === 1 && !'\\()*+'.includes(part)) out += part.replace('<', '\\<')
    else return undefined
  }
  return group === fields.length ? `${out}<~>` : undefined
}
