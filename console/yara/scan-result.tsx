import { CircleCheck, TriangleAlert } from 'lucide-react'
import type { YaraScan } from '../../src/http/contract-yara.ts'
import { DataTable } from '../components/data-table.tsx'
import { Moment } from '../components/moment.tsx'
import { Untrusted } from '../components/untrusted.tsx'

type Match = YaraScan['matches'][number]

/** One scanned file: which rules matched, with their metadata and each string at its place. */
export function ScanResult({ scan, open }: { scan: YaraScan; open: boolean }) {
  const stopped = scan.problems.length > 0
  const hit = scan.matches.length > 0
  return (
    <li className={`border-l-2 pl-3 ${hit ? 'border-bad' : 'border-line'}`}>
      <details open={open && hit}>
        <summary className="cursor-pointer">
          <span
            className={`inline-flex items-center gap-1 font-medium ${hit || stopped ? 'text-bad' : 'text-good'}`}
          >
            {hit || stopped ? (
              <TriangleAlert aria-hidden="true" className="size-4" />
            ) : (
              <CircleCheck aria-hidden="true" className="size-4" />
            )}
            {stopped
              ? 'Not scanned to the end'
              : hit
                ? `${scan.matches.length} ${scan.matches.length === 1 ? 'rule matches' : 'rules match'}`
                : 'Nothing found'}
          </span>{' '}
          <Untrusted text={scan.fileName} limit={200} />{' '}
          <span className="text-muted">
            {scan.sizeBytes.toLocaleString('en')} bytes, {scan.by.displayName}, <Moment atMs={scan.atMs} />
          </span>
        </summary>
        <div className="grid grid-cols-1 gap-3 py-2">
          <p className="text-sm text-muted">
            SHA-256 <span className="font-mono text-xs break-all">{scan.sha256}</span>, with{' '}
            {scan.packs.join(', ')}, in {scan.tookMs} ms
          </p>
          {scan.problems.map(problem => (
            <p key={problem.code} className="font-medium text-bad">
              {problem.message}
            </p>
          ))}
          {scan.matches.map(match => (
            <RuleMatch key={`${match.source} ${match.rule}`} match={match} />
          ))}
        </div>
      </details>
    </li>
  )
}

function RuleMatch({ match }: { match: Match }) {
  return (
    <section aria-label={`Rule ${match.rule}`} className="grid grid-cols-1 gap-1">
      <h3 className="font-semibold">
        <Untrusted text={match.rule} />{' '}
        <span className="font-normal text-muted">
          {match.source} {match.version}
          {match.tags.length > 0 && `; ${match.tags.join(', ')}`}
        </span>
      </h3>
      <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-3 text-sm [&>dt]:text-muted">
        {Object.entries(match.meta).map(([key, value]) => (
          <div key={key} className="contents">
            <dt>
              <Untrusted text={key} />
            </dt>
            <dd>
              <Untrusted text={Array.isArray(value) ? value.join(', ') : String(value)} limit={500} />
            </dd>
          </div>
        ))}
      </dl>
      <DataTable
        label={`Strings of ${match.rule}`}
        rows={match.strings}
        rowKey={each => `${each.id} ${each.offset}`}
        empty="The condition names no string that was found."
        columns={[
          { title: 'String', cell: each => each.id },
          { title: 'At', cell: each => <span className="tabular">{each.offset}</span> },
          { title: 'Bytes', cell: each => <span className="tabular">{each.length}</span> },
          {
            title: 'As text',
            cell: each => (
              <span className="font-mono text-xs break-all">
                <Untrusted text={textOf(each.hex)} />
              </span>
            ),
          },
          {
            title: 'Hexadecimal',
            cell: each => <span className="font-mono text-xs break-all">{each.hex}</span>,
          },
        ]}
      />
      {match.stringCount > match.strings.length && (
        <p className="text-sm text-muted">
          The first {match.strings.length} of {match.stringCount} places.
        </p>
      )}
    </section>
  )
}

/** Printable ASCII; a dot for every other byte. */
function textOf(hex: string): string {
  return hex.replace(/../g, pair => {
    const code = Number.parseInt(pair, 16)
    return code >= 0x20 && code < 0x7f ? String.fromCharCode(code) : '.'
  })
}
