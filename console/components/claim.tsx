import { Ban, Check, CircleDashed, Quote, Sigma } from 'lucide-react'
import type { EvidenceView, JudgedClaimView } from '../../src/http/contract-briefs.ts'
import { EvidenceChips } from './evidence-chip.tsx'
import { Untrusted } from './untrusted.tsx'

type Status = JudgedClaimView['status']

interface StatusLook {
  readonly word: string
  readonly meaning: string
  readonly color: string
  readonly Icon: typeof Check
  /** Not to be believed: shown struck out. */
  readonly struck?: true
}

export const claimLooks: Readonly<Record<Status, StatusLook>> = {
  computed: {
    word: 'Computed',
    meaning: 'Written by code from the evidence.',
    color: 'text-muted',
    Icon: Sigma,
  },
  verified: {
    word: 'Verified',
    meaning: 'Every fact in it is in the evidence it cites.',
    color: 'text-good',
    Icon: Check,
  },
  'written-by-attacker': {
    word: 'Attacker’s words',
    meaning: 'It is in the evidence, but only in text that an attacker could have written.',
    color: 'text-attacker',
    Icon: Quote,
  },
  inference: {
    word: 'Inference',
    meaning: 'A judgement: there is no fact in it to check.',
    color: 'text-muted',
    Icon: CircleDashed,
  },
  'not-in-evidence': {
    word: 'Not in the evidence',
    meaning: 'The evidence it cites does not say this.',
    color: 'text-bad',
    Icon: Ban,
    struck: true,
  },
  'does-not-exist': {
    word: 'Does not exist',
    meaning: 'It names something that is unknown to the pinned knowledge.',
    color: 'text-bad',
    Icon: Ban,
    struck: true,
  },
  contradicted: {
    word: 'Contradicted',
    meaning: 'The evidence says otherwise.',
    color: 'text-bad',
    Icon: Ban,
    struck: true,
  },
}

/** One sentence of a brief, what became of it, and the evidence it rests on. `computed` needs no word: its brief says it. */
export function Claim({
  claim,
  evidence,
  openId,
  onOpen,
}: {
  claim: JudgedClaimView
  evidence: readonly EvidenceView[]
  /** The evidence that the drawer shows. */
  openId: string | undefined
  onOpen: (id: string) => void
}) {
  const { word, meaning, color, Icon, struck } = claimLooks[claim.status]
  const cited = [...new Set(claim.evidence.map(({ id }) => id))]
  return (
    <li
      className={`grid grid-cols-[1.125rem_minmax(0,1fr)] gap-x-2 rounded px-1 py-0.5 ${openId !== undefined && cited.includes(openId) ? 'bg-selected' : ''}`}
    >
      <Icon aria-hidden="true" className={`mt-1 size-4 ${color}`} />
      <div className="min-w-0">
        <p className="text-base">
          <span className={struck ? 'text-muted line-through' : ''}>
            <Untrusted text={claim.text} />
          </span>{' '}
          <span>
            <EvidenceChips ids={cited} evidence={evidence} openId={openId} onOpen={onOpen} />
          </span>
        </p>
        {claim.status !== 'computed' && (
          <p className={`text-xs ${color}`}>
            <span title={meaning} className="font-medium">
              {word}
            </span>
            {claim.reasons.length > 0 && (
              <>
                {': '}
                <Untrusted text={claim.reasons.join('; ')} />
              </>
            )}
          </p>
        )}
      </div>
    </li>
  )
}
