import type { Alert } from '../domain/alert.ts'
import type { ClaimStatus } from '../domain/claim.ts'
import type { EvidenceDraft, EvidenceItem } from '../domain/evidence.ts'
import type { AttackKnowledge } from '../knowledge/attack-knowledge.ts'
import type { Problem } from '../lib/problem.ts'

/** One search that was run for an answer: what, with which arguments, and how many rows it found. */
export interface ToolCall {
  readonly tool: string
  readonly arguments: Readonly<Record<string, string | number>>
  readonly rows: number
}

export interface AnsweredTechnique {
  readonly id: string
  readonly name: string
  readonly tactics: readonly string[]
}

/** A sentence and the evidence that it stands on. */
export interface AnswerSentence {
  readonly text: string
  readonly evidence: readonly string[]
  readonly status: ClaimStatus
  /** Of a model's sentence: what was wrong with it, for a person. */
  readonly reasons?: readonly string[]
}

/** What the assistant says. `deterministic`: code alone, from data and pinned knowledge. */
export interface Answer {
  readonly answer: string
  readonly sentences: readonly AnswerSentence[]
  readonly evidence: readonly EvidenceItem[]
  readonly route: 'deterministic' | 'model'
  readonly techniques: readonly AnsweredTechnique[]
  readonly toolCalls: readonly ToolCall[]
  readonly model: string | null
  readonly problems: readonly Problem[]
}

/** What an answerer finds: sentences with their own evidence, before it is numbered. */
export interface Found {
  readonly sentences: readonly { readonly text: string; readonly evidence: readonly EvidenceDraft[] }[]
  readonly techniques?: readonly AnsweredTechnique[]
  readonly toolCalls?: readonly ToolCall[]
}

/** What answers draw on. Alerts are those that the asking person may see, newest last. */
export interface ChatData {
  readonly alerts: readonly Alert[]
  /** Ranks ATT&CK techniques for words; `intel` has it. */
  readonly rankTechniques: (words: string) => readonly { readonly id: string; readonly score: number }[]
  /** ATT&CK as it is known here; what ships where nothing is said. */
  readonly attack?: AttackKnowledge
  readonly nowMs: number
}

/** Answers one kind of question, or says that it is none of its. */
export type Answerer = (question: Question, data: ChatData) => Found | undefined

/** A question, once as asked and once folded for matching. */
export interface Question {
  readonly text: string
  /** Lower case, quotes and closing marks gone, one space between words. */
  readonly folded: string
}
