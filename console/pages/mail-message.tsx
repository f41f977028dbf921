import { useQuery } from '@tanstack/react-query'
import type { MailDetail } from '../../src/http/contract-mail.ts'
import { mailSourceHref, readMail } from '../api/mail.ts'
import { useMay } from '../api/session.ts'
import { useRenewal } from '../api/use-renewal.ts'
import { CaseResponsePanel } from '../case/response-section.tsx'
import { buttonClass } from '../components/button.tsx'
import { DataTable } from '../components/data-table.tsx'
import { Link } from '../components/link.tsx'
import { Moment } from '../components/moment.tsx'
import { useTitle } from '../components/page-heading.tsx'
import { QueryState } from '../components/query-state.tsx'
import { RevealNames } from '../components/reveal.tsx'
import { Section } from '../components/section.tsx'
import { Untrusted } from '../components/untrusted.tsx'
import { MailAuthentication } from '../mail/mail-authentication.tsx'
import { MailCampaign } from '../mail/mail-campaign.tsx'
import { MailDecision } from '../mail/mail-decision.tsx'
import { MailJudgement } from '../mail/mail-judgement.tsx'
import { MailLinks } from '../mail/mail-links.tsx'
import { MailPath } from '../mail/mail-path.tsx'
import { MailReply } from '../mail/mail-reply.tsx'
import { MailSignals } from '../mail/mail-signals.tsx'
import { isFlagged, MailVerdictLabel } from '../mail/mail-verdict.tsx'
import { useRouteParameter } from '../router.tsx'
import { visibleText } from '../text/visible-text.ts'

/** One mail: what it is and why, what it says, where it leads, how it came. All of it text, none of it live. */
export function Page() {
  const id = useRouteParameter('mailId')
  const query = useQuery({ queryKey: ['mail', 'one', id], queryFn: ({ signal }) => readMail(id, signal) })
  // A flagged mail becomes a case a moment after it came in; later copies add to it.
  useRenewal(['mail', 'one', id], event => {
    const mail = query.data
    if (mail === undefined) return true // Read before the case was there, perhaps.
    return isFlagged(mail.verdict) && (mail.caseId === null || mail.caseId === event.caseId)
  })
  useTitle(query.data === undefined ? 'Mail' : visibleText(query.data.subject))
  return (
    <QueryState query={query} what="The mail">
      {mail => <MailPage mail={mail} />}
    </QueryState>
  )
}

function MailPage({ mail }: { mail: MailDetail }) {
  const mayDecide = useMay('analyst')
  return (
    <div className="@container">
      <header className="grid gap-1.5 border-b border-line px-4 py-3">
        <h1 className="text-lg leading-snug font-semibold">
          <Untrusted text={mail.subject || '(no subject)'} limit={300} />
        </h1>
        <div className="flex flex-wrap items-center gap-x-4 gap-y-1">
          <MailVerdictLabel
            verdict={mail.decidedVerdict ?? mail.verdict}
            decided={mail.decidedVerdict !== null}
          />
          <span className="tabular text-muted">
            {Math.round(mail.probability * 100)} % that it is phishing, BEC or malware
          </span>
          {mail.campaignSize > 1 && (
            <Link
              href={`/mail?campaign=${encodeURIComponent(mail.campaign)}`}
              className="text-accent underline"
            >
              {mail.campaignSize} mails of this campaign
            </Link>
          )}
          {mail.caseId !== null && (
            <Link href={`/cases/${encodeURIComponent(mail.caseId)}`} className="text-accent underline">
              Open the case
            </Link>
          )}
          {mayDecide && (
            <a href={mailSourceHref(mail.id)} download className={buttonClass('plain')}>
              Download source
            </a>
          )}
        </div>
        <dl className="grid grid-cols-[max-content_minmax(0,1fr)] gap-x-3 text-muted">
          <Fact name="From" text={mail.from} />
          {mail.replyTo !== '' && <Fact name="Reply to" text={mail.replyTo} />}
          <Fact name="To" text={mail.to} />
          <dt>Received</dt>
          <dd>
            <Moment atMs={mail.receivedMs} /> by {mail.source}
            {mail.reporter !== null && (
              <>
                , reported by <Untrusted text={mail.reporter} limit={100} />
              </>
            )}
          </dd>
        </dl>
      </header>
      <div className="grid grid-cols-1 gap-8 p-4 @4xl:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
        <div className="@4xl:col-span-2">
          <Section title="Verdict">
            <MailDecision mail={mail} mayDecide={mayDecide} />
          </Section>
        </div>
        <div className="grid min-w-0 grid-cols-1 content-start gap-8">
          <Section title="Why">
            <MailSignals mail={mail} />
          </Section>
          <Section title="Text">
            <MailTexts mail={mail} />
          </Section>
          <Section title="Links">
            <MailLinks mail={mail} />
          </Section>
          <Section title="Attachments">
            <MailAttachments mail={mail} />
          </Section>
          <Section title="Who vouches for the sender">
            <MailAuthentication mail={mail} />
          </Section>
          <Section title="The way it came">
            <MailPath mail={mail} />
          </Section>
          {mail.problems.length > 0 && (
            <Section title="What could not be read">
              <ul className="list-disc pl-5">
                {mail.problems.map(entry => (
                  <li key={`${entry.code} ${entry.where ?? ''}`}>
                    <Untrusted text={entry.message} limit={300} />
                  </li>
                ))}
              </ul>
            </Section>
          )}
          <Section title="Headers">
            <MailHeaders mail={mail} />
          </Section>
        </div>
        <div className="grid min-w-0 grid-cols-1 content-start gap-8">
          {mail.judgement !== null && (
            <Section title="What the model said">
              <RevealNames subject={mail.id} texts={mail.judgement.claims.map(claim => claim.text)}>
                <MailJudgement judgement={mail.judgement} />
              </RevealNames>
            </Section>
          )}
          {mail.caseId !== null && (
            <Section title="Response">
              <CaseResponsePanel caseId={mail.caseId} revision={mail.campaignSize} />
            </Section>
          )}
          <Section title="Who got it">
            <MailCampaign mail={mail} />
          </Section>
          <Section title="Answer to the reporter">
            <MailReply mail={mail} mayReply={mayDecide} />
          </Section>
          <Section title="Indicators">
            <ul className="grid gap-0.5 font-mono text-xs">
              {mail.indicators.map(({ type, value }) => (
                <li key={`${type} ${value}`}>
                  <span className="inline-block w-16 text-muted">{type}</span>
                  <Untrusted text={value} limit={150} />
                </li>
              ))}
            </ul>
          </Section>
        </div>
      </div>
    </div>
  )
}

