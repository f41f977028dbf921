import { useSyncExternalStore } from 'react'
import { failureText } from '../api/request.ts'

interface Toast {
  readonly id: number
  readonly text: string
  readonly tone: 'plain' | 'bad'
}

let toasts: readonly Toast[] = []
let lastId = 0
const listeners = new Set<() => void>()

/** Says briefly what was done. For failures use `toastFailure`, which stays longer. */
export function toast(text: string): void {
  show(text, 'plain', 5000)
}

/** Says what could not be done, and why. */
export function toastFailure(what: string, error: unknown): void {
  show(`${what}: ${failureText(error)}`, 'bad', 12_000)
}

function show(text: string, tone: Toast['tone'], durationMs: number): void {
  const id = ++lastId
  change([...toasts.slice(-2), { id, text, tone }])
  setTimeout(() => change(toasts.filter(each => each.id !== id)), durationMs)
}

function change(next: readonly Toast[]): void {
  toasts = next
  for (const listener of listeners) listener()
}

/** Where toasts appear. Once, in the shell. A click puts one away. */
export function Toasts() {
  const shown = useSyncExternalStore(
    listener => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => toasts,
  )
  return (
    <div
      role="status"
      aria-live="polite"
      className="pointer-events-none fixed inset-x-0 bottom-4 z-40 grid justify-items-center gap-2 px-4"
    >
      {shown.map(({ id, text, tone }) => (
        <button
          key={id}
          type="button"
          onClick={() => change(toasts.filter(each => each.id !== id))}
          className={`rise pointer-events-auto max-w-xl rounded border px-3 py-2 text-left text-sm ${tone === 'bad' ? 'border-bad bg-bad-tint' : 'border-line-strong bg-surface'}`}
        >
          {text}
        </button>
      ))}
    </div>
  )
}
