import type { MailDetail } from '../../src/http/contract-mail.ts'
import { DataTable } from '../components/data-table.tsx'
import { Untrusted } from '../components/untrusted.tsx'

type Row = MailDetail['links'][number]

/** What the mail shows against where it leads. Nothing here can be clicked. */
export function MailLinks({ mail }: { mail: MailDetail }) {
  return (
    <DataTable<Row & { readonly key: string }>
      label="Links and where they lead"
      rows={mail.links.map((link, index) => ({ ...link, key: String(index) }))}
      rowKey={link => link.key}
      empty="There are no links."
      columns={[
        { title: 'Kind', cell: link => link.kind },
        { title: 'Shown', cell: link => <Untrusted text={link.text} limit={150} /> },
        {
          title: 'Leads to',
          cell: link => (
            <span className="block max-w-xl font-mono text-xs">
              <Untrusted text={link.destination} limit={200} />
            </span>
          ),
        },
        {
          title: 'Notes',
          cell: link => <Untrusted text={link.notes.join('; ')} limit={200} />,
        },
      ]}
    />
  )
}
