import type { MailDetail } from '../../src/http/contract-mail.ts'
import { mailHref } from '../api/mail.ts'
import { DataTable } from '../components/data-table.tsx'
import { Link } from '../components/link.tsx'
import { Moment } from '../components/moment.tsx'
import { Untrusted } from '../components/untrusted.tsx'

/** Who else got a mail of this campaign, as far as envelopes and address fields say. */
export function MailCampaign({ mail }: { mail: MailDetail }) {
  return (
    <DataTable<MailDetail['campaignRecipients'][number]>
      label="Recipients"
      rows={mail.campaignRecipients}
      rowKey={row => row.address}
      empty="No recipient is named in the mails of this campaign."
      columns={[
        { title: 'Recipient', cell: row => <Untrusted text={row.address} limit={100} /> },
        {
          title: 'Mail',
          cell: row =>
            row.mailId === mail.id ? (
              'this one'
            ) : (
              <Link href={mailHref(row.mailId)} className="text-accent hover:underline">
                open
              </Link>
            ),
        },
        { title: 'Came in', cell: row => <Moment atMs={row.receivedMs} /> },
      ]}
    />
  )
}
