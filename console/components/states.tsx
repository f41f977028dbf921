import { CircleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import { failureText } from '../api/request.ts'
import { Button } from './button.tsx'

/** Nothing here: why, and what to do about it. */
export function EmptyState({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className="mx-auto grid max-w-xl gap-2 px-4 py-12 text-center">
      <p className="text-base font-medium">{title}</p>
      {children !== undefined && <div className="grid justify-items-center gap-3 text-muted">{children}</div>}
    </div>
  )
}

/** Something failed: what, and a way to try again. */
export function ErrorState({ what, error, onRetry }: { what: string; error: unknown; onRetry?: () => void }) {
  return (
    <div role="alert" className="m-4 flex items-start gap-3 rounded border border-bad bg-bad-tint p-3">
      <CircleAlert aria-hidden="true" className="mt-0.5 size-4 shrink-0 text-bad" />
      <div className="grid gap-1">
        <p className="font-medium">{what}</p>
        <p className="text-muted">{failureText(error)}</p>
        {onRetry !== undefined && (
          <Button className="mt-1 justify-self-start" onClick={onRetry}>
            Try again
          </Button>
        )}
      </div>
    </div>
  )
}

/** Space that is kept while something loads. Says so only after a moment, so that quick loads do not flicker. */
export function Loading({ lines = 3, label = 'Loading' }: { lines?: number; label?: string }) {
  return (
    <div role="status" aria-label={label} className="late grid gap-3 p-4">
      {Array.from({ length: lines }, (_, line) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: identical placeholders
        <div key={line} className="h-4 rounded bg-line" />
      ))}
    </div>
  )
}
