import { LineCounter, parseAllDocuments } from 'yaml'
import type { Json } from '../lib/canonical-json.ts'
import { isRecord } from '../lib/is-record.ts'
import { type Problem, problem } from '../lib/problem.ts'
import { windowsCategories, windowsServices } from './log-source.ts'
import { placeOf, plainValue } from './sigma-rule.ts'

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i
const date = /^\d{4}[-/](?:0[1-9]|1[0-2])[-/](?:0[1-9]|[12]\d|3[01])$/
const tag = /^[a-z0-9_-]+\.[a-z0-9._-]+$/
const levels = ['informational', 'low', 'medium', 'high', 'critical']
const statuses = ['stable', 'test', 'experimental', 'deprecated', 'unsupported']
const relations = ['derived', 'obsolete', 'merged', 'renamed', 'similar']

interface Rule {
  readonly required?: boolean
  /** What is wrong with the value; nothing where it is as the schema wants it. */
  readonly fault: (value: Json) => string | undefined
}

const text =
  (longest = 65_536) =>
  (value: Json) =>
    typeof value !== 'string'
      ? 'is text'
      : value.length > longest
        ? `has at most ${longest} characters`
        : undefined
const oneOf = (names: readonly string[]) => (value: Json) =>
  typeof value === 'string' && names.includes(value) ? undefined : `is one of ${names.join(', ')}`
const shaped = (pattern: RegExp, example: string) => (value: Json) =>
  pattern.test(String(value)) ? undefined : `looks like ${example}`
const listOf = (fault: (value: Json) => string | undefined) => (value: Json) => {
  if (!Array.isArray(value)) return 'is a list'
  if (new Set(value.map(item => JSON.stringify(item))).size < value.length) return 'names something twice'
  const faults = value.map(fault)
  const at = faults.findIndex(found => found !== undefined)
  return at < 0 ? undefined : `${JSON.stringify(value[at])}: each entry ${faults[at]}`
}

const heading: Readonly<Record<string, Rule>> = {
  title: { required: true, fault: text(256) },
  id: { fault: shaped(uuid, 'a UUID') },
  name: { fault: text(256) },
  description: { fault: text() },
  license: { fault: text() },
  author: { fault: text() },
  references: { fault: listOf(text()) },
  date: { fault: shaped(date, '2026-01-31') },
  modified: { fault: shaped(date, '2026-01-31') },
  status: { fault: oneOf(statuses) },
  level: { fault: oneOf(levels) },
  tags: { fault: listOf(shaped(tag, 'attack.t1059.001, in small letters')) },
  falsepositives: { fault: listOf(text()) },
  fields: { fault: listOf(text()) },
  scope: { fault: listOf(text()) },
  related: {
    fault: listOf(value =>
      isRecord(value) && uuid.test(String(value.id)) && relations.includes(String(value.type))
        ? undefined
        : `has the id of a rule and a type, one of ${relations.join(', ')}`,
    ),
  },
}

/**
 * Holds a Sigma file to the official schema (Sigma specification 2.1, `json-schema/`) and its taxonomy: what a rule of
 * the public repository would be refused for. What the engine itself cannot read is said by `parseSigma`.
 */
export function schemaProblems(source: string): Problem[] {
  const lines = new LineCounter()
  const documents = parseAllDocuments(source, { lineCounter: lines, uniqueKeys: true, merge: true })
  if (!Array.isArray(documents)) return []
  return documents.flatMap(document => {
    if (document.errors.length > 0) return []
    const plain = plainValue(document)
    if (!isRecord(plain) || plain.action !== undefined) return []
    const say = (key: string, message: string) => problem('schema', message, placeOf(document, key, lines))
    return [...headingProblems(plain, say), ...bodyProblems(plain, say)]
  })
}

type Say = (key: string, message: string) => Problem

function headingProblems(plain: { readonly [key: string]: Json }, say: Say): Problem[] {
  return Object.entries(heading).flatMap(([key, { required, fault }]) => {
    const value = plain[key]
    if (value === undefined) return required ? [say(key, `\`${key}\` is missing`)] : []
    const found = fault(value)
    return found === undefined ? [] : [say(key, `\`${key}\` ${found}`)]
  })
}

const products = [
  'windows',
  'linux',
  'macos',
  'aws',
  'azure',
  'gcp',
  'm365',
  'okta',
  'github',
  'cisco',
  'zeek',
]

function bodyProblems(plain: { readonly [key: string]: Json }, say: Say): Problem[] {
  const found: Problem[] = []
  const { logsource, detection, correlation } = plain
  if (correlation !== undefined) return found
  if (isRecord(logsource)) {
    const { product, category, service } = logsource
    if (product === undefined && category === undefined && service === undefined)
      found.push(say('logsource', '`logsource` names at least one of product, category and service'))
    const unknown = Object.keys(logsource).filter(
      key => !['product', 'category', 'service', 'definition'].includes(key),
    )
    if (unknown.length > 0)
      found.push(say('logsource', `\`logsource.${unknown[0]}\` is not of Sigma's taxonomy`))
    for (const value of [product, category, service])
      if (typeof value === 'string' && value !== value.toLowerCase())
        found.push(say('logsource', `'${value}' is written in small letters`))
    if (product === 'windows' && typeof category === 'string' && !Object.hasOwn(windowsCategories, category))
      found.push(
        say(
          'logsource',
          `the category '${category}' is not one of Sigma's taxonomy for Windows: no event has it`,
        ),
      )
    if (product === 'windows' && typeof service === 'string' && !Object.hasOwn(windowsServices, service))
      found.push(say('logsource', `the service '${service}' is not one of Sigma's taxonomy for Windows`))
    if (typeof product === 'string' && !products.includes(product.toLowerCase()))
      found.push(
        say(
          'logsource',
          `the product '${product}' is not one of those in Sigma's taxonomy; it is taken as it is`,
        ),
      )
  }
  if (isRecord(detection)) {
    const searches = Object.keys(detection).filter(key => key !== 'condition' && key !== 'timeframe')
    if (searches.length === 0) found.push(say('detection', '`detection` has a condition and no search'))
    if (detection.timeframe !== undefined)
      found.push(say('detection', '`timeframe` is of old aggregations: write a correlation rule'))
    const conditions = [detection.condition].flat().map(String).join(' ')
    if (/\|\s*(?:count|min|max|avg|sum|near)\b/.test(conditions))
      found.push(say('detection', 'aggregations behind | are no longer of Sigma: write a correlation rule'))
    for (const name of searches)
      if (!isUsed(name, conditions))
        found.push(say('detection', `the search '${name}' is used by no condition`))
  }
  return found
}

function isUsed(name: string, conditions: string): boolean {
  const words = conditions.split(/[^\w*-]+/)
  return words.some((word, index) => {
    if (word === name || word === 'them') return word === name || !name.startsWith('_')
    const isPattern = word.includes('*') && words[index - 1] === 'of'
    return isPattern && new RegExp(`^${word.replaceAll('*', '.*')}$`).test(name)
  })
}

/** ATT&CK techniques that a rule names in its tags: `attack.t1059.001`. */
export function techniquesOfTags(tags: readonly string[]): string[] {
  return tags.flatMap(one => {
    const [, id] = /^attack\.(t\d{4}(?:\.\d{3})?)$/i.exec(one) ?? []
    return id === undefined ? [] : [id.toUpperCase()]
  })
}
