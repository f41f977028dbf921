import { Untrusted } from '../components/untrusted.tsx'
import { lineDiff } from '../text/line-diff.ts'

const looks = {
  same: { sign: ' ', word: '', look: 'text-muted' },
  removed: { sign: '−', word: 'removed: ', look: 'bg-bad-tint' },
  added: { sign: '+', word: 'added: ', look: 'bg-good-tint' },
} as const

/** Two texts side by side in one column: what goes, what comes, and what stays. */
export function TextDiff({ label, before, after }: { label: string; before: string; after: string }) {
  const lines = lineDiff(before, after)
  const count = (kind: keyof typeof looks) => lines.filter(line => line.kind === kind).length
  return (
    <div className="grid grid-cols-1 gap-1">
      <p className="text-xs text-muted">
        {count('added')} lines added, {count('removed')} removed
      </p>
      <section
        aria-label={label}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and the keyboard must be able to scroll it
        tabIndex={0}
        className="max-h-96 overflow-auto rounded border border-line font-mono text-xs"
      >
        <ol className="w-max min-w-full">
          {lines.map(({ kind, text }, index) => {
            const { sign, word, look } = looks[kind]
            return (
              // biome-ignore lint/suspicious/noArrayIndexKey: a line is its place
              <li key={index} className={`flex gap-2 px-2 whitespace-pre ${look}`}>
                <span aria-hidden="true" className="select-none">
                  {sign}
                </span>
                <span className="sr-only">{word}</span>
                <Untrusted text={text === '' ? ' ' : text} layout />
              </li>
            )
          })}
        </ol>
      </section>
    </div>
  )
}
