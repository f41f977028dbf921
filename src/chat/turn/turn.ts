import type { JudgedClaim } from '../../domain/claim.ts'
import type { AskModel } from '../../domain/model-question.ts'
import type { Clock } from '../../lib/clock.ts'
import type { Answer } from '../answer.ts'
import type { UnderstoodQuery } from '../search/question-to-query.ts'
import type { Asker, Tool } from '../tools/tool.ts'
import type { ToolPorts } from '../tools/tool-ports.ts'

/** What the person looks at while they ask. Ids and names only, never text of an alert. */
export interface TurnContext {
  readonly caseId?: string | undefined
  readonly entity?: { readonly type: string; readonly value: string } | undefined
  /** `cases`, `mail`, `rules`… */
  readonly page?: string | undefined
}

/** `auto`: code where it knows the answer, else a model. `code`: never a model. `model`: a model where there is one. */
export type TurnMode = 'auto' | 'code' | 'model'

export interface TurnRequest {
  readonly asker: Asker
  /** The vault's scope: names that were hidden from a model are put back within it. */
  readonly chatId: string
  readonly text: string
  readonly mode: TurnMode
  readonly context: TurnContext
  /** The person's own earlier questions in this branch, oldest first. Never an answer: it may quote an attacker. */
  readonly earlier: readonly string[]
  /** Attachments that may be scanned. */
  readonly files: readonly { readonly id: string; readonly name: string }[]
}

export interface PlannedStep {
  readonly tool: string
  readonly input: { readonly [name: string]: unknown }
}

/** A step with what came of it. */
export interface TakenStep extends PlannedStep {
  readonly summary: string
  readonly failed: boolean
}

/** What a turn tells while it runs, in this order; `sentence` events are replaced by the answer in the end. */
export type TurnEvent =
  | { readonly kind: 'route'; readonly route: 'code' | 'model'; readonly why: string }
  | { readonly kind: 'plan'; readonly steps: readonly PlannedStep[] }
  | { readonly kind: 'step'; readonly index: number; readonly step: TakenStep }
  | { readonly kind: 'sentence'; readonly claim: JudgedClaim }

/** A turn's end. */
export interface TurnAnswer extends Answer {
  readonly steps: readonly TakenStep[]
  /** Why a model did not answer although it was asked for, for a person. */
  readonly modelReason: string | null
  /** Whether a model could say more than code did. */
  readonly canAskModel: boolean
  /** A search that was understood and not yet run: the person sees it, edits it, runs it. */
  readonly query: UnderstoodQuery | null
}

export interface TurnPorts {
  readonly tools: readonly Tool[]
  readonly data: Pick<ToolPorts, 'alerts' | 'rankTechniques' | 'attack'>
  readonly clock: Clock
  /** Absent where no model is set up. */
  readonly model:
    | {
        readonly ask: AskModel
        /** Puts the names back that were hidden within a scope; for the viewer, see `plan-question.ts` for the one other use. */
        reveal<Value>(tenant: string, scope: string, value: Value): Promise<Value>
        /** How many tools the model can choose among: few for a small one, of which less is asked altogether (`model-limits.ts`). */
        readonly toolLimit: number
      }
    | undefined
}
