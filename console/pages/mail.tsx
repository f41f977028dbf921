import { useInfiniteQuery } from '@tanstack/react-query'
import type { MailSummary } from '../../src/http/contract-mail.ts'
import { listMail, mailHref } from '../api/mail.ts'
import { useMay } from '../api/session.ts'
import { Button } from '../components/button.tsx'
import { DataTable } from '../components/data-table.tsx'
import { SelectField, TextField } from '../components/field.tsx'
import { Link } from '../components/link.tsx'
import { Moment } from '../components/moment.tsx'
import { PageHeading } from '../components/page-heading.tsx'
import { QueryState } from '../components/query-state.tsx'
import { Untrusted } from '../components/untrusted.tsx'
import { MailUpload } from '../mail/mail-upload.tsx'
import { MailVerdictLabel, mailVerdictLooks, mailVerdictOrder } from '../mail/mail-verdict.tsx'
import { useSearchValues } from '../router.tsx'
import { visibleText } from '../text/visible-text.ts'

const flagged = 'suspicious,phishing,bec,malware'

/** Reported and passing mails, latest first. The filter is in the address. */
export function Page() {
  const [{ verdict, campaign, text }, change] = useSearchValues()
  const mayUpload = useMay('analyst')
  const query = useInfiniteQuery({
    queryKey: ['mail', verdict, campaign, text],
    queryFn: ({ pageParam, signal }) => listMail({ verdict, campaign, text, cursor: pageParam }, signal),
    initialPageParam: undefined as string | undefined, // The type of the pages to come: the first has no cursor.
    getNextPageParam: page => page.nextCursor ?? undefined,
  })
  return (
    <div className="grid grid-cols-1 gap-3">
      <PageHeading title="Mail" />
      {mayUpload && <MailUpload />}
      <search className="flex flex-wrap items-end gap-3 px-4">
        <SelectField
          label="Verdict"
          value={verdict ?? ''}
          onChange={event => change({ verdict: event.target.value })}
          options={[
            { value: '', label: 'All' },
            { value: flagged, label: 'Flagged' },
            ...mailVerdictOrder.map(value => ({ value, label: mailVerdictLooks[value].word })),
          ]}
        />
        <TextField
          label="Subject or sender"
          value={text ?? ''}
          onChange={event => change({ text: event.target.value })}
        />
        {campaign !== undefined && campaign !== '' && (
          <Button onClick={() => change({ campaign: undefined })}>
            Leave campaign {visibleText(campaign)}
          </Button>
        )}
      </search>
      <div className="px-4">
        <QueryState query={query} what="The mails">
          {({ pages }) => <MailTable mails={pages.flatMap(page => page.mails)} />}
        </QueryState>
        {query.hasNextPage && (
          <Button className="mt-3" busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
            Show more
          </Button>
        )}
      </div>
    </div>
  )
}

function MailTable({ mails }: { mails: readonly MailSummary[] }) {
  return (
    <DataTable<MailSummary>
      label="Mails"
      rows={mails}
      rowKey={mail => mail.id}
      empty="No mail here. Upload one, or let an abuse mailbox, a journal address or a gateway hand mails in."
      columns={[
        {
          title: 'Verdict',
          cell: mail => (
            <MailVerdictLabel
              verdict={mail.decidedVerdict ?? mail.verdict}
              decided={mail.decidedVerdict !== null}
            />
          ),
        },
        {
          title: 'Probability',
          cell: mail => <span className="tabular">{Math.round(mail.probability * 100)} %</span>,
        },
        {
          title: 'Subject',
          cell: mail => (
            <div className="min-w-44">
              <Link href={mailHref(mail.id)} className="wrap-anywhere font-medium hover:underline">
                {visibleText(mail.subject) || '(no subject)'}
              </Link>
            </div>
          ),
        },
        {
          title: 'From',
          cell: mail => (
            <div className="min-w-36">
              <Untrusted text={mail.sender} limit={100} />
            </div>
          ),
        },
        {
          title: 'Campaign',
          cell: mail =>
            mail.campaignSize > 1 ? (
              <Link
                href={`/mail?campaign=${encodeURIComponent(mail.campaign)}`}
                className="text-accent hover:underline"
              >
                {mail.campaignSize} mails
              </Link>
            ) : (
              <span className="text-muted">alone</span>
            ),
        },
        { title: 'Came by', cell: mail => mail.source },
        { title: 'Received', cell: mail => <Moment atMs={mail.receivedMs} /> },
      ]}
    />
  )
}
