import { type AddedTechniques, currentAmong } from '../knowledge/attack-knowledge.ts'
import { wazuhLevels } from '../sigma/convert/to-wazuh.ts'
import { parseSigma } from '../sigma/sigma-rule.ts'
import { techniquesOfTags } from '../sigma/sigma-schema.ts'
import type { Rule } from '../wazuh-rules/rule.ts'
import { techniquesOf } from '../yara/lint-rules.ts'
import { outlineRules } from '../yara/rule-outline.ts'

/** A rule of any kind, as far as coverage looks at it. */
export interface CoveringRule {
  readonly source: 'wazuh' | 'sigma' | 'yara'
  readonly id: string
  /** 0 to 16 for Wazuh; rules that never alert cover nothing. */
  readonly level: number
  readonly techniques: readonly string[]
}

/** One technique: which rules look for it, and how often it was seen in reports. */
export interface TechniqueCoverage {
  readonly id: string
  readonly name: string
  /** Keys of columns of the matrix. */
  readonly tactics: readonly string[]
  readonly rules: readonly { readonly source: CoveringRule['source']; readonly id: string }[]
  /** How often intelligence named it. */
  readonly seen: number
  /** `covered`: a rule names it. `parent-only`: a rule names only the technique above it. `gap`: seen, and no rule. */
  readonly state: 'covered' | 'parent-only' | 'gap'
}

/** Alerts are written from this level on. */
const alertLevel = 3

/**
 * ATT&CK coverage of the deployed rules, set against what was seen. What a rule claims to look for is not what it finds:
 * coverage is a map of claims. Gaps come first, the most often seen before the others.
 */
export function techniqueCoverage(
  rules: readonly CoveringRule[],
  seen: ReadonlyMap<string, number>,
  added: AddedTechniques = new Map(),
): { readonly techniques: readonly TechniqueCoverage[]; readonly unknown: readonly string[] } {
  const byTechnique = new Map<string, TechniqueCoverage['rules'][number][]>()
  const unknown = new Set<string>()
  const technique = (id: string) => {
    const found = currentAmong(added, id)
    if (found === undefined) unknown.add(id)
    return found
  }
  for (const { source, id, level, techniques } of rules) {
    if (level < alertLevel) continue
    for (const name of techniques) {
      const known = technique(name)
      if (known) byTechnique.set(known.id, [...(byTechnique.get(known.id) ?? []), { source, id }])
    }
  }
  const counts = new Map<string, number>()
  for (const [id, count] of seen) {
    const known = technique(id)
    if (known) counts.set(known.id, (counts.get(known.id) ?? 0) + count)
  }
  const rows = [...new Set([...byTechnique.keys(), ...counts.keys()])].flatMap(id => {
    const known = technique(id)
    if (!known) return []
    const own = byTechnique.get(id) ?? []
    const above = known.parent !== undefined && byTechnique.has(known.parent)
    const state = own.length > 0 ? 'covered' : above ? 'parent-only' : 'gap'
    return [
      { id, name: known.name, tactics: known.columns, rules: own, seen: counts.get(id) ?? 0, state } as const,
    ]
  })
  const order = { gap: 0, 'parent-only': 1, covered: 2 }
  rows.sort((a, b) => order[a.state] - order[b.state] || b.seen - a.seen || (a.id < b.id ? -1 : 1))
  return { techniques: rows, unknown: [...unknown].sort() }
}

/** The rules of a loaded Wazuh ruleset. */
export function coveringWazuhRules(rules: readonly Rule[]): CoveringRule[] {
  return rules.map(({ id, body }) => ({
    source: 'wazuh',
    id: String(id),
    level: body.level,
    techniques: body.mitre,
  }))
}

/** The rules of a Sigma file. */
export function coveringSigmaRules(text: string): CoveringRule[] {
  return parseSigma(text).flatMap(({ content }) =>
    content?.kind === 'rule'
      ? [
          {
            source: 'sigma',
            id: content.title,
            level: wazuhLevels[content.level] ?? alertLevel,
            techniques: techniquesOfTags(content.tags),
          },
        ]
      : [],
  )
}

/** The rules of a YARA file. A match always comes back as an alert. */
export function coveringYaraRules(text: string): CoveringRule[] {
  return outlineRules(text).rules.map(rule => ({
    source: 'yara',
    id: rule.name,
    level: alertLevel,
    techniques: techniquesOf(rule),
  }))
}
