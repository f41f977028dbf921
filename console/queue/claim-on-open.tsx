import { useState } from 'react'

const storageKey = 'tocsin.claim-on-open'

/** Whether opening an unassigned case from the queue claims it. On unless this browser was told otherwise. */
export function useClaimOnOpen(): { on: boolean; set: (on: boolean) => void } {
  const [on, setOn] = useState(() => {
    try {
      return localStorage.getItem(storageKey) !== 'off'
    } catch {
      return true // Storage can be switched off.
    }
  })
  return {
    on,
    set(next) {
      setOn(next)
      try {
        localStorage.setItem(storageKey, next ? 'on' : 'off')
      } catch {
        // Then the choice lasts until the page is left.
      }
    },
  }
}

export function ClaimOnOpen({ choice }: { choice: ReturnType<typeof useClaimOnOpen> }) {
  return (
    <label className="flex items-center gap-1.5 text-muted">
      <input type="checkbox" checked={choice.on} onChange={event => choice.set(event.target.checked)} />
      Claim on open
    </label>
  )
}
