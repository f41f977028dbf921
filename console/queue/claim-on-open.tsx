import { useState } from 'react'
import type { CaseSummary } from '../../src/http/contract-queue.ts'
import { useMay } from '../api/session.ts'
import { useCaseActions } from '../case/use-case-actions.ts'
import { CheckField } from '../components/check-field.tsx'

const storageKey = 'tocsin.claim-on-open'

/** Whether opening an unassigned case from the queue, or on from another case, claims it. On unless this browser was told otherwise. */
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

/** Claims a case that is being opened, where that is chosen and nobody has it. */
export function useClaimIfFree({ on }: { readonly on: boolean }): (row: CaseSummary) => void {
  const mayTriage = useMay('analyst')
  const { claim } = useCaseActions()
  return row => {
    if (mayTriage && on && row.assignee === null && row.status !== 'closed')
      claim.mutate({ id: row.id, quiet: true })
  }
}

export function ClaimOnOpen({ choice }: { choice: ReturnType<typeof useClaimOnOpen> }) {
  return (
    <CheckField className="text-muted" checked={choice.on} onChange={choice.set}>
      Claim on open
    </CheckField>
  )
}
