import { useMemo } from 'react'
import type { ReportDetail } from '../../src/http/contract-intel.ts'
import { Untrusted } from '../components/untrusted.tsx'
import { passagesOf } from './text-passages.ts'

const markLooks = {
  indicator: 'bg-mark px-0.5 font-mono text-mark-text',
  technique: 'bg-attacker-tint text-ink underline decoration-dotted',
  cited: 'bg-transparent text-ink underline decoration-dotted',
} as const

/** A report's text with what was found in it marked in place. Plain text: links in it are not links. */
export function ReportTextView({ detail }: { detail: ReportDetail }) {
  const { text, indicators, techniques, report, context } = detail
  const passages = useMemo(() => {
    const counted = techniques.filter(({ id }) => report.techniqueIds.includes(id))
    const cited = context?.kind === 'answered' ? [...context.claims, ...context.techniques] : []
    return passagesOf(
      text,
      indicators,
      counted,
      cited.flatMap(each => each.passages),
    )
  }, [text, indicators, techniques, report.techniqueIds, context])
  return (
    <section
      aria-label="Text of the report"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and the keyboard must be able to scroll it
      tabIndex={0}
      className="max-h-[70vh] overflow-y-auto rounded border border-line bg-surface p-3 leading-relaxed whitespace-pre-wrap"
    >
      {passages.map((passage, index) =>
        passage.kind === 'plain' ? (
          // biome-ignore lint/suspicious/noArrayIndexKey: passages have no identity but their place
          <Untrusted key={index} text={passage.text} layout limit={100_000} />
        ) : (
          <mark
            // biome-ignore lint/suspicious/noArrayIndexKey: passages have no identity but their place
            key={index}
            id={passage.anchor}
            title={passage.label}
            className={`target:outline-2 target:outline-accent ${markLooks[passage.kind]}`}
          >
            <Untrusted text={passage.text} layout limit={5_000} />
          </mark>
        ),
      )}
    </section>
  )
}
