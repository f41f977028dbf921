import { stringify } from 'yaml'
import type { Json } from '../../lib/canonical-json.ts'
import { isRecord } from '../../lib/is-record.ts'
import { type Problem, problem } from '../../lib/problem.ts'
import type { SigmaRule } from '../sigma-rule.ts'
import type { Conversion } from './conversion.ts'
import { wcsField } from './field-names.ts'

/**
 * A Sigma rule over Sigma's field names as one over WCS, the Wazuh Common Schema of 5.x, which takes Sigma documents
 * (YAML as JSON) through the indexer's content manager.
 */
export function toWcs(rule: SigmaRule): Conversion {
  const problems: Problem[] = []
  const searches = Object.fromEntries(
    Object.entries(rule.searches).map(([name, definition]) => [name, rename(definition, name, problems)]),
  )
  if (problems.length > 0) return { output: undefined, problems }
  const document = {
    title: rule.title,
    id: rule.id,
    status: rule.status || 'experimental',
    description: rule.description,
    references: rule.references,
    author: rule.author,
    tags: rule.tags,
    logsource: rule.logSource,
    detection: {
      ...searches,
      condition: rule.conditions.length === 1 ? rule.conditions[0] : rule.conditions,
    },
    falsepositives: rule.falsePositives,
    level: rule.level || 'medium',
  }
  return { output: stringify(document, { lineWidth: 0 }), problems: [] }
}

function rename(definition: Json, search: string, problems: Problem[]): Json {
  if (Array.isArray(definition)) return definition.map(item => rename(item, search, problems))
  if (!isRecord(definition)) return definition
  return Object.fromEntries(
    Object.entries(definition).map(([key, value]) => {
      const [field = '', ...modifiers] = key.split('|')
      if (field === '') return [key, value]
      const name = wcsField(field)
      if (name === undefined) {
        problems.push(
          problem('cannot-express', `${field}: no WCS field is known for it`, `/detection/${search}`),
        )
        return [key, value]
      }
      return [[name, ...modifiers].join('|'), value]
    }),
  )
}
