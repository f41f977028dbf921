import { useState } from 'react'
import { useMay } from '../api/session.ts'
import { Button } from '../components/button.tsx'
import { NewRuleDialog } from '../rules/new-rule-dialog.tsx'
import { DraftSteps } from './draft-steps.tsx'

/**
 * What `/draft` prepares: the response steps of the case, or with `/draft rule WORDS` a rule, from the case where one is
 * open. Preparing is a click of a person, and what is prepared is their draft: nothing is submitted.
 */
export function Drafts({ question, caseId }: { question: string; caseId: string | undefined }) {
  const wanted = /^\s*\/draft\b\s*(rule\b)?\s*([\s\S]*)$/i.exec(question)
  if (wanted === null) return null
  const [, rule, words = ''] = wanted
  if (rule !== undefined) return <RuleDraft title={words.trim()} caseId={caseId} />
  if (caseId === undefined) return null
  return (
    <>
      <DraftSteps caseId={caseId} />
      <RuleDraft title={words.trim()} caseId={caseId} />
    </>
  )
}

function RuleDraft({ title, caseId }: { title: string; caseId: string | undefined }) {
  const [open, setOpen] = useState(false)
  const mayWrite = useMay('analyst')
  if (!mayWrite) return null
  return (
    <>
      <Button className="justify-self-start" onClick={() => setOpen(true)}>
        Draft a rule{caseId === undefined ? '' : ' from this case'}
      </Button>
      {open && (
        <NewRuleDialog
          title={title}
          {...(caseId === undefined ? {} : { start: { from: { kind: 'case', id: caseId }, title: caseId } })}
          onClose={() => setOpen(false)}
        />
      )}
    </>
  )
}
