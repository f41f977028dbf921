import type { DraftCase } from '../domain/rule-draft.ts'
import { AppError, messageOf } from '../lib/app-error.ts'
import { runInWorker } from '../lib/run-in-worker.ts'
import type { Finding } from '../wazuh-rules/finding.ts'
import type { RulesetFiles } from '../wazuh-rules/ruleset.ts'
import type { DraftOrigin } from './draft-guard.ts'
import type { Proof } from './prove-draft.ts'

/** What the worker is asked. Alerts are as their source gave them, oldest first. */
export interface MeasureQuestion {
  readonly text: string
  readonly fileName: string
  readonly origin: DraftOrigin
  readonly cases: readonly DraftCase[]
  readonly base: RulesetFiles
  readonly takenIds: readonly number[]
  readonly past: readonly { readonly raw: string; readonly verdict: string | null }[]
  readonly budgetMs: number
}

/** What is known of a draft: what is wrong with it, or what it did. `text` is the draft as it would be deployed. */
export type Measured =
  | {
      readonly kind: 'proven'
      readonly text: string
      readonly ruleIds: readonly number[]
      readonly findings: readonly Finding[]
      readonly proof: Proof
    }
  | { readonly kind: 'refused'; readonly findings: readonly Finding[]; readonly text?: string }

export type MeasureDraft = (question: MeasureQuestion, signal: AbortSignal) => Promise<Measured>

/**
 * Checks and proves a draft in a process of its own with a memory limit and a deadline: a draft is a program from outside, and
 * one that never ends must end there, not here.
 */
export const measureInWorker: MeasureDraft = async (question, signal) => {
  const script = new URL('./measure-draft.worker.ts', import.meta.url)
  try {
    // The worker stops by itself after its budget; the deadline is for one that cannot.
    return await runInWorker<Measured>(script, question, question.budgetMs * 2, signal)
  } catch (error) {
    signal.throwIfAborted()
    const code = error instanceof AppError ? error.code : 'cannot-measure'
    const message = `the draft could not be run: ${messageOf(error)}`
    return { kind: 'refused', findings: [{ code, message, severity: 'error' }] }
  }
}
