import type { MitreReference, RuleReference } from '../domain/alert.ts'
import { type Fields, fieldsOf, findingFieldAt, numberOf, textOf, textsOf } from './field.ts'

/** Wazuh 5 says words where Wazuh 4 says numbers. */
const wordLevels: Readonly<Record<string, number>> = {
  informational: 3,
  low: 5,
  medium: 8,
  high: 12,
  critical: 15,
}

/** The `rule` member of a Wazuh 4 alert. A rule without a description gets its id as one. */
export function readRule(rule: Fields): RuleReference {
  const id = textOf(rule.id) ?? ''
  const frequency = numberOf(rule.frequency)
  const firedTimes = numberOf(rule.firedtimes)
  return {
    id,
    level: levelOf(rule.level),
    description: textOf(rule.description) ?? `Rule ${id}`,
    groups: groupsOf(rule.groups),
    mitre: readMitre(fieldsOf(rule.mitre)),
    ...(frequency === undefined ? {} : { frequency }),
    ...(firedTimes === undefined ? {} : { firedTimes }),
  }
}

/** The rule of a Wazuh 5 finding (`wazuh.rule.*`). */
export function readFindingRule(document: Fields): RuleReference {
  const at = (name: string) => findingFieldAt(document, ['wazuh', 'rule', name])
  const id = textOf(at('id')) ?? ''
  return {
    id,
    level: levelOf(at('level')),
    description: textOf(at('title')) ?? textOf(at('description')) ?? `Rule ${id}`,
    groups: [...textsOf(at('tags')), ...textsOf(findingFieldAt(document, ['event', 'category']))],
    mitre: readFindingMitre(document),
  }
}

function levelOf(value: unknown): number {
  const word = typeof value === 'string' ? wordLevels[value.toLowerCase()] : undefined
  const level = word ?? numberOf(value) ?? 0
  return Math.min(16, Math.max(0, Math.trunc(level)))
}

/** Some custom rules carry line breaks and empty names in their group list. */
function groupsOf(value: unknown): string[] {
  return textsOf(value).flatMap(text => text.trim() || [])
}

function readMitre(mitre: Fields): MitreReference {
  return { ids: textsOf(mitre.id), tactics: textsOf(mitre.tactic), techniques: textsOf(mitre.technique) }
}

function readFindingMitre(document: Fields): MitreReference {
  const own = fieldsOf(findingFieldAt(document, ['wazuh', 'rule', 'mitre']))
  const threat = fieldsOf(document.threat)
  return {
    ids: [...textsOf(own.id), ...textsOf(findingFieldAt(threat, ['technique', 'id']))],
    tactics: [...textsOf(own.tactic), ...textsOf(findingFieldAt(threat, ['tactic', 'name']))],
    techniques: [...textsOf(own.technique), ...textsOf(findingFieldAt(threat, ['technique', 'name']))],
  }
}
