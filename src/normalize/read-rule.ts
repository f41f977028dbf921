import type { MitreReference, RuleReference } from '../domain/alert.ts'
import { type Fields, fieldsOf, findingFieldAt, numberOf, textOf, textsOf } from './field.ts'

/** Wazuh 5 says words where Wazuh 4 says numbers. */
const wordLevels: ReadonlyMap<string, number> = new Map([
  ['informational', 3],
  ['low', 5],
  ['medium', 8],
  ['high', 12],
  ['critical', 15],
])

/** Of a finding whose level is missing or a word of another time: in the middle, so that it is neither hidden nor cried out. */
const levelWithoutWord = 8

/** The `rule` member of a Wazuh 4 alert. A rule without a description gets its id as one. */
export function readRule(rule: Fields): RuleReference {
  const id = textOf(rule.id) ?? ''
  const frequency = numberOf(rule.frequency)
  const firedTimes = numberOf(rule.firedtimes)
  return {
    id,
    level: levelOf(rule.level) ?? 0,
    description: textOf(rule.description) ?? `Rule ${id}`,
    groups: groupsOf(rule.groups),
    mitre: readMitre(fieldsOf(rule.mitre)),
    ...(frequency === undefined ? {} : { frequency }),
    ...(firedTimes === undefined ? {} : { firedTimes }),
  }
}

/** The rule of a Wazuh 5 finding (`wazuh.rule.*`). `onUnknownLevel` hears that its level says nothing. */
export function readFindingRule(document: Fields, onUnknownLevel: () => void): RuleReference {
  const at = (name: string) => findingFieldAt(document, ['wazuh', 'rule', name])
  const id = textOf(at('id')) ?? ''
  const level = highestOf(textsOf(at('level')))
  if (level === undefined) onUnknownLevel()
  return {
    id,
    level: level ?? levelWithoutWord,
    description: textOf(at('title')) ?? textOf(at('description')) ?? `Rule ${id}`,
    groups: [...groupsOf(at('tags')), ...groupsOf(findingFieldAt(document, ['event', 'category']))],
    mitre: readFindingMitre(document),
  }
}

function highestOf(words: readonly string[]): number | undefined {
  let highest: number | undefined
  for (const word of words) {
    const level = levelOf(word)
    if (level !== undefined && level > (highest ?? -1)) highest = level
  }
  return highest
}

function levelOf(value: unknown): number | undefined {
  const word = typeof value === 'string' ? wordLevels.get(value.trim().toLowerCase()) : undefined
  const level = word ?? numberOf(value)
  return level === undefined ? undefined : Math.min(16, Math.max(0, Math.trunc(level)))
}

/** Some custom rules carry line breaks and empty names in their group list. */
function groupsOf(value: unknown): string[] {
  return textsOf(value).flatMap(text => text.trim() || [])
}

function readMitre(mitre: Fields): MitreReference {
  return { ids: textsOf(mitre.id), tactics: textsOf(mitre.tactic), techniques: textsOf(mitre.technique) }
}

function readFindingMitre(document: Fields): MitreReference {
  const at = (...path: string[]) => textsOf(findingFieldAt(document, path))
  const own = (name: string) => at('wazuh', 'rule', 'mitre', name)
  return {
    ids: [
      ...own('id'),
      ...at('threat', 'technique', 'id'),
      ...at('threat', 'technique', 'subtechnique', 'id'),
    ],
    tactics: [...own('tactic'), ...at('threat', 'tactic', 'name')],
    techniques: [...own('technique'), ...at('threat', 'technique', 'name')],
  }
}
