import { useState } from 'react'
import { CheckField } from '../components/check-field.tsx'

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
    <CheckField className="text-muted" checked={choice.on} onChange={choice.set}>
      Claim on open
    </CheckField>
  )
}
