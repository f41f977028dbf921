import type { Measurement } from '../../src/http/contract-rule-measurement.ts'
import type { RuleKind } from '../../src/http/contract-rules.ts'
import { Untrusted } from '../components/untrusted.tsx'
import { count } from '../text/count.ts'
import { FindingList } from './finding-list.tsx'

/** What a saved rule did: on its own logs, and on the alerts that are stored here. */
export function MeasurementView({ kind, measurement }: { kind: RuleKind; measurement: Measurement }) {
  if (measurement.kind === 'refused') return <FindingList findings={measurement.findings} />
  const { cases, tallies, pastEvents, cutShort, samples, corpus } = measurement.proof
  const all = [...cases, ...(samples ?? [])]
  return (
    <div className="grid grid-cols-1 gap-3">
      <p>
        {all.filter(({ pass }) => pass).length} of {all.length}{' '}
        {samples === undefined ? measured[kind] : 'texts and samples'} as wanted.
        {samples === undefined && (
          <>
            {' '}
            Run over {pastEvents.toLocaleString('en')} past alerts{cutShort && ' until the time was up'}
            {tallies.every(({ hits }) => hits === 0) &&
              (kind === 'decoders' ? ': it would have read none' : ': it would have fired on none')}
            .
          </>
        )}
      </p>
      {corpus !== undefined && <CorpusView corpus={corpus} />}
      {tallies.map(tally => (
        <div key={tally.rule_id} className="grid gap-1">
          <h3 className="font-medium">
            {kind === 'decoders' ? `Decoder ${tally.rule_id}` : `Rule ${tally.rule_id}, level ${tally.level}`}
            : {tally.hits.toLocaleString('en')} hits
          </h3>
          <Counts label="By host" counts={tally.by_host} />
          <Counts label="By day" counts={tally.by_day} />
          <Counts label="By verdict" counts={tally.against} />
          <Counts
            label={kind === 'decoders' ? 'In place of decoder' : 'In place of rule'}
            counts={tally.instead_of}
          />
          <ul aria-label={`Examples of rule ${tally.rule_id}`} className="grid gap-1 font-mono text-xs">
            {tally.examples.map(({ source, log }) => (
              <li key={source} className="min-w-0 break-words">
                <Untrusted text={log} limit={300} />
              </li>
            ))}
          </ul>
        </div>
      ))}
    </div>
  )
}

const measured: Readonly<Record<RuleKind, string>> = {
  wazuh: 'logs',
  decoders: 'logs',
  lists: 'values',
  sigma: 'logs',
  yara: 'texts',
}

type Corpus = NonNullable<Extract<Measurement, { kind: 'proven' }>['proof']['corpus']>

function CorpusView({ corpus }: { corpus: Corpus }) {
  const { folders, files, sizeBytes, hits, cutShort, milliseconds } = corpus
  const megabytes = Math.max(1, Math.round(sizeBytes / 1e6))
  return (
    <div className="grid grid-cols-1 gap-1">
      <p className={hits.length > 0 ? 'font-medium text-bad' : ''}>
        {hits.length === 0 ? 'It matches none' : 'It matches some'} of {files.toLocaleString('en')} clean
        files of {folders.join(', ')} ({megabytes.toLocaleString('en')} MB in{' '}
        {(milliseconds / 1000).toFixed(1)} s{cutShort && ', as many as there was time for'}).
      </p>
      <ul aria-label="False positives" className="grid grid-cols-1 gap-1">
        {hits.map(hit => (
          <li key={hit.rule}>
            {hit.rule}: {count(hit.files, 'clean file')}
            <ul className="font-mono text-xs text-muted">
              {hit.examples.map(({ file, strings }) => (
                <li key={file} className="break-all">
                  <Untrusted text={file} limit={200} /> {strings.join(' ')}
                </li>
              ))}
            </ul>
          </li>
        ))}
      </ul>
    </div>
  )
}

const mostShown = 8

function Counts({ label, counts }: { label: string; counts: Readonly<Record<string, number>> }) {
  const entries = Object.entries(counts).sort(([, left], [, right]) => right - left)
  if (entries.length === 0) return null
  return (
    <p>
      <span className="text-muted">{label}:</span>{' '}
      {entries.slice(0, mostShown).map(([name, count], index) => (
        <span key={name}>
          {index > 0 && ', '}
          <Untrusted text={name} limit={100} /> {count.toLocaleString('en')}
        </span>
      ))}
      {entries.length > mostShown && ` and ${entries.length - mostShown} more`}
    </p>
  )
}
