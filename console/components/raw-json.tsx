import { type ReactNode, useEffect, useMemo, useRef, useState } from 'react'
import { type JsonLine, jsonLines, linesOf } from '../text/json-lines.ts'
import { Button } from './button.tsx'
import { centreInScroller } from './centre-in-scroller.ts'
import { CopyButton } from './copy-button.tsx'
import { Untrusted } from './untrusted.tsx'

const windowLines = 2000
const windowCharacters = 200_000

/**
 * JSON as its source wrote it, laid out in lines; the value at `pointer` is marked and scrolled to, and within it the
 * words of `quote`. Text that is not JSON, or too large to lay out, is shown as it came.
 */
export function RawJson({ raw, pointer, quote }: { raw: string; pointer?: string; quote?: string }) {
  const [asReceived, setAsReceived] = useState(false)
  const lines = useMemo(() => (raw.length > 4_000_000 ? undefined : jsonLines(raw)), [raw])
  const cited = lines === undefined || pointer === undefined ? undefined : linesOf(lines, pointer)
  return (
    <div className="grid gap-2">
      <div className="flex flex-wrap items-center gap-2">
        {lines !== undefined && (
          <Button aria-pressed={asReceived} onClick={() => setAsReceived(!asReceived)}>
            {asReceived ? 'Laid out' : 'As received'}
          </Button>
        )}
        <CopyButton text={raw} />
        {lines === undefined && (
          <p className="text-muted">Not JSON, or too large to lay out: shown as it was received.</p>
        )}
        {lines !== undefined && pointer !== undefined && cited === undefined && (
          <p className="text-high">There is no field {pointer} in this document.</p>
        )}
      </div>
      {lines === undefined || asReceived ? (
        <pre className="font-mono text-xs whitespace-pre-wrap wrap-anywhere">
          <Untrusted text={raw} limit={windowCharacters} layout />
        </pre>
      ) : (
        <JsonLines lines={lines} cited={cited} quote={quote} />
      )}
    </div>
  )
}

function JsonLines({
  lines,
  cited,
  quote,
}: {
  lines: readonly JsonLine[]
  cited: { first: number; last: number } | undefined
  quote: string | undefined
}) {
  const [whole, setWhole] = useState(false)
  const target = useRef<HTMLDivElement>(null)
  const first = cited?.first
  useEffect(() => {
    if (first !== undefined && target.current !== null) centreInScroller(target.current)
  }, [first])
  // Very long documents: a window around the cited field, the rest on request.
  const from = whole ? 0 : Math.max(0, Math.min((first ?? 0) - windowLines / 2, lines.length - windowLines))
  const shown = whole ? lines : lines.slice(from, from + windowLines)
  return (
    <div className="font-mono text-xs">
      {shown.map((line, place) => {
        const index = from + place
        const marked = cited !== undefined && index >= cited.first && index <= cited.last
        return (
          <div
            key={index}
            ref={index === first ? target : undefined}
            data-pointer={line.pointer}
            data-cited={marked || undefined}
            className="wrap-anywhere whitespace-pre-wrap data-cited:bg-mark data-cited:text-mark-text"
            style={{ paddingLeft: `${Math.min(line.indent, 40) * 0.75 + 0.5}rem` }}
          >
            <LineText line={line} quote={marked ? quote : undefined} marked={marked} />
          </div>
        )
      })}
      {shown.length < lines.length && (
        <Button className="mt-2" onClick={() => setWhole(true)}>
          Lines {from + 1} to {from + shown.length} of {lines.length}: show all
        </Button>
      )}
    </div>
  )
}

function LineText({ line, quote, marked }: { line: JsonLine; quote: string | undefined; marked: boolean }) {
  const { key, text, kind, comma } = line
  const tone = marked
    ? ''
    : kind === 'string'
      ? 'text-ink'
      : kind === 'open' || kind === 'close'
        ? 'text-faint'
        : 'text-accent'
  return (
    <>
      {key !== undefined && (
        <span className={marked ? 'font-semibold' : 'text-muted'}>
          <Untrusted text={key} limit={300} />
          {': '}
        </span>
      )}
      <span className={tone}>{quoted(text, quote)}</span>
      {comma && <span className={marked ? '' : 'text-faint'}>,</span>}
    </>
  )
}

/** The words of the quote, as JSON writes them, underlined within the value. */
function quoted(text: string, quote: string | undefined): ReactNode {
  const words = quote === undefined ? '' : JSON.stringify(quote).slice(1, -1)
  const at = words === '' ? -1 : text.indexOf(words)
  if (at < 0 || words.length > text.length - 2) return <Untrusted text={text} />
  return (
    <>
      <Untrusted text={text.slice(0, at)} />
      <mark className="bg-transparent font-semibold text-inherit underline decoration-2">
        <Untrusted text={words} />
      </mark>
      <Untrusted text={text.slice(at + words.length)} />
    </>
  )
}
