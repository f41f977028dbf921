import { useState } from 'react'
import { useMay } from '../api/session.ts'
import { Button } from '../components/button.tsx'
import { NewRuleDialog, type RuleStart } from './new-rule-dialog.tsx'

/** Starts a rule from what is on the page, for those who may. */
export function StartRuleButton({ start, label = 'Draft a rule' }: { start: RuleStart; label?: string }) {
  const [open, setOpen] = useState(false)
  const mayWrite = useMay('analyst')
  if (!mayWrite) return null
  return (
    <>
      <Button onClick={() => setOpen(true)}>{label}</Button>
      {open && <NewRuleDialog start={start} onClose={() => setOpen(false)} />}
    </>
  )
}
