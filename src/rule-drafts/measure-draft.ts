import { Worker } from 'node:worker_threads'
import type { DraftCase } from '../domain/rule-draft.ts'
import { messageOf } from '../lib/app-error.ts'
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

const memoryMb = 1024

/**
 * Checks and proves a draft in a worker thread with a memory limit and a deadline: a draft is a program from outside, and
 * one that never ends must end there, not here.
 */
export const measureInWorker: MeasureDraft = (question, signal) =>
  new Promise((resolve, reject) => {
    signal.throwIfAborted()
    const worker = new Worker(new URL('./measure-draft.worker.ts', import.meta.url), {
      workerData: question,
      resourceLimits: { maxOldGenerationSizeMb: memoryMb },
    })
    const end = (settle: () => void) => {
      clearTimeout(timer)
      signal.removeEventListener('abort', stop)
      void worker.terminate()
      settle()
    }
    const fail = (code: string, message: string) =>
      end(() => resolve({ kind: 'refused', findings: [{ code, message, severity: 'error' }] }))
    // The worker stops by itself after its budget; this is for one that cannot.
    const timer = setTimeout(
      () => fail('too-slow', `the draft was still running after ${question.budgetMs * 2} ms and was stopped`),
      question.budgetMs * 2,
    )
    const stop = () => end(() => reject(signal.reason))
    signal.addEventListener('abort', stop, { once: true })
    worker.once('message', (answer: Measured) => end(() => resolve(answer)))
    worker.once('error', error => fail('cannot-measure', `the draft could not be run: ${messageOf(error)}`))
    worker.once('exit', code => fail('cannot-measure', `the draft's run ended early, with code ${code}`))
  })
