import { useQuery } from '@tanstack/react-query'
import { listExamplePlaybooks } from '../api/playbooks.ts'
import { Button } from '../components/button.tsx'
import { QueryState } from '../components/query-state.tsx'
import { PlaybookEditor } from './playbook-editor.tsx'
import { StepWords } from './step-words.tsx'

function useExamples() {
  return useQuery({
    queryKey: ['playbook-examples'],
    queryFn: ({ signal }) => listExamplePlaybooks(signal),
    staleTime: Number.POSITIVE_INFINITY,
  })
}

/** The playbooks that come with Tocsin. None of them can be run before somebody has saved it. */
export function ExampleList({ onUse }: { onUse: (id: string) => void }) {
  return (
    <section aria-labelledby="examples" className="grid grid-cols-1 gap-3">
      <h2 id="examples" className="font-semibold">
        Examples
      </h2>
      <p className="text-muted">
        They come with Tocsin. Start from one, change it to what your team does, and save it.
      </p>
      <QueryState query={useExamples()} what="The examples">
        {({ examples }) => (
          <ul className="grid grid-cols-1 gap-3">
            {examples.map(example => (
              <li key={example.id} className="grid grid-cols-1 gap-1 border-b border-line pb-3">
                <div className="flex flex-wrap items-center gap-2">
                  <h3 className="min-w-0 font-medium">{example.name}</h3>
                  <Button className="ml-auto" onClick={() => onUse(example.id)}>
                    Start from it <span className="sr-only">{example.name}</span>
                  </Button>
                </div>
                <p className="text-muted">{example.description}</p>
                <StepWords steps={example.steps} />
              </li>
            ))}
          </ul>
        )}
      </QueryState>
    </section>
  )
}

/** A new playbook, with what an example says in it. Nothing is saved before the person does. */
export function ExampleEditor({ id, onDone }: { id: string; onDone: () => void }) {
  return (
    <QueryState query={useExamples()} what="The examples">
      {({ examples }) => {
        const example = examples.find(each => each.id === id)
        if (example === undefined) return <p className="text-muted">There is no example of that name.</p>
        const { id: _example, ...start } = example
        return <PlaybookEditor key={id} start={start} onDone={onDone} />
      }}
    </QueryState>
  )
}
