import type { Answer, ChatData } from '../../chat/answer.ts'
import { answerQuestion } from '../../chat/answer-question.ts'
import type { RecentAlerts } from '../../chat/recent-alerts.ts'
import type { Clock } from '../../lib/clock.ts'
import { type ChatAnswer, chatEndpoints } from '../contract-chat.ts'
import { type Route, route } from '../route.ts'

export interface ChatRouteParts {
  readonly alerts: RecentAlerts
  readonly rankTechniques: ChatData['rankTechniques']
  readonly clock: Clock
}

/** Questions and answers. */
export function chatRoutes(parts: ChatRouteParts): Route[] {
  return [
    route(chatEndpoints.ask, async ({ body }) => {
      const alerts =
        body.caseId === undefined ? await parts.alerts.current() : await parts.alerts.ofCase(body.caseId)
      return answerView(
        answerQuestion(body.question, {
          alerts,
          rankTechniques: parts.rankTechniques,
          nowMs: parts.clock.now(),
        }),
      )
    }),
  ]
}

function answerView(answer: Answer): ChatAnswer {
  return {
    answer: answer.answer,
    sentences: answer.sentences.map(sentence => ({ ...sentence, evidence: [...sentence.evidence] })),
    evidence: answer.evidence.map(({ id, kind, source, pointer, quote, trust, label }) => ({
      id,
      kind,
      source,
      pointer,
      quote,
      trust,
      label,
    })),
    route: answer.route,
    techniques: answer.techniques.map(technique => ({ ...technique, tactics: [...technique.tactics] })),
    toolCalls: answer.toolCalls.map(call => ({ ...call, arguments: { ...call.arguments } })),
    model: answer.model,
  }
}
