import { type Problem, problem } from '../../lib/problem.ts'
import { type DetectionNode, detectionTree, type FieldNode } from '../detection-tree.ts'
import type { LogSource, SigmaRule } from '../sigma-rule.ts'
import { literalOf } from '../sigma-string.ts'
import { combinations } from './combinations.ts'
import type { Conversion } from './conversion.ts'
import { wazuhField } from './field-names.ts'
import { leafMeaning } from './leaf-meaning.ts'
import { describeLogSource, sourceNode } from './source-node.ts'
import { lucene, toRegex } from './to-regex.ts'

/** A Sigma rule as a Lucene query string over `wazuh-alerts-4.x-*`, as the dashboard's search bar takes it. */
export function toLucene(rule: SigmaRule): Conversion {
  const { tree, problems } = detectionTree(rule)
  const writer = { source: rule.logSource, problems: [...problems] }
  const query = write({ kind: 'and', of: [...sourceNode(rule.logSource), tree] }, writer)
  if (writer.problems.length > 0) return { output: undefined, problems: writer.problems }
  return { output: `${query}\n`, problems: [] }
}

interface Writer {
  readonly source: LogSource
  readonly problems: Problem[]
}

const combinationLimit = 64

function write(node: DetectionNode, writer: Writer): string {
  switch (node.kind) {
    case 'and':
    case 'or': {
      const parts = node.of.map(part => write(part, writer))
      const [only] = parts
      return only !== undefined && parts.length === 1
        ? only
        : `(${parts.join(node.kind === 'and' ? ' AND ' : ' OR ')})`
    }
    case 'not':
      return `(*:* AND NOT ${write(node.of, writer)})` // Lucene finds nothing by a negation alone.
    case 'some': {
      const sets = combinations(node.of, node.count)
      if (sets.length > combinationLimit) {
        writer.problems.push(
          problem(
            'cannot-express',
            `'${node.count} of' ${node.of.length} searches needs ${sets.length} combinations; Lucene takes at most ${combinationLimit} here`,
          ),
        )
      }
      return write(
        { kind: 'or', of: sets.slice(0, combinationLimit).map(of => ({ kind: 'and', of })) },
        writer,
      )
    }
    case 'field':
      return writeLeaf(node, writer)
  }
}

function writeLeaf(node: FieldNode, writer: Writer): string {
  const refuse = (message: string): string => {
    writer.problems.push(
      problem('cannot-express', `${node.field ?? 'keyword'}: ${message}`, `/detection/${node.search}`),
    )
    return ''
  }
  const meaning = leafMeaning(node)
  const name = node.field === undefined ? undefined : wazuhField(node.field, writer.source)
  if (node.field !== undefined && name === undefined)
    return refuse(`Wazuh decodes no field for it from ${describeLogSource(writer.source)}`)
  const field = name === undefined ? 'full_log' : `data.${name}`
  switch (meaning.kind) {
    case 'unsupported':
      return refuse(meaning.message)
    case 'exists':
      return meaning.wanted ? `_exists_:${field}` : `(*:* AND NOT _exists_:${field})`
    case 'compare':
    case 'network':
      return refuse('Wazuh indexes it as text, which has neither number nor network comparison')
    case 'regex':
      if (meaning.ignoreCase || meaning.source.startsWith('(?i)'))
        return refuse('Lucene has no switch for ignoring case in a regular expression')
      return `${field}:/.*(${meaning.source.replaceAll('/', '\\/')}).*/`
    case 'text': {
      const queries = meaning.alternatives.map(parts => {
        if (name !== undefined) return `${field}:/${toRegex(parts, lucene, meaning)}/`
        const text = literalOf(parts.filter(part => part.kind !== 'any'))
        return text === undefined
          ? refuse('a keyword with a wildcard inside has no full-text query')
          : `full_log:"${text.replace(/["\\]/g, '\\$&')}"`
      })
      return queries.length === 1 ? (queries[0] ?? '') : `(${queries.join(' OR ')})`
    }
  }
}
