import type { EvidenceDraft } from '../domain/evidence.ts'
import { currentAmong, type KnownTechnique } from '../knowledge/attack-knowledge.ts'
import type { CaseContext } from './case-context.ts'

/** The current technique behind an id, of those that ship and those that were imported here. */
export function techniqueOf({ addedTechniques }: CaseContext, id: string): KnownTechnique | undefined {
  return currentAmong(addedTechniques ?? new Map(), id)
}

/**
 * Name and tactics of the ATT&CK techniques that the case's rules name, from pinned knowledge. Retired ids are told
 * by what replaced them; unknown ones are left out: a rule can name anything.
 */
export function technique(context: CaseContext): EvidenceDraft[] {
  return context.case.techniques.flatMap(id => {
    const found = techniqueOf(context, id)
    return found === undefined
      ? []
      : [techniqueDraft(id, found, found.id === id ? '' : `, which replaced ${id}`)]
  })
}

/** What ATT&CK says of a technique, as evidence; `more` ends the sentence. */
export function techniqueDraft(id: string, found: KnownTechnique, more: string): EvidenceDraft {
  const tactics =
    found.tactics.length === 0 ? '' : ` (${found.tactics.map(tactic => tactic.name).join(', ')})`
  return {
    kind: 'technique',
    source: `attack/${id}`,
    pointer: '',
    quote: `${found.id} ${found.title}${tactics}${more}`,
    trust: 'knowledge-base',
    label: `${found.of} technique ${id}`,
  }
}
