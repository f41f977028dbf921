import { CircleCheck, CircleDashed, CircleDot, CirclePause, CircleSlash } from 'lucide-react'
import type { ModelProfileView } from '../../src/http/contract-models.ts'
import { Button } from '../components/button.tsx'
import { Moment } from '../components/moment.tsx'
import { Untrusted } from '../components/untrusted.tsx'
import { count } from '../text/count.ts'

const states = {
  candidate: { icon: CircleDashed, colour: 'text-muted', means: 'asked nothing' },
  shadow: { icon: CirclePause, colour: 'text-muted', means: 'asked on real cases, shown to nobody' },
  canary: { icon: CircleDot, colour: 'text-medium', means: 'in use for a share of the cases' },
  active: { icon: CircleCheck, colour: 'text-good', means: 'in use' },
  retired: { icon: CircleSlash, colour: 'text-muted', means: 'not asked any more' },
} as const

const verbs = {
  candidate: 'Back to candidate',
  shadow: 'Into the shadow',
  canary: 'Make canary',
  active: 'Make active',
  retired: 'Retire',
} as const

/** One profile: where it stands, how it does, and where it may go. */
export function ModelCard({ profile, onMove }: { profile: ModelProfileView; onMove: (to: string) => void }) {
  const { icon: Icon, colour, means } = states[profile.state]
  return (
    <article className="grid gap-3 rounded border border-line bg-surface p-3" aria-label={profile.name}>
      <div className="flex flex-wrap items-baseline justify-between gap-x-4 gap-y-1">
        <h3 className="font-semibold">
          <Untrusted text={profile.name} />{' '}
          <span className="font-normal text-muted">
            {profile.provider} · <Untrusted text={profile.model} /> · {profile.zone}
          </span>
        </h3>
        <p className={`flex items-center gap-1.5 ${colour}`}>
          <Icon aria-hidden="true" className="size-4" />
          <span className="font-medium">{profile.state}</span>
          <span className="text-muted">
            {means}, since <Moment atMs={profile.sinceMs} />
          </span>
        </p>
      </div>
      {!profile.configured && profile.state !== 'retired' && (
        <p className="text-muted">
          It is no longer set up in models.yaml, or this server was started with another one.
        </p>
      )}
      {profile.unwell !== null && (
        <p role="status" className="rounded bg-bad-tint px-2 py-1">
          Does badly: {profile.unwell}.
        </p>
      )}
      <Measures profile={profile} />
      <details className="text-sm">
        <summary className="cursor-pointer text-muted">
          What it is made of (<code>{profile.id}</code>)
        </summary>
        <dl className="mt-1 grid grid-cols-[max-content_1fr] gap-x-4 gap-y-0.5">
          {profile.parts.map(({ name, value }) => (
            <div key={name} className="contents">
              <dt className="text-muted">{name}</dt>
              <dd className="break-all">
                <Untrusted text={value} />
              </dd>
            </div>
          ))}
        </dl>
      </details>
      <div className="flex flex-wrap gap-2">
        {profile.canRollBack && (
          <Button look="danger" onClick={() => onMove('rollback')}>
            Roll back
          </Button>
        )}
        {profile.moves.map(({ to }) => (
          <Button key={to} onClick={() => onMove(to)}>
            {verbs[to]}
          </Button>
        ))}
      </div>
    </article>
  )
}

function Measures({ profile: { usage, shadow } }: { profile: ModelProfileView }) {
  const percent = (part: number, whole: number) =>
    whole === 0 ? '–' : `${Math.round((part / whole) * 100)} %`
  const facts = [
    ...(usage === null
      ? []
      : [
          ['Calls, 7 days', String(usage.calls)],
          ['Answered', percent(usage.answered, usage.calls)],
          ['Not borne out', percent(usage.unsupported, usage.calls)],
          ['Median, 95th', `${seconds(usage.medianMs)}, ${seconds(usage.p95Ms)}`],
          // Nothing counted: it has no price, or was not asked.
          ...(usage.costUsd === 0 ? [] : [['A call', `$${(usage.costUsd / usage.calls).toFixed(4)}`]]),
        ]),
    ...(shadow === null
      ? []
      : [
          ['In the shadow', count(shadow.answers, 'case')],
          ['Claims held', percent(shadow.claims - shadow.struck, shadow.claims)],
          ['As the one in use', percent(shadow.agreed, shadow.compared)],
          ['Right, by people', `${shadow.shadowRight} of ${shadow.decided} (in use: ${shadow.shownRight})`],
        ]),
  ] as const
  if (facts.length === 0) return <p className="text-sm text-muted">It has not been asked anything yet.</p>
  return (
    <dl className="flex flex-wrap gap-x-6 gap-y-1 text-sm">
      {facts.map(([name, value]) => (
        <div key={name} className="grid">
          <dt className="text-xs text-muted">{name}</dt>
          <dd className="tabular-nums">{value}</dd>
        </div>
      ))}
    </dl>
  )
}

const seconds = (ms: number) => `${(ms / 1000).toFixed(ms < 10_000 ? 1 : 0)} s`
