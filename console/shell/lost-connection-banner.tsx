import { WifiOff } from 'lucide-react'
import { useLiveState } from '../api/live-events.ts'

/** Says that what is shown may be old. Nothing else changes: what was loaded stays usable. */
export function LostConnectionBanner() {
  const state = useLiveState()
  return (
    <div role="status">
      {state === 'lost' && (
        <p className="flex items-center gap-2 border-b border-line-strong bg-warn-tint px-4 py-1.5 font-medium">
          <WifiOff aria-hidden="true" className="size-4 shrink-0" />
          Live updates are interrupted; what you see may be old. Trying to reconnect; nothing that you saved
          is lost.
        </p>
      )}
    </div>
  )
}
