import type { TurnPorts } from './turn.ts'

/** What a model is told at once, and how much it may write. Lengths are in UTF-16 units. */
export interface ModelLimits {
  readonly tools: number
  /** Of one step's arguments. */
  readonly argumentsLength: number
  readonly planTokens: number
  /** Of the evidence that is read: what is over it is told by its summary alone. */
  readonly evidenceLength: number
  readonly answerTokens: number
}

/** From here on a model counts as small. */
const fewTools = 4

/**
 * Small models lose the thread among much, and where they lose it they write until they are cut off: a plan of the
 * smallest took three minutes of one letter. So little is asked of them, and what they cannot do is soon told by code.
 */
export function limitsOf({ toolLimit }: NonNullable<TurnPorts['model']>): ModelLimits {
  return toolLimit <= fewTools
    ? {
        tools: toolLimit,
        argumentsLength: 200,
        planTokens: 160,
        evidenceLength: 3_000,
        answerTokens: 300,
      }
    : {
        tools: toolLimit,
        argumentsLength: 3_000,
        planTokens: 600,
        evidenceLength: 24_000,
        answerTokens: 900,
      }
}
