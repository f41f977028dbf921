import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import type { TurnAnswerView } from '../../src/http/contract-assistant.ts'
import { queryText, runSearch } from '../api/assistant.ts'
import { failureText } from '../api/request.ts'
import { Button } from '../components/button.tsx'
import { TextAreaField } from '../components/field.tsx'
import { Form } from '../components/form.tsx'
import { Untrusted } from '../components/untrusted.tsx'

/** A search as it will be run: read it, change it, run it. The server checks it again, whoever wrote it. */
export function QueryEditor({ understood }: { understood: NonNullable<TurnAnswerView['query']> }) {
  const [text, setText] = useState(() => queryText(understood.query))
  const search = useMutation({ mutationFn: () => runSearch(text) })
  const answer = search.data
  const failure = search.isError
    ? failureText(search.error)
    : answer?.kind === 'failed'
      ? answer.code === 'unknown-tool'
        ? 'No Wazuh indexer is connected: set TOCSIN_INDEXER_URL.'
        : answer.reason
      : undefined
  return (
    <Form className="grid grid-cols-[minmax(0,1fr)] gap-2" onSubmit={() => search.mutate()}>
      <TextAreaField
        label="Search of the Wazuh indexer"
        hint="OpenSearch query DSL. Ctrl-Enter runs it."
        error={failure}
        spellCheck={false}
        rows={Math.min(16, text.split('\n').length + 1)}
        className="font-mono text-xs"
        value={text}
        onChange={event => setText(event.target.value)}
        onKeyDown={event => {
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) search.mutate()
        }}
      />
      <Button type="submit" className="justify-self-start" busy={search.isPending} keys="Ctrl-Enter">
        Run
      </Button>
      {answer?.kind === 'found' && (
        <section aria-label="Search result" className="grid grid-cols-[minmax(0,1fr)] gap-1">
          <p>
            <Untrusted text={answer.value.summary} />
          </p>
          <ol className="grid max-h-80 gap-1 overflow-auto">
            {answer.value.rows.map((row, index) => (
              <li
                // biome-ignore lint/suspicious/noArrayIndexKey: rows of one reply have no identity but their place
                key={index}
                className="rounded bg-sunken px-2 py-1 font-mono text-xs"
              >
                <Untrusted text={rowText(row)} limit={500} />
              </li>
            ))}
          </ol>
        </section>
      )}
    </Form>
  )
}

function rowText(row: Readonly<Record<string, unknown>>): string {
  if (typeof row.by === 'string') return `${String(row.value ?? row.by)}: ${String(row.documents)}`
  return JSON.stringify(row.document ?? row)
}
