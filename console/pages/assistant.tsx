import { useMutation } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import type { ChatAnswer } from '../../src/http/contract-chat.ts'
import { ask } from '../api/chat.ts'
import { failureText } from '../api/request.ts'
import { AnswerView } from '../assistant/answer-view.tsx'
import { Button } from '../components/button.tsx'
import { Field, inputClass } from '../components/field.tsx'
import { PageHeading } from '../components/page-heading.tsx'
import { Untrusted } from '../components/untrusted.tsx'
import { useShortcuts } from '../keyboard/use-shortcuts.ts'
import { useSearchValues } from '../router.tsx'

const suggestions = [
  'Which host has the most alerts?',
  'Top 5 source addresses',
  'What is the most severe alert?',
  'How many failed logins in the last 24 hours?',
  'What is the MITRE ID for obfuscation?',
]

interface Exchange {
  readonly id: number
  readonly question: string
  readonly answer: ChatAnswer
}

/** Questions about alerts and ATT&CK. `?case=` asks about one case only. Newest answer first. */
export function Page() {
  const [search] = useSearchValues()
  const caseId = search.case
  const field = useRef<HTMLInputElement>(null)
  const [question, setQuestion] = useState('')
  const [exchanges, setExchanges] = useState<readonly Exchange[]>([])
  const asking = useMutation({
    mutationFn: (text: string) => ask({ question: text, ...(caseId === undefined ? {} : { caseId }) }),
    onSuccess: (answer, text) => {
      setExchanges(before => [{ id: before.length, question: text, answer }, ...before])
      setQuestion('')
    },
  })
  const submit = (text: string) => {
    if (text.trim() !== '') asking.mutate(text.trim())
  }
  useShortcuts([
    { keys: '/', label: 'Ask a question', group: 'Assistant', run: () => field.current?.focus() },
  ])
  return (
    <>
      <PageHeading title="Assistant" />
      <div className="grid max-w-4xl gap-4 px-4 pb-8">
        <form
          className="grid gap-2"
          onSubmit={event => {
            event.preventDefault()
            submit(question)
          }}
        >
          <Field
            label={caseId === undefined ? 'Question' : `Question about case ${caseId}`}
            hint="Counts, lists, times, hosts, users, addresses, rules, techniques. It reads and never acts."
            error={asking.isError ? failureText(asking.error) : undefined}
          >
            {control => (
              <input
                {...control}
                ref={field}
                className={inputClass}
                maxLength={2000}
                value={question}
                onChange={event => setQuestion(event.target.value)}
              />
            )}
          </Field>
          <div className="flex flex-wrap gap-2">
            <Button type="submit" look="primary" busy={asking.isPending} disabled={question.trim() === ''}>
              Ask
            </Button>
            {suggestions.map(each => (
              <Button key={each} look="quiet" onClick={() => submit(each)}>
                {each}
              </Button>
            ))}
          </div>
        </form>
        <ol className="grid gap-4" aria-live="polite" aria-label="Answers">
          {exchanges.map(exchange => (
            <li key={exchange.id} className="grid gap-1 border-t border-line pt-3">
              <h2 className="font-semibold">
                <Untrusted text={exchange.question} />
              </h2>
              <AnswerView answer={exchange.answer} />
            </li>
          ))}
        </ol>
      </div>
    </>
  )
}
