import type { EvidenceDraft } from '../domain/evidence.ts'
import { attackVersion, currentTechnique, titleOf } from '../knowledge/attack-techniques.ts'
import type { CaseContext } from './case-context.ts'

/**
 * Name and tactics of the ATT&CK techniques that the case's rules name, from pinned knowledge. Retired ids are told
 * by what replaced them; unknown ones are left out: a rule can name anything.
 */
export function technique(context: CaseContext): EvidenceDraft[] {
  return context.case.techniques.flatMap(id => {
    const found = currentTechnique(id)
    if (found === undefined) return []
    const tactics =
      found.tactics.length === 0 ? '' : ` (${found.tactics.map(tactic => tactic.name).join(', ')})`
    const replaced = found.id === id ? '' : `, which replaced ${id}`
    return [
      {
        kind: 'technique',
        source: `attack/${id}`,
        pointer: '',
        quote: `${found.id} ${titleOf(found)}${tactics}${replaced}`,
        trust: 'knowledge-base' as const,
        label: `ATT&CK ${attackVersion.version} technique ${id}`,
      },
    ]
  })
}
