import { type Problem, problem } from '../../lib/problem.ts'
import { type DetectionNode, detectionTree, type FieldNode } from '../detection-tree.ts'
import type { LogSource, SigmaRule } from '../sigma-rule.ts'
import { literalOf } from '../sigma-string.ts'
import type { Conversion } from './conversion.ts'
import { wazuhField } from './field-names.ts'
import { leafMeaning } from './leaf-meaning.ts'
import { describeLogSource, sourceNode } from './source-node.ts'
import { openSearchRegexp, toRegex } from './to-regex.ts'

type Query = { readonly [name: string]: unknown }

/** A Sigma rule as OpenSearch query DSL over `wazuh-alerts-4.x-*` (Query DSL of OpenSearch 2.x). */
export function toOpenSearch(rule: SigmaRule): Conversion {
  const { query, problems } = openSearchQuery(rule)
  if (problems.length > 0) return { output: undefined, problems }
  return { output: `${JSON.stringify({ query }, null, 2)}\n`, problems: [] }
}

/** The query alone, for searches that hold it. Only without problems does it say what the rule says. */
export function openSearchQuery(rule: SigmaRule): {
  readonly query: Query
  readonly problems: readonly Problem[]
} {
  const { tree, problems } = detectionTree(rule)
  const writer = { source: rule.logSource, problems: [...problems] }
  const query = write({ kind: 'and', of: [...sourceNode(rule.logSource), tree] }, writer)
  return { query, problems: writer.problems }
}

interface Writer {
  readonly source: LogSource
  readonly problems: Problem[]
}

function write(node: DetectionNode, writer: Writer): Query {
  switch (node.kind) {
    case 'and':
    case 'or': {
      const queries = node.of.map(part => write(part, writer))
      return node.kind === 'or' ? anyOf(queries) : { bool: { filter: queries } }
    }
    case 'some':
      return { bool: { should: node.of.map(part => write(part, writer)), minimum_should_match: node.count } }
    case 'not':
      return { bool: { must_not: [write(node.of, writer)] } }
    case 'field':
      return writeLeaf(node, writer)
  }
}

function anyOf(queries: readonly Query[]): Query {
  const [only] = queries
  return only !== undefined && queries.length === 1
    ? only
    : { bool: { should: queries, minimum_should_match: 1 } }
}

function writeLeaf(node: FieldNode, writer: Writer): Query {
  const refuse = (message: string): Query => {
    writer.problems.push(
      problem('cannot-express', `${node.field ?? 'keyword'}: ${message}`, `/detection/${node.search}`),
    )
    return { match_none: {} }
  }
  const meaning = leafMeaning(node)
  const name = node.field === undefined ? 'full_log' : wazuhField(node.field, writer.source)
  if (name === undefined)
    return refuse(`Wazuh decodes no field for it from ${describeLogSource(writer.source)}`)
  const field = node.field === undefined ? name : `data.${name}`
  switch (meaning.kind) {
    case 'unsupported':
      return refuse(meaning.message)
    case 'exists':
      return meaning.wanted ? { exists: { field } } : { bool: { must_not: [{ exists: { field } }] } }
    case 'compare':
      return refuse('Wazuh indexes it as text, which OpenSearch does not compare as a number')
    case 'network':
      return refuse('Wazuh indexes it as text, which has no network match: list the addresses')
    case 'regex':
      return {
        regexp: { [field]: { value: `.*(${meaning.source}).*`, case_insensitive: meaning.ignoreCase } },
      }
    case 'text': {
      const queries = meaning.alternatives.map((parts): Query => {
        if (node.field === undefined) {
          const text = literalOf(parts.filter(part => part.kind !== 'any'))
          return text === undefined
            ? refuse('a keyword with a wildcard inside has no full-text query')
            : { match_phrase: { full_log: text } }
        }
        const text = literalOf(parts)
        if (text !== undefined && !text.includes('\\') && !meaning.dashes)
          return { term: { [field]: { value: text, case_insensitive: !meaning.cased } } }
        return {
          regexp: {
            [field]: { value: toRegex(parts, openSearchRegexp, meaning), case_insensitive: !meaning.cased },
          },
        }
      })
      return anyOf(queries)
    }
  }
}
