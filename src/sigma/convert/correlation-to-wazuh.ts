import { type Problem, problem } from '../../lib/problem.ts'
import type { SigmaCorrelation, SigmaDocument } from '../sigma-rule.ts'
import type { Conversion } from './conversion.ts'
import { agreedField, correlatedRules } from './correlated-rules.ts'
import { wazuhField } from './field-names.ts'
import { toWazuh, wazuhLevels, xml } from './to-wazuh.ts'

/** What `same_` and `different_` call the fields that Wazuh keeps outside of the decoders' own. */
const fixedFields = new Set([
  'srcip',
  'dstip',
  'srcport',
  'dstport',
  'protocol',
  'action',
  'id',
  'url',
  'data',
  'status',
])

/**
 * A Sigma correlation as Wazuh 4.x rules. The rules that it counts are written with a group of their own and without an
 * alert (`no_log`; level 0 would not be counted), and above them a rule with `frequency` and `timeframe`. It counts over
 * all agents (`global_frequency`), as Sigma does. Wazuh counts anew after each alert, Sigma goes on.
 */
export function correlationToWazuh(
  correlation: SigmaCorrelation,
  documents: readonly SigmaDocument[],
  firstId = 100_100,
): Conversion {
  const { type, timespanSeconds, groupBy } = correlation
  const { rules, atLeast, problems: trouble } = correlatedRules(correlation, documents)
  const problems: Problem[] = [...trouble]
  const refuse = (message: string) => {
    problems.push(problem('cannot-express', message))
    return { output: undefined, problems }
  }
  if (trouble.length > 0) return { output: undefined, problems }
  if (atLeast === undefined)
    return refuse(
      'a frequency is a lower bound (gte, gt): a rule of Wazuh cannot fire on what does not happen',
    )
  if (timespanSeconds < 1 || timespanSeconds > 99_999)
    return refuse(`a timeframe is 1 to 99999 seconds, not ${timespanSeconds}`)
  const shape = shapeOf(correlation, atLeast)
  if (typeof shape === 'string') return refuse(shape)

  const compare: string[] = []
  for (const field of groupBy) {
    const name = agreedField(field, correlation, rules, (own, rule) => wazuhField(own, rule.logSource))
    if (name === undefined)
      return refuse(`${field}: Wazuh has no field of one name for it in all of the rules' events`)
    compare.push(comparison('same', name))
  }
  if (type === 'value_count') {
    const { field = '' } = correlation
    const name = agreedField(field, correlation, rules, (own, rule) => wazuhField(own, rule.logSource))
    if (name === undefined)
      return refuse(`${field}: Wazuh has no field of one name for it in all of the rules' events`)
    compare.push(comparison('different', name))
  }

  const slug = `sigma_${correlation.id
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '')
    .slice(0, 12)}`
  const parts: string[] = []
  let nextId = firstId
  rules.forEach((rule, index) => {
    const { output, problems: own } = toWazuh(rule, nextId, `${slug}_${index + 1},${slug},`)
    problems.push(...own)
    nextId += output?.match(/<rule id=/g)?.length ?? 0
    if (output !== undefined) parts.push(output)
  })
  if (parts.length < rules.length) return { output: undefined, problems }
  const level = Math.max(
    wazuhLevels[correlation.level] ?? 8,
    ...rules.map(rule => wazuhLevels[rule.level] ?? 8),
  )
  const counting = shape.pairs.map(
    ([
      now,
      before,
    ]) => `  <rule id="${nextId++}" level="${level}" frequency="${shape.frequency}" timeframe="${timespanSeconds}">
    <if_matched_group>${slug}${before}</if_matched_group>
${now === undefined ? '' : `    <if_group>${slug}${now}</if_group>\n`}${compare.map(line => `    ${line}\n`).join('')}    <global_frequency />
    <description>${xml(`Sigma: ${correlation.title}`)}</description>
  </rule>
`,
  )
  problems.push(
    problem(
      'narrowed',
      'Wazuh counts anew after each alert; Sigma goes on for as long as the condition holds',
    ),
  )
  parts.push(`<group name="sigma,">\n${counting.join('\n')}</group>\n`)
  return { output: parts.join('\n'), problems }
}

interface Shape {
  readonly frequency: number
  /** The groups of the event at hand (all that are counted, where undefined) and of those before it. */
  readonly pairs: readonly (readonly [now: string | undefined, before: string])[]
}

/** How a frequency says it, or why it cannot. */
function shapeOf({ type, rules }: SigmaCorrelation, atLeast: number): Shape | string {
  switch (type) {
    case 'event_count':
      if (atLeast < 2 || atLeast > 9999) return `a frequency is 2 to 9999, not ${atLeast}`
      return { frequency: atLeast, pairs: [[undefined, '']] }
    case 'value_count':
      // `different_` compares the event at hand with each one before it, not those with each other.
      if (atLeast !== 2) return `Wazuh can tell two different values from one, not ${atLeast} from each other`
      return { frequency: 2, pairs: [[undefined, '']] }
    case 'temporal':
    case 'temporal_ordered':
      if (rules.length !== 2 || atLeast !== 2)
        return 'Wazuh looks back from one event to others of one kind: two rules, both of which must match'
      return {
        frequency: 2,
        pairs:
          type === 'temporal_ordered'
            ? [['_2', '_1']]
            : [
                ['_2', '_1'],
                ['_1', '_2'],
              ],
      }
    case 'value_sum':
    case 'value_avg':
    case 'value_median':
    case 'value_percentile':
      return `a rule of Wazuh counts events, it does not calculate (${type})`
  }
}

function comparison(how: 'same' | 'different', name: string): string {
  return fixedFields.has(name) ? `<${how}_${name} />` : `<${how}_field>${xml(name)}</${how}_field>`
}
