import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { Digest, DigestEntry } from '../../src/http/contract-intel-digest.ts'
import { digestHref, readDigest, readProfile } from '../api/intel.ts'
import { useMay } from '../api/session.ts'
import { Button, buttonClass } from '../components/button.tsx'
import { Link } from '../components/link.tsx'
import { Moment } from '../components/moment.tsx'
import { PageHeading } from '../components/page-heading.tsx'
import { QueryState } from '../components/query-state.tsx'
import { Section } from '../components/section.tsx'
import { Untrusted } from '../components/untrusted.tsx'
import { ProfileDialog } from '../intel/profile-dialog.tsx'
import { useSearchValues } from '../router.tsx'
import { count } from '../text/count.ts'
import { visibleText } from '../text/visible-text.ts'

const spans = [
  { days: 1, word: 'Day' },
  { days: 7, word: 'Week' },
  { days: 30, word: 'Month' },
] as const

/** What came in lately, ranked by what it has to do with us. `?days=` says how far back. */
export function Page() {
  const [search] = useSearchValues()
  const asked = Number(search.days)
  const days = Number.isInteger(asked) && asked >= 1 && asked <= 90 ? asked : 7
  const query = useQuery({
    queryKey: ['intel', 'digest', days],
    queryFn: ({ signal }) => readDigest(days, signal),
  })
  return (
    <>
      <PageHeading title="Intelligence digest">
        <nav aria-label="How far back" className="flex gap-1">
          {spans.map(span => (
            <Link
              key={span.days}
              href={`/intel/digest?days=${span.days}`}
              current={days === span.days}
              className={`rounded px-2 py-1 ${days === span.days ? 'bg-selected font-semibold' : 'text-muted hover:bg-selected'}`}
            >
              {span.word}
            </Link>
          ))}
        </nav>
        <a className={buttonClass('plain')} href={digestHref(days, 'markdown')} download>
          Markdown
        </a>
        <a className={buttonClass('plain')} href={digestHref(days, 'pdf')} download>
          PDF
        </a>
      </PageHeading>
      <div className="grid max-w-4xl grid-cols-1 gap-6 px-4 pb-8">
        <ProfileLine />
        <QueryState query={query} what="The digest">
          {digest => <DigestView digest={digest} />}
        </QueryState>
      </div>
    </>
  )
}

/** By what the digest is ranked, and when it goes out. */
function ProfileLine() {
  const may = useMay('admin')
  const [editing, setEditing] = useState(false)
  const query = useQuery({ queryKey: ['intel', 'profile'], queryFn: ({ signal }) => readProfile(signal) })
  return (
    <QueryState query={query} what="The profile">
      {({ profile }) => {
        const { sectors, technologies, cadence, hour, recipients, sentMs, lastError, canSend } = profile
        return (
          <div className="grid gap-1 rounded border border-line bg-surface p-3">
            <p>
              {sectors.length + technologies.length === 0 ? (
                <span className="text-muted">
                  Ranked by sightings and weaknesses only: nobody has said what the organisation is and uses.
                </span>
              ) : (
                <>
                  <span className="text-muted">Ranked for </span>
                  {[...sectors, ...technologies].map(visibleText).join(', ')}
                </>
              )}
            </p>
            <p className="flex flex-wrap items-center gap-x-3 gap-y-1 text-muted">
              <span>
                {cadence === 'off' || recipients.length === 0
                  ? 'Not sent by mail'
                  : `Mailed ${cadence === 'daily' ? 'every day' : 'on Mondays'} at ${String(hour).padStart(2, '0')}:00 UTC to ${recipients.length} ${recipients.length === 1 ? 'person' : 'people'}`}
                {cadence !== 'off' && !canSend && '; no mail relay is set (TOCSIN_MAIL_SMTP_URL)'}
              </span>
              {sentMs !== null && (
                <span>
                  last sent <Moment atMs={sentMs} />
                </span>
              )}
              {lastError !== null && (
                <span className="text-bad">
                  last failure: <Untrusted text={lastError} limit={200} />
                </span>
              )}
              {may && <Button onClick={() => setEditing(true)}>Change</Button>}
            </p>
            {editing && <ProfileDialog profile={profile} onClose={() => setEditing(false)} />}
          </div>
        )
      }}
    </QueryState>
  )
}

function DigestView({ digest: { concerning, others, gaps, withheld } }: { digest: Digest }) {
  return (
    <>
      <Section title={`Concerns us (${concerning.length})`}>
        <Entries
          entries={concerning}
          empty={
            others.length === 0
              ? 'No report came in. Upload one under Threat reports.'
              : 'Nothing in these reports was seen here, is a weakness of ours, or names what we use.'
          }
        />
      </Section>
      <Section title={`No sign of it here (${others.length})`}>
        <Entries entries={others} empty="No other report came in." />
      </Section>
      <Section title="Described by reports, never in our alerts">
        {gaps.length === 0 ? (
          <p className="text-muted">
            {concerning.length + others.length === 0
              ? 'No report came in.'
              : 'None: an alert of ours has carried each technique that a report describes.'}
          </p>
        ) : (
          <ul className="grid gap-1">
            {gaps.map(({ id, name, reports }) => (
              <li key={id}>
                <span className="font-mono">{id}</span> {name}{' '}
                <span className="tabular text-muted">in {count(reports, 'report')}</span>
              </li>
            ))}
          </ul>
        )}
      </Section>
      {withheld > 0 && (
        <p className="text-muted">
          {withheld} marked TLP:RED for named recipients are in the list of reports only.
        </p>
      )}
    </>
  )
}

function Entries({ entries, empty }: { entries: readonly DigestEntry[]; empty: string }) {
  if (entries.length === 0) return <p className="text-muted">{empty}</p>
  return (
    <ol className="grid gap-3">
      {entries.map(entry => (
        <li key={entry.id} className="grid gap-0.5 border-b border-line pb-2">
          <Link
            href={`/intel/reports/${encodeURIComponent(entry.id)}`}
            className="justify-self-start font-medium text-accent hover:underline"
          >
            {visibleText(entry.title)}
          </Link>
          {entry.reasons.map(reason => (
            <span key={reason}>
              <span className="text-muted">because </span>
              <Untrusted text={reason} limit={300} />
            </span>
          ))}
          <span className="text-xs text-muted">
            <Moment atMs={entry.createdMs} />, <Untrusted text={entry.marks} limit={300} />
            {entry.techniqueIds.length > 0 && `; ${entry.techniqueIds.slice(0, 8).join(', ')}`}
          </span>
        </li>
      ))}
    </ol>
  )
}
