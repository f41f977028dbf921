import type { DraftCase, RuleKind } from '../domain/rule-draft.ts'
import type { AddedTechniques } from '../knowledge/attack-knowledge.ts'
import { AppError, messageOf } from '../lib/app-error.ts'
import { runInWorker } from '../lib/run-in-worker.ts'
import type { Finding } from '../wazuh-rules/finding.ts'
import type { RulesetFiles } from '../wazuh-rules/ruleset.ts'
import type { DraftOrigin } from './draft-guard.ts'
import { type CleanFiles, measureYara } from './measure-yara.ts'
import type { Proof } from './prove-draft.ts'

/** What the worker is asked. Alerts are as their source gave them, oldest first. */
export interface MeasureQuestion {
  readonly kind: RuleKind
  readonly text: string
  readonly fileName: string
  readonly origin: DraftOrigin
  readonly cases: readonly DraftCase[]
  /** For Wazuh: what the rules, decoders or list are added to. */
  readonly base: RulesetFiles
  readonly takenIds: readonly number[]
  readonly past: readonly { readonly raw: string; readonly verdict: string | null }[]
  /** For YARA: files that it must, or must not, match. */
  readonly samples: readonly {
    readonly name: string
    readonly mustMatch: boolean
    readonly bytes: Uint8Array
  }[]
  /** For YARA: whether clean files are scanned too, until the budget is over. */
  readonly deep: boolean
  readonly budgetMs: number
  /** Techniques beside those that ship, that a rule may name; none where nothing was imported. */
  readonly added?: AddedTechniques
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

const workers = {
  wazuh: './measure-draft.worker.ts',
  decoders: './measure-draft.worker.ts',
  lists: './measure-draft.worker.ts',
  sigma: './measure-sigma.worker.ts',
} as const

/**
 * Checks and proves a draft in a process of its own with a memory limit and a deadline: a draft is a program from outside,
 * and one that never ends must end there, not here. YARA has its own process.
 */
export function measureWith(clean: CleanFiles, added?: AddedTechniques): MeasureDraft {
  return async (asked, signal) => {
    const question: MeasureQuestion = added === undefined ? asked : { ...asked, added }
    const { kind, budgetMs } = question
    try {
      if (kind === 'yara') return await measureYara(question, clean, signal)
      // The worker stops by itself after its budget; the deadline is for one that cannot.
      return await runInWorker<Measured>(
        new URL(workers[kind], import.meta.url),
        question,
        budgetMs * 2,
        signal,
      )
    } catch (error) {
      signal.throwIfAborted()
      const code = error instanceof AppError ? error.code : 'cannot-measure'
      const message = `the draft could not be run: ${messageOf(error)}`
      return { kind: 'refused', findings: [{ code, message, severity: 'error' }] }
    }
  }
}

/** The same without clean files: for rules that are no YARA rules. */
export const measureInWorker: MeasureDraft = measureWith({ folders: [] })
