import type { MitreReference, RuleReference } from '../domain/alert.ts'
import { textOfNamelessRule } from '../domain/rule-text.ts'
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
  const frequency = numberOf(rule.frequency)
  const firedTimes = numberOf(rule.firedtimes)
  const { id, level, description, groups, mitre } = rulePartOf(rule)
  return {
    id,
    level,
    description,
    groups,
    mitre,
    ...(frequency === undefined ? {} : { frequency }),
    ...(firedTimes === undefined ? {} : { firedTimes }),
  }
}

type RulePart = Pick<RuleReference, 'id' | 'level' | 'description' | 'groups' | 'mitre'>

/** As the last alert of each rule said it. */
const kept = new Map<string, RulePart>()
const keptRules = 2000
/** Longer ones are not Wazuh's, and would fill the memory. */
const longestKept = { text: 1000, list: 50 }

/** What every alert of a rule says of it: given as the same objects as long as it is the same, since alerts wait in memory. */
function rulePartOf(rule: Fields): RulePart {
  const id = textOf(rule.id) ?? ''
  const level = levelOf(rule.level) ?? 0
  const description = textOf(rule.description) ?? textOfNamelessRule(id)
  const mitre = fieldsOf(rule.mitre)
  const known = kept.get(id)
  if (
    known?.level === level &&
    known.description === description &&
    isListOf(rule.groups, known.groups) &&
    isListOf(mitre.id, known.mitre.ids) &&
    isListOf(mitre.tactic, known.mitre.tactics) &&
    isListOf(mitre.technique, known.mitre.techniques)
  )
    return known
  const part = { id, level, description, groups: groupsOf(rule.groups), mitre: readMitre(mitre) }
  if (isShort(part)) {
    if (kept.size >= keptRules) kept.clear()
    kept.set(id, part)
  }
  return part
}

function isShort({ id, description, groups, mitre }: RulePart): boolean {
  const lists = [groups, mitre.ids, mitre.tactics, mitre.techniques]
  const texts = [id, description, ...lists.flatMap(list => list.slice(0, longestKept.list))]
  return (
    lists.every(list => list.length <= longestKept.list) &&
    texts.every(text => text.length <= longestKept.text)
  )
}

function isListOf(value: unknown, texts: readonly string[]): boolean {
  if (value === undefined) return texts.length === 0
  return (
    Array.isArray(value) &&
    value.length === texts.length &&
    texts.every((text, index) => text === value[index])
  )
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
    description: textOf(at('title')) ?? textOf(at('description')) ?? textOfNamelessRule(id),
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
