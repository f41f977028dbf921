import { CircleCheck, CircleHelp, CircleSlash, ShieldAlert } from 'lucide-react'
import type { CaseSummary } from '../../src/http/contract-queue.ts'

export type Verdict = NonNullable<CaseSummary['verdict']>

interface VerdictLook {
  readonly word: string
  readonly short: string
  readonly meaning: string
  readonly color: string
  readonly Icon: typeof CircleCheck
}

/** In the order of the keys 1 to 4. */
export const verdictLooks: Readonly<Record<Verdict, VerdictLook>> = {
  true_positive: {
    word: 'True positive',
    short: 'True',
    meaning: 'Malicious, or a real breach of policy.',
    color: 'text-critical',
    Icon: ShieldAlert,
  },
  benign_true_positive: {
    word: 'Benign true positive',
    short: 'Benign',
    meaning: 'It happened as detected, and it was allowed: a test, an admin, a scan of ours.',
    color: 'text-good',
    Icon: CircleCheck,
  },
  false_positive: {
    word: 'False positive',
    short: 'False',
    meaning: 'The rule was wrong: this is not what it looks for.',
    color: 'text-muted',
    Icon: CircleSlash,
  },
  undetermined: {
    word: 'Undetermined',
    short: 'Unclear',
    meaning: 'The evidence does not decide it.',
    color: 'text-medium',
    Icon: CircleHelp,
  },
}

export const verdictOrder = Object.keys(verdictLooks) as readonly Verdict[]

/** A verdict that a person has set (filled) or a brief proposes (`proposed`, with its confidence, if it has any). */
export function VerdictLabel({
  verdict,
  confidence = null,
  proposed = false,
  short = false,
}: {
  verdict: Verdict
  confidence?: number | null
  proposed?: boolean
  short?: boolean
}) {
  const { Icon, color, word, short: shortWord } = verdictLooks[verdict]
  return (
    <span className={`inline-flex items-center gap-1.5 whitespace-nowrap ${color}`}>
      <Icon aria-hidden="true" className="size-3.5 shrink-0" strokeWidth={proposed ? 1.75 : 2.5} />
      <span className={proposed ? '' : 'font-semibold'}>
        {proposed && <span className="sr-only">Proposed: </span>}
        {short ? shortWord : word}
      </span>
      {confidence !== null && verdict !== 'undetermined' && (
        <span className="tabular text-muted">{Math.round(confidence * 100)} %</span>
      )}
    </span>
  )
}
