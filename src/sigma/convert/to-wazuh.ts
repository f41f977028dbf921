import { type Problem, problem } from '../../lib/problem.ts'
import { detectionTree } from '../detection-tree.ts'
import { windowsCategories } from '../log-source.ts'
import type { SigmaRule } from '../sigma-rule.ts'
import type { Conversion } from './conversion.ts'
import { type AnyOfField, type Disjunct, disjuncts } from './disjuncts.ts'
import { wazuhField, wazuhGroup } from './field-names.ts'
import { type LeafMeaning, leafMeaning } from './leaf-meaning.ts'
import { describeLogSource } from './source-node.ts'
import { pcre2, toRegex } from './to-regex.ts'

/** Wazuh's level for each of Sigma's. */
export const wazuhLevels: Readonly<Record<string, number>> = {
  informational: 3,
  low: 5,
  medium: 8,
  high: 12,
  critical: 15,
}

/**
 * A Sigma rule as Wazuh 4.x rules. Each alternative becomes a rule. What Sigma excludes becomes a child rule of level
 * 0: with `negate="yes"` an event that lacks the field would not match, as it does in Sigma. Rule ids count up from
 * `firstId` (custom rules have 100000 to 120000). With `countedAs`, the rules are counted by another under these groups and
 * alert nobody themselves.
 */
export function toWazuh(rule: SigmaRule, firstId = 100_100, countedAs?: string): Conversion {
  const { tree, problems } = detectionTree(rule)
  const writer: Writer = { rule, problems: [...problems], rules: [], nextId: firstId, countedAs }
  const parent = parentOf(rule, writer)
  const alternatives = disjuncts(tree)
  if (alternatives === undefined) {
    writer.problems.push(
      problem('cannot-express', 'the condition has more than 200 alternatives; split the rule'),
    )
    return { output: undefined, problems: writer.problems }
  }
  const level = wazuhLevels[rule.level] ?? 8
  for (const alternative of alternatives) writeRule(alternative, parent, level, writer)
  const failed = writer.problems.some(entry => entry.code !== 'narrowed')
  if (failed) return { output: undefined, problems: writer.problems }
  // XML allows no `--` inside a comment.
  const origin = `${rule.id}: ${rule.title}`.replaceAll('--', '- -')
  return {
    output: `<!-- From the Sigma rule ${origin} -->\n<group name="sigma,">\n${writer.rules.join('\n')}</group>\n`,
    problems: writer.problems,
  }
}

interface Writer {
  readonly rule: SigmaRule
  readonly problems: Problem[]
  readonly rules: string[]
  nextId: number
  readonly countedAs: string | undefined
}

function parentOf(rule: SigmaRule, writer: Writer): string {
  const { logSource } = rule
  const origins =
    logSource.product === 'windows' && logSource.category !== undefined
      ? windowsCategories[logSource.category]
      : undefined
  const sysmonIds = origins?.find(origin => origin.channels.some(name => name.includes('sysmon')))?.eventIds
  const [sysmonId] = sysmonIds ?? []
  if (
    origins !== undefined &&
    sysmonId !== undefined &&
    (origins.length > 1 || (sysmonIds ?? []).length > 1)
  ) {
    writer.problems.push(
      problem(
        'narrowed',
        `the rule hangs under Sysmon event ${sysmonId}; other sources of ${logSource.category} are not covered`,
      ),
    )
  }
  const group = wazuhGroup(logSource, sysmonId)
  if (group === undefined) {
    writer.problems.push(
      problem(
        'cannot-express',
        `no stock group of Wazuh holds events of ${describeLogSource(logSource)}: name the parent rule by hand`,
      ),
    )
  }
  return `<if_group>${xml(group ?? '')}</if_group>`
}

function writeRule(alternative: Disjunct, parent: string, level: number, writer: Writer): void {
  const id = writer.nextId++
  const conditions = alternative.fields.map(field => `    ${condition(field, writer)}\n`).join('')
  const mitre =
    level === 0
      ? []
      : writer.rule.tags.flatMap(tag => /^attack\.(t\d{4}(?:\.\d{3})?)$/i.exec(tag)?.[1]?.toUpperCase() ?? [])
  const lines = [
    `  <rule id="${id}" level="${level}">`,
    `    ${parent}`,
    conditions.trimEnd(),
    `    <description>${xml(`${level === 0 ? 'Not ' : ''}Sigma: ${writer.rule.title}`)}</description>`,
    ...(mitre.length > 0
      ? ['    <mitre>', ...mitre.map(technique => `      <id>${technique}</id>`), '    </mitre>']
      : []),
    ...(writer.countedAs !== undefined && level > 0
      ? [`    <group>${xml(writer.countedAs)}</group>`, '    <options>no_log</options>']
      : []),
    '  </rule>',
  ].filter(line => line !== '')
  writer.rules.push(`${lines.join('\n')}\n`)
  for (const negated of alternative.negated) {
    const exceptions = disjuncts(negated)
    if (exceptions === undefined)
      writer.problems.push(problem('cannot-express', 'an exclusion has more than 200 alternatives; split it'))
    // An exclusion inside an exclusion is a grandchild that alerts again.
    const childLevel = level === 0 ? (wazuhLevels[writer.rule.level] ?? 8) : 0
    for (const exception of exceptions ?? [])
      writeRule(exception, `<if_sid>${id}</if_sid>`, childLevel, writer)
  }
}

function condition(any: AnyOfField, writer: Writer): string {
  const refuse = (message: string): string => {
    writer.problems.push(
      problem(
        'cannot-express',
        `${any.field ?? 'keyword'}: ${message}`,
        `/detection/${any.leaves[0]?.search ?? ''}`,
      ),
    )
    return ''
  }
  const name = any.field === undefined ? undefined : wazuhField(any.field, writer.rule.logSource)
  if (any.field !== undefined && name === undefined)
    return refuse(`Wazuh decodes no field for it from ${describeLogSource(writer.rule.logSource)}`)
  const patterns = any.leaves.map(leaf => patternOf(leafMeaning(leaf), refuse))
  const [only] = patterns
  const pattern =
    only !== undefined && patterns.length === 1
      ? unwrapped(only)
      : patterns.map(entry => (entry.startsWith('(?i)(') ? `(?i:${entry.slice(7)}` : entry)).join('|')
  return name === undefined
    ? `<regex type="pcre2">${xml(pattern)}</regex>`
    : `<field name="${xml(name)}" type="pcre2">${xml(pattern)}</field>`
}

function patternOf(meaning: LeafMeaning, refuse: (message: string) => string): string {
  switch (meaning.kind) {
    case 'text':
      return `${meaning.cased ? '' : '(?i)'}(?:${meaning.alternatives.map(parts => toRegex(parts, pcre2, meaning)).join('|')})`
    case 'regex':
      return `${meaning.ignoreCase ? '(?i)' : ''}(?:${meaning.source})`
    case 'exists':
      return meaning.wanted
        ? '.'
        : refuse(
            'a rule of Wazuh cannot ask for a field that is absent: exclude the event where it is present',
          )
    case 'compare':
      return refuse('Wazuh compares text, not numbers')
    case 'network':
      return refuse('only srcip and dstip take a network in Wazuh')
    case 'unsupported':
      return refuse(meaning.message)
  }
}

/** One pattern alone needs no group around it. */
function unwrapped(pattern: string): string {
  const match = /^(\(\?i\))?\(\?:([^|()]*)\)$/.exec(pattern)
  return match === null ? pattern : `${match[1] ?? ''}${match[2]}`
}

export function xml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}
