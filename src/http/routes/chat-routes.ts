import type { z } from 'zod'
import type { Answer, ChatData } from '../../chat/answer.ts'
import { answerQuestion } from '../../chat/answer-question.ts'
import { evidenceView } from '../../chat/evidence-view.ts'
import type { RecentAlerts } from '../../chat/recent-alerts.ts'
import { describeTools, outcomeView } from '../../chat/tools/describe-tools.ts'
import { type Asker, runTool, type Tool } from '../../chat/tools/tool.ts'
import type { Clock } from '../../lib/clock.ts'
import { type ChatAnswer, chatEndpoints, type ToolAnswerView } from '../contract-chat.ts'
import { type Caller, type Route, route } from '../route.ts'

export interface ChatRouteParts {
  readonly alerts: RecentAlerts
  readonly rankTechniques: ChatData['rankTechniques']
  readonly attack?: ChatData['attack']
  readonly clock: Clock
  readonly tenant: string
  readonly tools: readonly Tool[]
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
          ...(parts.attack && { attack: parts.attack }),
          nowMs: parts.clock.now(),
        }),
      )
    }),
    route(chatEndpoints.listTools, async ({ caller }) => ({
      // JSON schemas are JSON; only the declared type is wider.
      tools: describeTools(parts.tools, askerOf(caller, parts.tenant)) as z.input<
        typeof chatEndpoints.listTools.reply
      >['tools'],
    })),
    route(chatEndpoints.runTool, async ({ params, body, caller, signal }) => {
      const context = { asker: askerOf(caller, parts.tenant), nowMs: parts.clock.now(), signal }
      return outcomeView(await runTool(parts.tools, params.name, body.input, context)) as ToolAnswerView
    }),
  ]
}

/** An API token reads as a viewer does; one that a person granted to a program reads as they do. */
export function askerOf(caller: Caller, tenant: string): Asker {
  if (caller.kind === 'person') return { tenant, role: caller.user.role }
  return { tenant, role: caller.kind === 'token' ? (caller.role ?? 'viewer') : 'viewer' }
}

/** An answer as the API shows it. */
export function answerView(answer: Answer): ChatAnswer {
  return {
    answer: answer.answer,
    sentences: answer.sentences.map(({ text, evidence, status, reasons = [] }) => ({
      text,
      evidence: [...evidence],
      status,
      reasons: [...reasons],
    })),
    evidence: answer.evidence.map(evidenceView),
    route: answer.route,
    techniques: answer.techniques.map(technique => ({ ...technique, tactics: [...technique.tactics] })),
    toolCalls: answer.toolCalls.map(call => ({ ...call, arguments: { ...call.arguments } })),
    model: answer.model,
  }
}
