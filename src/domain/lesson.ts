import type { Verdict } from './verdict.ts'

/** Which cases a lesson is told to. `like`: the same rule on the same host, by the case's title. */
export const lessonScopes = ['like', 'rule', 'host', 'technique', 'everywhere'] as const
export type LessonScope = (typeof lessonScopes)[number]

/** What a lesson was learned from. */
export const lessonSources = ['verdict', 'correction', 'rating', 'written'] as const
export type LessonSource = (typeof lessonSources)[number]

export const lessonStates = ['waiting', 'active', 'refused', 'revoked'] as const
export type LessonState = (typeof lessonStates)[number]

/** Something that people teach about cases in a scope. Data for a reader, never an instruction. */
export interface LessonContent {
  readonly source: LessonSource
  readonly caseId: string | null
  readonly scope: LessonScope
  /** A title, rule id, host name or technique id; empty for `everywhere`. */
  readonly scopeValue: string
  readonly text: string
  /** What such cases turned out to be, where the lesson says so. */
  readonly verdict: Verdict | null
  /** How long it is told. */
  readonly days: number
}

/** A lesson as an investigation meets it. */
export interface LessonFact {
  readonly id: string
  readonly scope: LessonScope
  readonly scopeValue: string
  readonly text: string
  readonly verdict: Verdict | null
  /** The display name of who taught it. */
  readonly by: string
  readonly createdMs: number
  readonly expiresMs: number
}

/** A scope in words: `rule 5710`. */
export function scopeText({ scope, scopeValue }: Pick<LessonFact, 'scope' | 'scopeValue'>): string {
  return scope === 'everywhere'
    ? 'every case'
    : scope === 'like'
      ? `cases "${scopeValue}"`
      : `${scope} ${scopeValue}`
}
