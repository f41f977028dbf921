import { X } from 'lucide-react'
import { type ReactNode, useEffect, useId, useRef } from 'react'
import { useShortcuts } from '../keyboard/use-shortcuts.ts'

/**
 * A modal dialog on the browser's own `<dialog>`: focus stays inside and returns, Escape closes, the page behind is inert.
 * (Radix's dialog injects style elements, which the CSP forbids.) Mount it to open it, unmount it to close it.
 */
export function Dialog({
  title,
  onClose,
  children,
  wide = false,
}: {
  title: string
  onClose: () => void
  children: ReactNode
  wide?: boolean
}) {
  const ref = useModal()
  const titleId = useId()
  useShortcuts([{ keys: 'Escape', label: 'Close', group: 'Dialog', run: onClose, palette: false }], 'overlay')
  return (
    <dialog
      ref={ref}
      aria-labelledby={titleId}
      onCancel={event => {
        event.preventDefault()
        onClose()
      }}
      className={`rise m-auto max-h-[min(85dvh,48rem)] w-[min(94vw,var(--width))] overflow-auto rounded-lg border border-line-strong bg-surface p-4 ${wide ? '[--width:52rem]' : '[--width:30rem]'}`}
    >
      <div className="mb-3 flex items-start justify-between gap-4">
        <h2 id={titleId} className="text-lg font-semibold">
          {title}
        </h2>
        <button
          type="button"
          aria-label="Close"
          onClick={onClose}
          className="rounded p-1 text-muted hover:bg-selected"
        >
          <X aria-hidden="true" className="size-4" />
        </button>
      </div>
      {children}
    </dialog>
  )
}

/** A ref for a `<dialog>` that is modal while it is mounted. The first field to write in gets the focus, where there is one. */
export function useModal() {
  const ref = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    const dialog = ref.current
    if (dialog === null) return
    dialog.showModal()
    dialog.querySelector<HTMLElement>('textarea, input:not([type="radio"], [type="checkbox"])')?.focus()
    return () => dialog.close()
  }, [])
  return ref
}
