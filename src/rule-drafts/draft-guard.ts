import { placeholderShape } from '../redact/placeholder.ts'
import { toByteText } from '../wazuh-rules/byte-text.ts'
import { checkDrafts } from '../wazuh-rules/check-drafts.ts'
import type { Finding, TechniqueKnowledge } from '../wazuh-rules/finding.ts'
import type { RulesetFiles } from '../wazuh-rules/ruleset.ts'
import { parseWazuhXml, placeText, type XmlElement } from '../wazuh-rules/xml.ts'
import { writeRules } from './write-rules.ts'

/** Who wrote a draft. A person may hide alerts with a rule, and so may an exception that code has measured; a model may not. */
export type DraftOrigin = 'model' | 'person' | 'exception'

/** A draft as it may be shown, tested and, once people agree, deployed. `text` is written anew from what was understood. */
export type GuardedDraft =
  | {
      readonly kind: 'sound'
      readonly text: string
      readonly ruleIds: readonly number[]
      readonly findings: readonly Finding[]
    }
  /** `text` where the draft could be read: the findings' lines are of it. */
  | { readonly kind: 'refused'; readonly findings: readonly Finding[]; readonly text?: string }

export interface GuardContext {
  readonly origin: DraftOrigin
  /** The file that the draft will become. Chosen by us: nothing in a draft names a path. */
  readonly fileName: string
  readonly base: RulesetFiles
  readonly knows: TechniqueKnowledge
  /** Ids that other drafts hold. */
  readonly takenIds: ReadonlySet<number>
}

const longestDraft = 64 * 1024
const mostRules = 20
const customIds = { from: 100_000, to: 120_000 }

/**
 * Lets a draft through only as rules: no variables, no decoders, no comments, ids of ours, every pattern safe to run.
 * A model's draft may also not hide anything: no level 0, no `noalert`, no `overwrite`, no silencing options.
 */
export function guardDraft(draft: string, context: GuardContext): GuardedDraft {
  if (draft.length > longestDraft) return refused('too-large', `a draft has at most ${longestDraft} bytes`)
  const { elements, problems } = parseWazuhXml(toByteText(draft))
  if (problems.length > 0)
    return { kind: 'refused', findings: problems.map(entry => ({ ...entry, severity: 'error' })) }
  const rules = elements.flatMap(group => group.children)
  const unwanted = [
    ...elements.filter(({ name }) => name !== 'group'),
    ...rules.filter(({ name }) => name !== 'rule'),
  ]
  const [first] = unwanted
  if (first)
    return refused('not-a-rule', `<${first.name}> has no place in a draft: only <group> with <rule>`, first)
  if (rules.length === 0 || rules.length > mostRules)
    return refused('rule-count', `a draft has 1 to ${mostRules} rules; this one has ${rules.length}`)
  const hiding = context.origin === 'model' ? rules.flatMap(findHiding) : []
  if (hiding.length > 0) return { kind: 'refused', findings: hiding }
  if (draft.search(placeholderShape) >= 0)
    return refused(
      'placeholder',
      'the draft holds a placeholder: a rule must not depend on a name that was hidden from the model',
    )
  const numbered = giveIds(elements, context)
  if (!numbered)
    return refused('no-ids', `no free rule id is left between ${customIds.from} and ${customIds.to}`)
  const text = writeRules(numbered.elements)
  const found = checkDrafts(
    { decoders: [], rules: [{ name: context.fileName, text }], lists: [] },
    context.base,
    context.knows,
  ).get(context.fileName)
  const findings = found ?? []
  if (findings.some(({ severity }) => severity === 'error')) return { kind: 'refused', findings, text }
  return { kind: 'sound', text, ruleIds: numbered.ids, findings }
}

function refused(code: string, message: string, element?: XmlElement): GuardedDraft {
  const where = element ? { where: placeText(element.place) } : {}
  return { kind: 'refused', findings: [{ code, message, ...where, severity: 'error' }] }
}

const silencing = new Set(['no_log', 'no_ar', 'no_email_alert', 'no_full_log'])

/** What in a rule keeps alerts from people. */
function findHiding(rule: XmlElement): Finding[] {
  const value = (name: string) =>
    rule.attributes.find(attribute => attribute.name.toLowerCase() === name)?.value
  const reasons: string[] = []
  if (!/^(?:[1-9]|1[0-6])$/.test(value('level') ?? ''))
    reasons.push('its level must be 1 to 16: level 0 hides what it matches')
  for (const name of ['noalert', 'overwrite', 'ignore', 'accuracy', 'maxsize'])
    if (value(name) !== undefined) reasons.push(`the attribute ${name} is not for models`)
  for (const child of rule.children) {
    if (child.name.toLowerCase() === 'options' && silencing.has(child.text))
      reasons.push(`the option ${child.text} keeps something from people`)
    if (/^(?:ignore|check_if_ignored)$/i.test(child.name))
      reasons.push(`<${child.name}> keeps something from people`)
  }
  return reasons.map(message => ({
    code: 'hides-alerts',
    message,
    where: placeText(rule.place),
    severity: 'error',
  }))
}

/** Gives each new rule a free id of ours, and follows it in references between the draft's own rules. */
function giveIds(
  elements: readonly XmlElement[],
  { base, takenIds, origin }: GuardContext,
): { readonly elements: readonly XmlElement[]; readonly ids: readonly number[] } | undefined {
  const used = new Set(takenIds)
  for (const file of base.rules)
    for (const [, id] of file.text.matchAll(/<rule[^>]*\bid\s*=\s*["'](\d+)/g)) used.add(Number(id))
  const ids = new Map<string, string>()
  const given: number[] = []
  for (const rule of elements.flatMap(group => group.children)) {
    const own = rule.attributes.find(({ name }) => name === 'id')?.value ?? ''
    const overwrites = rule.attributes.some(({ name, value }) => name === 'overwrite' && value === 'yes')
    let id = Number(own)
    const keeps =
      origin !== 'model' && (overwrites || (id >= customIds.from && id <= customIds.to && !used.has(id)))
    if (!keeps) {
      id = customIds.from
      while (used.has(id)) id++
      if (id > customIds.to) return undefined
    }
    used.add(id)
    given.push(id)
    ids.set(own, String(id))
  }
  const follow = (text: string) => text.replaceAll(/\d+/g, id => ids.get(id) ?? id)
  let next = 0
  const renumbered = elements.map(group => ({
    ...group,
    children: group.children.map(rule => ({
      ...rule,
      attributes: rule.attributes.map(attribute =>
        attribute.name === 'id' ? { name: 'id', value: String(given[next++]) } : attribute,
      ),
      children: rule.children.map(child =>
        /^if_(?:matched_)?sid$/.test(child.name) ? { ...child, text: follow(child.text) } : child,
      ),
    })),
  }))
  return { elements: renumbered, ids: given }
}
