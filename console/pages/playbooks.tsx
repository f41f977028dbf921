import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Plus } from 'lucide-react'
import { useState } from 'react'
import type { PlaybookView } from '../../src/http/contract-playbooks.ts'
import { deletePlaybook, draftPlaybook, listPlaybooks } from '../api/playbooks.ts'
import { useMay } from '../api/session.ts'
import { Button } from '../components/button.tsx'
import { Moment } from '../components/moment.tsx'
import { PageHeading } from '../components/page-heading.tsx'
import { QueryState } from '../components/query-state.tsx'
import { toastFailure } from '../components/toast.tsx'
import { Untrusted } from '../components/untrusted.tsx'
import { ExampleEditor, ExampleList } from '../playbooks/example-list.tsx'
import { emptyPlaybook, PlaybookEditor } from '../playbooks/playbook-editor.tsx'
import { StepWords } from '../playbooks/step-words.tsx'
import { useSearchValues } from '../router.tsx'
import { count } from '../text/count.ts'

/**
 * Saved investigations. `?edit=` opens one (`new` for none yet), `?example=` starts one from an example, `?chat=` and
 * `?message=` draft one from a chat.
 */
export function Page() {
  const [search, setSearch] = useSearchValues()
  const mayWrite = useMay('analyst')
  const query = useQuery({ queryKey: ['playbooks'], queryFn: ({ signal }) => listPlaybooks(signal) })
  const close = () => setSearch({ edit: undefined, example: undefined, chat: undefined, message: undefined })
  const writing =
    mayWrite && (search.edit !== undefined || search.example !== undefined || search.chat !== undefined)
  return (
    <>
      <PageHeading title="Playbooks">
        {mayWrite && !writing && (
          <Button onClick={() => setSearch({ edit: 'new' }, { push: true })}>
            <Plus aria-hidden="true" className="size-4" />
            New playbook
          </Button>
        )}
      </PageHeading>
      <div className="grid max-w-4xl grid-cols-1 gap-4 px-4 pb-8">
        {mayWrite && search.chat !== undefined && (
          <FromChat chatId={search.chat} messageId={search.message} onDone={close} />
        )}
        {mayWrite && search.example !== undefined && <ExampleEditor id={search.example} onDone={close} />}
        <QueryState query={query} what="The playbooks">
          {({ playbooks }) => {
            const edited = playbooks.find(each => each.id === search.edit)
            if (mayWrite && search.edit === 'new')
              return <PlaybookEditor start={emptyPlaybook} onDone={close} />
            if (mayWrite && edited !== undefined)
              return <PlaybookEditor key={edited.id} id={edited.id} start={edited} onDone={close} />
            if (writing) return null
            return (
              <PlaybookList
                playbooks={playbooks}
                onEdit={mayWrite ? id => setSearch({ edit: id }, { push: true }) : undefined}
              />
            )
          }}
        </QueryState>
        {mayWrite && !writing && <ExampleList onUse={id => setSearch({ example: id }, { push: true })} />}
      </div>
    </>
  )
}

function FromChat({
  chatId,
  messageId,
  onDone,
}: {
  chatId: string
  messageId: string | undefined
  onDone: () => void
}) {
  const query = useQuery({
    queryKey: ['playbook-draft', chatId, messageId],
    queryFn: ({ signal }) => draftPlaybook(chatId, messageId, signal),
    staleTime: Number.POSITIVE_INFINITY,
  })
  return (
    <QueryState query={query} what="The chat">
      {draft => (
        <>
          <p className="text-muted">
            Drafted from the questions of your chat: what they named of its case is a parameter. Nothing is
            saved before you do.
          </p>
          <PlaybookEditor start={{ ...draft, description: '' }} onDone={onDone} />
        </>
      )}
    </QueryState>
  )
}

function PlaybookList({
  playbooks,
  onEdit,
}: {
  playbooks: readonly PlaybookView[]
  onEdit: ((id: string) => void) | undefined
}) {
  const client = useQueryClient()
  const [sure, setSure] = useState<string>()
  const remove = useMutation({
    mutationFn: deletePlaybook,
    onSuccess: () => client.invalidateQueries({ queryKey: ['playbooks'] }),
    onError: error => toastFailure('Not deleted', error),
  })
  if (playbooks.length === 0)
    return (
      <p className="py-6 text-muted">
        No playbook is saved yet. Write one here, start from an example, or draft one from a chat on a case:
        “Save as playbook”. It is run on a case, under Playbooks.
      </p>
    )
  return (
    <ul className="grid grid-cols-1 gap-3">
      {playbooks.map(playbook => (
        <li key={playbook.id} className="grid grid-cols-1 gap-1 border-b border-line pb-3">
          <div className="flex flex-wrap items-center gap-2">
            <h2 className="min-w-0 font-semibold">
              <Untrusted text={playbook.name} limit={120} />
            </h2>
            <span className="text-xs text-muted">
              {count(playbook.steps.length, 'step')}, {playbook.changedBy?.displayName},{' '}
              <Moment atMs={playbook.changedMs} />
            </span>
            {onEdit !== undefined && (
              <span className="ml-auto flex gap-1">
                <Button onClick={() => onEdit(playbook.id)}>Edit</Button>
                {sure === playbook.id ? (
                  <Button look="danger" busy={remove.isPending} onClick={() => remove.mutate(playbook.id)}>
                    Delete it for everybody
                  </Button>
                ) : (
                  <Button look="quiet" onClick={() => setSure(playbook.id)}>
                    Delete
                  </Button>
                )}
              </span>
            )}
          </div>
          {playbook.description !== '' && (
            <p className="text-muted">
              <Untrusted text={playbook.description} layout />
            </p>
          )}
          <StepWords steps={playbook.steps} />
        </li>
      ))}
    </ul>
  )
}
