import type { BriefRecord } from '../../src/http/contract-briefs.ts'
import type { CaseDetail } from '../../src/http/contract-cases.ts'
import { useMay } from '../api/session.ts'
import { Button } from '../components/button.tsx'
import { EvidenceChips } from '../components/evidence-chip.tsx'
import { Link } from '../components/link.tsx'
import { Moment } from '../components/moment.tsx'
import { Untrusted } from '../components/untrusted.tsx'
import { type Verdict, VerdictLabel, verdictLooks, verdictOrder } from '../components/verdict.tsx'
import { standingMeaning } from '../queue/standing.tsx'

/** The decision of a person, or what the brief proposes and why; and the four verdicts to choose from. */
export function VerdictPanel({
  detail,
  record,
  openId,
  onOpen,
  onVerdict,
}: {
  detail: CaseDetail
  record: BriefRecord | undefined
  openId: string | undefined
  onOpen: (id: string) => void
  onVerdict: (verdict: Verdict) => void
}) {
  const mayTriage = useMay('analyst')
  const { decision } = detail
  return (
    <section aria-labelledby="verdict-heading" className="grid gap-3">
      <h2 id="verdict-heading" className="font-semibold">
        Verdict
      </h2>
      {decision !== null && (
        <div className="rounded border border-line-strong p-2">
          <p className="text-base">
            <VerdictLabel verdict={decision.verdict} />
          </p>
          <p>
            {decision.reason === '' ? 'No reason was given.' : <Untrusted text={decision.reason} layout />}
          </p>
          <p className="text-xs text-muted">
            {decision.by.displayName}, <Moment atMs={decision.atMs} />
          </p>
          {mayTriage && (
            <Link
              href={`/learning?tab=lessons&case=${encodeURIComponent(detail.case.id)}`}
              className="text-accent hover:underline"
            >
              Write a lesson from it
            </Link>
          )}
        </div>
      )}
      {record !== undefined && <Proposal record={record} openId={openId} onOpen={onOpen} />}
      {detail.case.status !== 'closed' && (
        <p>
          <span className="text-muted">In the queue:</span> {standingMeaning(detail.case.standing)}
        </p>
      )}
      {mayTriage && detail.case.status !== 'closed' && (
        <div className="grid gap-1.5">
          {verdictOrder.map((verdict, place) => {
            const { Icon, word, color, meaning } = verdictLooks[verdict]
            return (
              <Button
                key={verdict}
                className="justify-start"
                title={meaning}
                keys={`v ${place + 1}`}
                onClick={() => onVerdict(verdict)}
              >
                <Icon aria-hidden="true" className={`size-4 ${color}`} />
                <span className="flex-1 text-left">{word}</span>
              </Button>
            )
          })}
        </div>
      )}
    </section>
  )
}

function Proposal({
  record,
  openId,
  onOpen,
}: {
  record: BriefRecord
  openId: string | undefined
  onOpen: (id: string) => void
}) {
  const { verdict, confidence, reasons, origin } = record.brief
  const most = Math.max(...reasons.map(({ weight }) => Math.abs(weight)), Number.EPSILON)
  return (
    <div className="grid gap-1.5">
      <p>
        <span className="text-muted">
          {origin.kind === 'computed' ? 'Proposed by code:' : 'Proposed by the model, changes nothing:'}
        </span>
        <br />
        <span className="text-base">
          <VerdictLabel verdict={verdict} confidence={confidence} proposed />
        </span>
      </p>
      {verdict === 'undetermined' ? (
        <p className="text-muted">What is known decides neither way.</p>
      ) : (
        <meter
          className="h-1.5 w-full"
          min={0}
          max={1}
          value={confidence}
          aria-label={`Confidence ${Math.round(confidence * 100)} percent`}
        />
      )}
      <ul className="grid gap-1.5">
        {reasons
          .toSorted((a, b) => Math.abs(b.weight) - Math.abs(a.weight))
          .map(reason => (
            <li key={reason.text} className="grid grid-cols-[2rem_minmax(0,1fr)] gap-2">
              <span aria-hidden="true" className="mt-2 h-1 rounded bg-line">
                <span
                  className="block h-1 rounded bg-muted"
                  style={{ width: `${(Math.abs(reason.weight) / most) * 100}%` }}
                />
              </span>
              <span className="first-letter:uppercase">
                <Untrusted text={reason.text} />{' '}
                <EvidenceChips
                  ids={reason.evidence}
                  evidence={record.evidence}
                  openId={openId}
                  onOpen={onOpen}
                />
              </span>
            </li>
          ))}
      </ul>
    </div>
  )
}
