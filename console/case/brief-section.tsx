import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { BriefRecord, ModelBriefState } from '../../src/http/contract-briefs.ts'
import type { CaseDetail } from '../../src/http/contract-cases.ts'
import { reviewBrief } from '../api/cases.ts'
import { useMay } from '../api/session.ts'
import { Button } from '../components/button.tsx'
import { Moment } from '../components/moment.tsx'
import { RevealNames } from '../components/reveal.tsx'
import { toast, toastFailure } from '../components/toast.tsx'
import { BriefView } from './brief-view.tsx'

export type BriefChoice = 'computed' | 'model' | 'both'

/** The newest brief of each origin. */
export function newestBriefs(detail: CaseDetail): {
  computed: BriefRecord | undefined
  model: BriefRecord | undefined
} {
  return {
    computed: detail.briefs.find(each => each.brief.origin.kind === 'computed'),
    model: detail.briefs.find(each => each.brief.origin.kind === 'model'),
  }
}

/** What the case is about, in sentences: the computed brief, the model's, or both side by side. */
export function BriefSection({
  detail,
  choice,
  onChoice,
  openId,
  onOpen,
}: {
  detail: CaseDetail
  choice: BriefChoice
  onChoice: (choice: BriefChoice) => void
  openId: string | undefined
  onOpen: (id: string, record: BriefRecord) => void
}) {
  const { computed, model } = newestBriefs(detail)
  const shown = [choice !== 'computed' && model, choice !== 'model' && computed].filter(each => !!each)
  return (
    <section aria-labelledby="brief-heading" className="grid gap-2">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <h2 id="brief-heading" className="text-sm font-semibold">
          Brief
        </h2>
        {model !== undefined && computed !== undefined && (
          <fieldset className="inline-flex">
            <legend className="sr-only">Which brief</legend>
            {(['model', 'computed', 'both'] as const).map(each => (
              <Button
                key={each}
                aria-pressed={choice === each}
                className="-ml-px rounded-none first:rounded-l last:rounded-r aria-pressed:bg-selected aria-pressed:font-semibold"
                onClick={() => onChoice(each)}
              >
                {each === 'model' ? 'Model' : each === 'computed' ? 'Computed' : 'Both'}
              </Button>
            ))}
          </fieldset>
        )}
        <p className="text-muted">{modelStateText(detail.modelBrief)}</p>
      </div>
      {shown.length === 0 && (
        <p className="py-6 text-muted">The brief is being written; the alerts below are complete.</p>
      )}
      <div className={shown.length > 1 ? 'grid gap-6 @3xl:grid-cols-2' : ''}>
        {shown.map(record => (
          <div key={record.id} className="grid min-w-0 content-start gap-2">
            <BriefOrigin detail={detail} record={record} />
            <RevealNames subject={detail.case.id} texts={textsOf(record)}>
              <BriefView record={record} openId={openId} onOpen={id => onOpen(id, record)}>
                {record.review !== 'not-needed' && <BriefReview caseId={detail.case.id} record={record} />}
              </BriefView>
            </RevealNames>
          </div>
        ))}
      </div>
    </section>
  )
}

/** What a model wrote, and what of it a person reads. Code writes real names. */
function textsOf({ brief }: BriefRecord): string[] {
  if (brief.origin.kind === 'computed') return []
  return [brief.headline, ...brief.claims.map(claim => claim.text), ...brief.nextSteps, ...brief.unknowns]
}

function BriefOrigin({ detail, record }: { detail: CaseDetail; record: BriefRecord }) {
  const { origin } = record.brief
  const behind = detail.case.revision > record.revision
  return (
    <div className="grid gap-1 text-xs text-muted">
      <p>
        {origin.kind === 'computed' ? (
          'Computed: code wrote every sentence from the evidence.'
        ) : (
          <>
            <span title={`Prompt ${origin.promptVersion}, ledger entry ${origin.ledgerSeq}`}>
              {origin.model} ({origin.zone})
            </span>
            : each sentence is checked against the evidence.
          </>
        )}{' '}
        <Moment atMs={record.createdMs} />
      </p>
      {behind && (
        <p className="font-medium text-high">
          About revision {record.revision}; the case has grown to revision {detail.case.revision} since.
        </p>
      )}
    </div>
  )
}

/** A model's findings wait for a named person; what was published to Wazuh follows the decision. */
function BriefReview({ caseId, record }: { caseId: string; record: BriefRecord }) {
  const client = useQueryClient()
  const mayReview = useMay('analyst')
  const review = useMutation({
    mutationFn: (decision: 'validated' | 'rejected') => reviewBrief(caseId, record.id, decision, ''),
    onSuccess: async reviewed => {
      await client.invalidateQueries({ queryKey: ['case', caseId] })
      toast(reviewed.review === 'validated' ? 'Validated in your name.' : 'Rejected in your name.')
    },
    onError: error => toastFailure('The review was not saved', error),
  })
  if (record.review !== 'pending')
    return (
      <p className="text-muted">
        {record.review === 'validated' ? 'Findings validated' : 'Findings rejected'} by{' '}
        {record.reviewedBy?.displayName ?? 'somebody'}
        {record.reviewedAtMs !== null && (
          <>
            {', '}
            <Moment atMs={record.reviewedAtMs} />
          </>
        )}
      </p>
    )
  return (
    <div className="flex flex-wrap items-center gap-2">
      <span className="text-high">No person has reviewed these findings.</span>
      {mayReview && (
        <>
          <Button busy={review.isPending} onClick={() => review.mutate('validated')}>
            Validate
          </Button>
          <Button busy={review.isPending} onClick={() => review.mutate('rejected')}>
            Reject
          </Button>
        </>
      )}
    </div>
  )
}

function modelStateText(state: ModelBriefState): string {
  switch (state.kind) {
    case 'ready':
      return ''
    case 'waiting':
      return 'The model is being asked; this page renews itself.'
    case 'not-configured':
      return 'No model is configured; the computed brief stands alone.'
    case 'not-selected':
      return `No model was asked: ${state.reason}`
    case 'refused':
      return `Policy refused to ask a model: ${state.reason}`
    case 'unavailable':
      return `No model answered: ${state.reason}`
    case 'unsupported':
      return `The model’s answer is not shown: ${state.reason}`
  }
}
