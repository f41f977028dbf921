import { X } from 'lucide-react'
import type { ReactNode } from 'react'
import { useShortcuts } from '../keyboard/use-shortcuts.ts'

/**
 * A panel beside the page, not over it: what it explains stays readable and usable. On a phone it covers the page.
 * Escape closes it. Put it next to the scrolling part of a page inside a flex row.
 */
export function Drawer({
  title,
  actions,
  onClose,
  summary,
  children,
}: {
  title: string
  /** Buttons in its top line. */
  actions?: ReactNode
  onClose: () => void
  /** Stays in view above the rest, or has the panel to itself where there is no rest. */
  summary?: ReactNode
  children?: ReactNode
}) {
  useShortcuts([{ keys: 'Escape', label: `Close ${title}`, group: 'Evidence', run: onClose, palette: false }])
  return (
    <aside
      aria-label={title}
      className="rise flex w-[30rem] shrink-0 flex-col border-l border-line-strong bg-surface max-lg:fixed max-lg:inset-0 max-lg:z-30 max-lg:w-full 2xl:w-[38rem]"
    >
      <div className="flex items-center gap-2 border-b border-line px-3 py-1.5">
        <h2 className="min-w-0 flex-1 truncate font-semibold">{title}</h2>
        {actions}
        <button type="button" className="rounded p-1.5 text-muted hover:bg-selected" onClick={onClose}>
          <X aria-hidden="true" className="size-4" />
          <span className="sr-only">Close</span>
        </button>
      </div>
      {summary !== undefined && (
        <section
          aria-label="Summary"
          // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and the keyboard must be able to scroll it
          tabIndex={0}
          className={
            children === undefined
              ? 'relative min-h-0 flex-1 overflow-auto'
              : 'relative max-h-[45%] shrink-0 overflow-auto border-b border-line'
          }
        >
          {summary}
        </section>
      )}
      {children !== undefined && (
        <section
          aria-label="Content"
          // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and the keyboard must be able to scroll it
          tabIndex={0}
          className="relative min-h-0 flex-1 overflow-auto"
        >
          {children}
        </section>
      )}
    </aside>
  )
}
