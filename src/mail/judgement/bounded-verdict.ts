import type { JudgedClaim } from '../../domain/claim.ts'
import { type MailVerdict, mailVerdicts } from '../../domain/mail.ts'

/** What a model thinks of a mail, with the claims it rests on after verification. */
export interface ModelOpinion {
  readonly verdict: MailVerdict
  readonly claims: readonly JudgedClaim[]
}

/** How far a model may move a verdict. Set by policy; the code below holds whatever is set here. */
export interface JudgementBounds {
  /** Whether `legitimate` and `spam` may become `suspicious`, and `suspicious` a named harm. */
  readonly mayRaise: boolean
  /** Whether a named harm may become `suspicious`. */
  readonly mayLower: boolean
}

export const defaultBounds: JudgementBounds = { mayRaise: true, mayLower: true }

const named: readonly MailVerdict[] = ['phishing', 'bec']

/**
 * The verdict after a model has spoken. One step at most, in either direction, and only where at least one claim held
 * against the mail's own words. Nothing a model says makes a mail `legitimate` or `spam`, and `malware` stays: the text it
 * read was written by whoever sent the mail. `addressed`: the mail speaks to models; then it can only be raised.
 */
export function boundedVerdict(
  computed: MailVerdict,
  opinion: ModelOpinion,
  bounds: JudgementBounds,
  addressed: boolean,
): MailVerdict {
  const held = opinion.claims.some(
    claim => claim.status === 'verified' || claim.status === 'written-by-attacker',
  )
  if (!held || opinion.verdict === computed) return computed
  const raises = rank(opinion.verdict) > rank(computed)
  if (raises && bounds.mayRaise) {
    if (computed === 'legitimate' || computed === 'spam') return 'suspicious'
    if (computed === 'suspicious' && named.includes(opinion.verdict)) return opinion.verdict
  }
  if (!raises && bounds.mayLower && !addressed && named.includes(computed)) return 'suspicious'
  return computed
}

function rank(verdict: MailVerdict): number {
  return mailVerdicts.indexOf(verdict)
}
