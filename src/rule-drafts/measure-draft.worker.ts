import { lookUpTechnique } from '../knowledge/attack-techniques.ts'
import { answerParent } from '../lib/answer-parent.ts'
import { loadRuleset } from '../wazuh-rules/ruleset.ts'
import { guardDraft } from './draft-guard.ts'
import type { Measured, MeasureQuestion } from './measure-draft.ts'
import { pastEventsOf } from './past-event.ts'
import { proveDraft } from './prove-draft.ts'

answerParent(measure)

function measure({
  text,
  fileName,
  origin,
  cases,
  base,
  takenIds,
  past,
  budgetMs,
}: MeasureQuestion): Measured {
  const endsAt = performance.now() + budgetMs
  const guarded = guardDraft(text, {
    origin,
    fileName,
    base,
    knows: id => lookUpTechnique(id).kind,
    takenIds: new Set(takenIds),
  })
  if (guarded.kind === 'refused') return guarded
  const { decoders } = loadRuleset(base).ruleset
  const events = pastEventsOf(past, decoders)
  const proof = proveDraft({ ...guarded, fileName }, base, cases, events, () => performance.now() > endsAt)
  return { ...guarded, kind: 'proven', proof }
}
