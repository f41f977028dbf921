import { type ReactNode, useId } from 'react'
import { KeyHint } from './key-hint.tsx'

/** A part of a page under its own heading. `keys`: the shortcut that leads here. */
export function Section({ title, keys, children }: { title: string; keys?: string; children: ReactNode }) {
  const id = useId()
  return (
    <section aria-labelledby={id} className="grid min-w-0 content-start gap-2">
      <h2 id={id} className="flex items-center gap-2 font-semibold">
        {title}
        {keys !== undefined && <KeyHint keys={keys} />}
      </h2>
      {children}
    </section>
  )
}
