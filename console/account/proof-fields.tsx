import { useQuery } from '@tanstack/react-query'
import { KeyRound } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import type { Proof, StepUpQuestion } from '../../src/http/contract-sign-in.ts'
import { askStepUp } from '../api/factors.ts'
import { askPasskey } from '../api/passkey.ts'
import { Complaint } from '../components/complaint.tsx'
import { TextField } from '../components/field.tsx'

type Method = StepUpQuestion['methods'][number]

const switchTo: Readonly<Record<Method, string>> = {
  passkey: 'Use a passkey',
  totp: 'Use the authenticator app',
  password: 'Use the password',
}

/**
 * Proof that it is still the person themselves: the fields to put into a form, and `give`, which the form calls when it
 * is sent (a passkey's prompt opens then). `purpose` is what the proof is for, and for nothing else; `needed: false`
 * shows and gives nothing.
 */
export function useProof(
  purpose: string,
  { needed = true }: { needed?: boolean } = {},
): { readonly fields: ReactNode; readonly ready: boolean; give(): Promise<Proof | undefined> } {
  const question = useQuery({
    queryKey: ['step-up', purpose],
    queryFn: () => askStepUp(purpose),
    enabled: needed,
    staleTime: 0,
    gcTime: 0,
  })
  const [chosen, setChosen] = useState<Method>()
  const [text, setText] = useState('')
  if (!needed) return { fields: null, ready: true, give: async () => undefined }
  if (question.isError)
    return { fields: <Complaint error={question.error} />, ready: false, give: async () => undefined }
  if (question.data === undefined)
    return { fields: <div className="h-14" />, ready: false, give: async () => undefined }
  const { methods, passkey } = question.data
  const method = chosen ?? methods[0]
  if (method === undefined) return { fields: null, ready: true, give: async () => undefined }
  return {
    fields: (
      <div className="grid gap-1">
        <ProofField method={method} text={text} onText={setText} />
        <div className="flex flex-wrap gap-x-4">
          {methods
            .filter(each => each !== method)
            .map(each => (
              <button
                key={each}
                type="button"
                className="py-1 text-xs text-accent underline max-sm:py-2"
                onClick={() => {
                  setChosen(each)
                  setText('')
                }}
              >
                {switchTo[each]}
              </button>
            ))}
        </div>
      </div>
    ),
    ready: method === 'passkey' || text.trim() !== '',
    async give() {
      if (method === 'password') return { kind: 'password', password: text }
      if (method === 'totp') return { kind: 'totp', code: text }
      // The question is good for one answer and five minutes: a second try asks anew.
      const { ticket, options } = (await fresh(question, passkey)) ?? raise()
      return {
        kind: 'passkey',
        ticket,
        response: (await askPasskey(options)) as Record<string, unknown>,
      }
    },
  }
}

async function fresh(
  question: { dataUpdatedAt: number; refetch(): Promise<{ data: StepUpQuestion | undefined }> },
  asked: StepUpQuestion['passkey'],
): Promise<StepUpQuestion['passkey']> {
  const used = usedTickets.has(asked?.ticket ?? '') || Date.now() - question.dataUpdatedAt > 4 * 60_000
  const now = used ? ((await question.refetch()).data?.passkey ?? null) : asked
  if (now !== null) usedTickets.add(now.ticket)
  return now
}

const usedTickets = new Set<string>()

function raise(): never {
  throw new Error('The passkey prompt could not be prepared: try again.')
}

function ProofField({
  method,
  text,
  onText,
}: {
  method: Method
  text: string
  onText: (text: string) => void
}) {
  if (method === 'passkey')
    return (
      <p className="flex items-start gap-2 text-sm text-muted">
        <KeyRound aria-hidden="true" className="mt-0.5 size-4 shrink-0" />
        Your browser will ask for your passkey: it is proof that it is you, now, for this and nothing else.
      </p>
    )
  if (method === 'totp')
    return (
      <TextField
        label="Code of your authenticator app"
        hint="Six digits. Each code works once."
        inputMode="numeric"
        autoComplete="one-time-code"
        maxLength={10}
        value={text}
        onChange={event => onText(event.target.value)}
      />
    )
  return (
    <TextField
      label="Your password again"
      hint="Proof that it is you, now."
      type="password"
      autoComplete="current-password"
      value={text}
      onChange={event => onText(event.target.value)}
    />
  )
}
