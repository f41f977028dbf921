import { type EvidenceDraft, type EvidenceItem, numberEvidence } from '../domain/evidence.ts'
import type { Answer, Answerer, ChatData, Found, Question } from './answer.ts'
import { actorQuestion } from './answerers/actors.ts'
import {
  alertById,
  countAlerts,
  explainRule,
  fieldValue,
  firstOrLast,
  listValues,
  mostSevere,
  topValues,
  whatHappened,
} from './answerers/alerts.ts'
import { definition } from './answerers/definitions.ts'
import { tacticQuestion, techniqueById, techniqueByWords } from './answerers/techniques.ts'

/** Every kind of question that code answers, the most special first. One function each, one place here. */
const answerers: readonly Answerer[] = [
  definition,
  techniqueById,
  tacticQuestion,
  techniqueByWords,
  alertById,
  countAlerts,
  mostSevere,
  topValues,
  firstOrLast,
  explainRule,
  fieldValue,
  actorQuestion,
  listValues,
  whatHappened,
]

const questionLimit = 2_000

/**
 * Answers a question from data and pinned knowledge alone, without a model: it says what it found, or that it found
 * nothing. Every number in it was counted by code. Answers are the fallback when no model is there, and the ground that
 * a model's explanation stands on when one is.
 */
export function answerQuestion(text: string, data: ChatData): Answer {
  const found = answerByCode(text, data)
  if (found !== undefined) return found
  return answerOf({
    sentences: [
      {
        text:
          data.alerts.length === 0
            ? 'I could not find it: there is no data to look in, and it is not a question about ATT&CK that I know how to read.'
            : 'I could not find it. Ask for a count, a top list, a time, a host, a user, an address, a rule, a technique, or an alert by its id.',
        evidence: [],
      },
    ],
  })
}

/** The same, or `undefined` where no answerer knows the kind of question. */
export function answerByCode(text: string, data: ChatData): Answer | undefined {
  const question = readQuestion(text)
  for (const answerer of answerers) {
    const found = answerer(question, data)
    if (found !== undefined) return answerOf(found)
  }
  return undefined
}

export function readQuestion(text: string): Question {
  const plain = text.slice(0, questionLimit).replace(/\s+/g, ' ').trim()
  return {
    text: plain,
    folded: plain
      .toLowerCase()
      .replace(/["'“”‘’`]/g, '')
      .replace(/[?!.\s]+$/, ''),
  }
}

/** Numbers the evidence of what was found. */
export function answerOf(found: Found): Answer {
  const drafts: EvidenceDraft[] = []
  const indexOf = (draft: EvidenceDraft) => {
    const known = drafts.findIndex(
      each => each.source === draft.source && each.pointer === draft.pointer && each.quote === draft.quote,
    )
    return known === -1 ? drafts.push(draft) - 1 : known
  }
  const sentences = found.sentences.map(sentence => ({
    text: sentence.text,
    evidence: [...new Set(sentence.evidence.map(draft => `E${indexOf(draft) + 1}`))],
    status: 'computed' as const,
  }))
  const evidence: EvidenceItem[] = numberEvidence(drafts)
  return {
    answer: sentences.map(sentence => sentence.text).join(' '),
    sentences,
    evidence,
    route: 'deterministic',
    techniques: found.techniques ?? [],
    toolCalls: found.toolCalls ?? [],
    model: null,
    problems: [],
  }
}
