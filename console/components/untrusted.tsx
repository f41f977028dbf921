import { Fragment, useState } from 'react'
import { visibleRuns } from '../text/visible-text.ts'
import { useRevealed } from './reveal.tsx'

/**
 * Text that somebody outside could have written: alert fields, log lines, model output. Always plain text, isolated from
 * the direction of its surroundings, with control, bidirectional and invisible characters shown by name. Longer than
 * `limit` (UTF-16 units) it is cut with a button that shows the rest. `layout` keeps line breaks and tabs.
 */
export function Untrusted({
  text: given,
  limit = 2000,
  layout = false,
}: {
  text: string
  limit?: number
  layout?: boolean
}) {
  const text = useRevealed(given)
  const [whole, setWhole] = useState(false)
  const cut = !whole && text.length > limit
  // A cut in the middle of a surrogate pair would show half a character.
  const shown = cut ? text.slice(0, limit).replace(/[\ud800-\udbff]$/, '') : text
  return (
    <bdi className={layout ? 'whitespace-pre-wrap wrap-anywhere' : 'wrap-anywhere'}>
      {visibleRuns(shown, layout).map((run, index) =>
        run.kind === 'plain' ? (
          // biome-ignore lint/suspicious/noArrayIndexKey: runs have no identity but their place
          <Fragment key={index}>{run.text}</Fragment>
        ) : (
          <HiddenCharacter
            // biome-ignore lint/suspicious/noArrayIndexKey: runs have no identity but their place
            key={index}
            name={run.name}
          />
        ),
      )}
      {cut && (
        <button type="button" className="ml-1 text-accent underline" onClick={() => setWhole(true)}>
          … show all {text.length.toLocaleString('en')} characters
        </button>
      )}
    </bdi>
  )
}

/** One character that cannot be seen, by name. */
function HiddenCharacter({ name }: { name: string }) {
  return (
    <span
      className="mx-px rounded-sm border border-current px-0.5 font-mono text-[0.6875rem] text-attacker in-data-cited:text-current"
      title={`Invisible or deceptive character: ${name}`}
    >
      {name}
    </span>
  )
}
