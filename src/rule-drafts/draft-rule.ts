import type { AskModel } from '../domain/model-question.ts'
import type { DraftCase } from '../domain/rule-draft.ts'
import { placeholderShape } from '../redact/placeholder.ts'
import type { Finding } from '../wazuh-rules/finding.ts'
import {
  type DraftAnswer,
  type DraftRequest,
  type DraftRound,
  draftQuestion,
  feedback,
} from './draft-question.ts'
import type { Measured } from './measure-draft.ts'
import type { Proof } from './prove-draft.ts'

/** A draft that a person can now look at. `complaints` is empty where every test passed. */
export interface DraftedRule {
  readonly kind: 'drafted'
  readonly text: string
  readonly ruleIds: readonly number[]
  readonly findings: readonly Finding[]
  readonly proof: Proof
  readonly complaints: readonly string[]
  readonly rounds: number
  readonly model: string
}

/** What came of drafting. Anything but `drafted` leaves the engineer with an editor and no draft; `reason` is for people. */
export type DraftOutcome =
  | DraftedRule
  | {
      readonly kind: 'refused' | 'unavailable' | 'unsupported'
      readonly reason: string
      readonly rounds: number
    }
  /** Every round's draft was unsafe or broken. */
  | { readonly kind: 'no-sound-draft'; readonly findings: readonly Finding[]; readonly rounds: number }

/** What drafting needs from outside. */
export interface DraftPorts {
  readonly ask: AskModel
  /** Checks and runs a proposal; see `measureInWorker`. */
  readonly measure: (text: string, cases: readonly DraftCase[]) => Promise<Measured>
  /** Puts in what the model only referred to. */
  readonly complete: (text: string) => string
}

/**
 * Model proposes, code compiles, tests and back-tests, and tells the model what it saw; at most `rounds` times. The best
 * sound draft is kept: the one with the fewest complaints. The engineer's own cases are tested beside the model's, and a
 * model that changes them changes nothing.
 */
export async function draftRule(
  request: DraftRequest,
  ownCases: readonly DraftCase[],
  ports: DraftPorts,
  rounds: number,
  signal: AbortSignal,
): Promise<DraftOutcome> {
  const earlier: DraftRound[] = []
  let best: DraftedRule | undefined
  for (let round = 1; round <= rounds; round++) {
    const answer = await ports.ask(draftQuestion(request, earlier), signal)
    if (answer.kind !== 'answered') return best ?? { kind: answer.kind, reason: answer.reason, rounds: round }
    const proposed = ports.complete(withoutFence(answer.answer.rule_text))
    const measured = await ports.measure(proposed, [...ownCases, ...modelCases(answer.answer)])
    if (measured.kind === 'refused') {
      earlier.push({ text: proposed, findings: measured.findings, proof: undefined })
      continue
    }
    const { text, ruleIds, findings, proof } = measured
    const complaints = feedback({ text, findings: [], proof })
    earlier.push({ text, findings, proof })
    if (!best || complaints.length < best.complaints.length) {
      best = {
        kind: 'drafted',
        text,
        ruleIds,
        findings,
        proof,
        complaints,
        rounds: round,
        model: answer.model,
      }
    }
    if (complaints.length === 0) break
  }
  return best ?? { kind: 'no-sound-draft', findings: earlier.at(-1)?.findings ?? [], rounds }
}

/** Models like to wrap code in Markdown. */
function withoutFence(text: string): string {
  return /^\s*```\w*\n([\s\S]*?)\n?```\s*$/.exec(text)?.[1] ?? text
}

/** Logs with a placeholder prove nothing: no such log was ever written. */
function modelCases(answer: DraftAnswer): DraftCase[] {
  return answer.cases
    .filter(({ log }) => log.trim() !== '' && !log.includes('\0') && log.search(placeholderShape) < 0)
    .map(({ log, fires }) => ({ log, fires }))
}
