import type { ReactNode } from 'react'
import type { BriefRecord, EvidenceView } from '../../src/http/contract-briefs.ts'
import { Claim } from '../components/claim.tsx'
import { EvidenceChip, EvidenceChips } from '../components/evidence-chip.tsx'
import { Link } from '../components/link.tsx'
import { WithCode } from '../components/plain-markdown.tsx'
import { Untrusted } from '../components/untrusted.tsx'
import { visibleText } from '../text/visible-text.ts'

/** One brief: headline, claims, techniques, what to do next, what is not known. */
export function BriefView({
  record,
  openId,
  onOpen,
  children,
}: {
  record: BriefRecord
  openId: string | undefined
  onOpen: (id: string) => void
  /** Stands below the claims: their review. */
  children?: ReactNode
}) {
  const { brief, evidence } = record
  return (
    <div className="grid max-w-[44rem] gap-4">
      <p className="text-base font-semibold">
        <Untrusted text={brief.headline} />
      </p>
      <ul className="-mx-1 grid gap-1">
        {brief.claims.map((claim, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the claims of one stored brief never change
          <Claim key={index} claim={claim} evidence={evidence} openId={openId} onOpen={onOpen} />
        ))}
      </ul>
      {children}
      {brief.techniques.length > 0 && (
        <BriefPart title="ATT&CK">
          <ul className="grid gap-1">
            {brief.techniques.map(technique => (
              <li key={technique.id}>
                <Link
                  href={`/?technique=${encodeURIComponent(technique.id)}&status=all`}
                  className="font-mono text-accent hover:underline"
                >
                  {visibleText(technique.id)}
                </Link>{' '}
                {visibleText(technique.name)}
                <span className="text-muted"> · {visibleText(technique.tactics.join(', '))}</span>{' '}
                <EvidenceChips ids={technique.evidence} evidence={evidence} openId={openId} onOpen={onOpen} />
              </li>
            ))}
          </ul>
        </BriefPart>
      )}
      <PlainList title="Check next" lines={brief.nextSteps} />
      <PlainList title="Not known" lines={brief.unknowns} />
      <AllEvidence evidence={evidence} openId={openId} onOpen={onOpen} />
    </div>
  )
}

/** Everything that was gathered, cited or not: what the brief left out can be read, too. */
function AllEvidence({
  evidence,
  openId,
  onOpen,
}: {
  evidence: readonly EvidenceView[]
  openId: string | undefined
  onOpen: (id: string) => void
}) {
  if (evidence.length === 0) return null
  return (
    <details>
      <summary className="text-xs font-semibold text-muted">All evidence ({evidence.length})</summary>
      <ul className="mt-1 grid gap-0.5">
        {evidence.map(item => (
          <li key={item.id} className="grid grid-cols-[3rem_minmax(0,1fr)] items-baseline gap-2">
            <span>
              <EvidenceChip id={item.id} item={item} open={item.id === openId} onOpen={onOpen} />
            </span>
            <span className="min-w-0 truncate">
              {visibleText(item.label)}
              <span className="text-muted"> · {visibleText(item.quote.slice(0, 200))}</span>
            </span>
          </li>
        ))}
      </ul>
    </details>
  )
}

function PlainList({ title, lines }: { title: string; lines: readonly string[] }) {
  if (lines.length === 0) return null
  return (
    <BriefPart title={title}>
      <ul className="grid list-disc gap-1 pl-4">
        {lines.map((line, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the lines of one stored brief never change
          <li key={index}>
            <WithCode text={line} />
          </li>
        ))}
      </ul>
    </BriefPart>
  )
}

function BriefPart({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="grid gap-1">
      <h3 className="text-xs font-semibold text-muted">{title}</h3>
      {children}
    </section>
  )
}
