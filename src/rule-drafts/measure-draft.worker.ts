import { standingAmong } from '../knowledge/attack-knowledge.ts'
import { answerParent } from '../lib/answer-parent.ts'
import { loadRuleset } from '../wazuh-rules/ruleset.ts'
import { guardDraft } from './draft-guard.ts'
import { measureDecoders } from './measure-decoders.ts'
import type { Measured, MeasureQuestion } from './measure-draft.ts'
import { measureList } from './measure-list.ts'
import { pastEventsOf } from './past-event.ts'
import { proveDraft } from './prove-draft.ts'

answerParent(measure)

function measure(question: MeasureQuestion): Measured {
  const knows = (id: string) => standingAmong(question.added ?? new Map(), id)
  if (question.kind === 'decoders') return measureDecoders(question, knows)
  if (question.kind === 'lists') return measureList(question)
  const { text, fileName, origin, cases, base, takenIds, past, budgetMs } = question
  const endsAt = performance.now() + budgetMs
  const guarded = guardDraft(text, {
    origin,
    fileName,
    base,
    knows,
    takenIds: new Set(takenIds),
  })
  if (guarded.kind === 'refused') return guarded
  const { decoders } = loadRuleset(base).ruleset
  const events = pastEventsOf(past, decoders)
  const proof = proveDraft({ ...guarded, fileName }, base, cases, events, () => performance.now() > endsAt)
  return { ...guarded, kind: 'proven', proof }
}