function Fact({ name, text }: { name: string; text: string }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>
        <Untrusted text={text || '(nobody)'} limit={300} />
      </dd>
    </>
  )
}

function MailHeaders({ mail }: { mail: MailDetail }) {
  return (
    <DataTable
      label="Header fields"
      rows={mail.headers.map((header, index) => ({ ...header, key: String(index) }))}
      rowKey={header => header.key}
      empty="The message has no headers."
      columns={[
        {
          title: 'Name',
          cell: header => <span className="font-mono text-xs">{visibleText(header.name)}</span>,
        },
        {
          title: 'Value',
          cell: header => (
            <span className="block font-mono text-xs">
              <Untrusted text={header.value} limit={300} />
            </span>
          ),
        },
      ]}
    />
  )
}

/** What the reader of each text part sees, and what is hidden from them. */
function MailTexts({ mail }: { mail: MailDetail }) {
  if (mail.texts.length === 0) return <p className="text-muted">The message has no text.</p>
  return mail.texts.map(text => (
    <div key={text.part} className="grid gap-2">
      <p className="text-xs text-muted">
        Part {text.part}, {text.kind === 'html' ? 'HTML, shown as text' : 'plain text'}
      </p>
      <div className="rounded border border-line bg-sunken p-3">
        <Untrusted text={text.visible} limit={5000} layout />
      </div>
      {text.hidden !== '' && (
        <details>
          <summary className="cursor-pointer text-attacker">
            {text.hidden.length.toLocaleString('en')} characters hidden from the reader
          </summary>
          <div className="mt-1 rounded border border-line p-3">
            <Untrusted text={text.hidden} limit={2000} />
          </div>
        </details>
      )}
    </div>
  ))
}

function MailAttachments({ mail }: { mail: MailDetail }) {
  return (
    <DataTable<MailDetail['attachments'][number]>
      label="Attached files"
      rows={mail.attachments}
      rowKey={file => file.part}
      empty="There are no attachments."
      columns={[
        { title: 'Name', cell: file => <Untrusted text={file.name || '(no name)'} limit={150} /> },
        {
          title: 'Type',
          cell: file => (
            <>
              <Untrusted text={file.claimedType} limit={80} />
              <span className="block text-xs text-muted">content: {file.trueType}</span>
            </>
          ),
        },
        {
          title: 'Bytes',
          cell: file => <span className="tabular">{file.sizeBytes.toLocaleString('en')}</span>,
        },
        {
          title: 'SHA-256',
          cell: file => <span className="font-mono text-xs wrap-anywhere">{file.sha256}</span>,
        },
      ]}
    />
  )
}
