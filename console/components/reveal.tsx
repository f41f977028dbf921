import { useMutation } from '@tanstack/react-query'
import { Eye, EyeOff } from 'lucide-react'
import { createContext, type ReactNode, useContext, useState } from 'react'
import { failureText } from '../api/request.ts'
import { useMay } from '../api/session.ts'
import { revealPlaceholders } from '../api/trust.ts'
import { placeholdersIn, withValues } from '../text/placeholders.ts'
import { Button } from './button.tsx'

const nothing: ReadonlyMap<string, string> = new Map()
const Values = createContext(nothing)

/** A text of a model as this person sees it now: with placeholders, or with the names that were asked for. */
export function useRevealed(text: string): string {
  return withValues(text, useContext(Values))
}

/**
 * A model saw placeholders for names; so its sentences hold them. Here a person may look at the names instead; the
 * ledger keeps who looked. They are kept in this view only, and gone with it.
 */
export function RevealNames({
  subject,
  texts,
  children,
}: {
  /** The case, mail, report or draft that the model was asked about. */
  subject: string
  /** The model's texts below, to know whether there is anything to show. */
  texts: readonly string[]
  children: ReactNode
}) {
  const mayReveal = useMay('analyst')
  const [shown, setShown] = useState(false)
  const placeholders = placeholdersIn(texts)
  const reveal = useMutation({
    mutationFn: () => revealPlaceholders(subject, placeholders),
    onSuccess: () => setShown(true),
  })
  const values = shown
    ? new Map(reveal.data?.values.map(each => [each.placeholder, each.value] as const))
    : nothing
  const count = `${placeholders.length} ${placeholders.length === 1 ? 'name' : 'names'}`
  return (
    <Values value={values}>
      {placeholders.length > 0 && (
        <p className="flex flex-wrap items-center gap-2 text-xs text-muted">
          {shown
            ? `${values.size} of ${count} shown; your look is in the ledger.`
            : `The model saw ${count} as placeholders.`}
          {mayReveal &&
            (shown ? (
              <Button look="quiet" onClick={() => setShown(false)}>
                <EyeOff aria-hidden="true" className="size-3.5" /> Show placeholders
              </Button>
            ) : (
              <Button
                look="quiet"
                busy={reveal.isPending}
                title="Recorded in the ledger, with your name"
                onClick={() => (reveal.data === undefined ? reveal.mutate() : setShown(true))}
              >
                <Eye aria-hidden="true" className="size-3.5" /> Show real names
              </Button>
            ))}
          {reveal.isError && (
            <span role="alert" className="text-bad">
              {failureText(reveal.error)}
            </span>
          )}
        </p>
      )}
      {children}
    </Values>
  )
}
