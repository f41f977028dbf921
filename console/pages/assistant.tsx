import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Plus, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { deleteChat, listChats, readLearning, wantLearning } from '../api/assistant.ts'
import { useAssistant } from '../assistant/assistant-state.ts'
import { ChatPanel } from '../assistant/chat-panel.tsx'
import { pageContextOf } from '../assistant/page-context.ts'
import { Button } from '../components/button.tsx'
import { CheckField } from '../components/check-field.tsx'
import { TextField } from '../components/field.tsx'
import { Moment } from '../components/moment.tsx'
import { PageHeading } from '../components/page-heading.tsx'
import { toastFailure } from '../components/toast.tsx'
import { Untrusted } from '../components/untrusted.tsx'
import { useShortcuts } from '../keyboard/use-shortcuts.ts'
import { useSearchValues } from '../router.tsx'

/** All chats, searchable, with one of them open. `?chat=` is the chat, `?case=` asks about one case. */
export function Page() {
  const [search, setSearch] = useSearchValues()
  const [focus, setFocus] = useState(1)
  const { focus: askedFromAnywhere } = useAssistant()
  const newChat = () => {
    setSearch({ chat: undefined }, { push: true })
    setFocus(now => now + 1)
  }
  useShortcuts([
    { keys: '/', label: 'Ask a question', group: 'Assistant', run: () => setFocus(now => now + 1) },
    {
      keys: 'c',
      label: 'New chat',
      group: 'Assistant',
      run: newChat,
    },
  ])
  return (
    <div className="flex h-full flex-col">
      <PageHeading title="Assistant">
        <LearningSwitch />
        <Button keys="c" onClick={newChat}>
          <Plus aria-hidden="true" className="size-4" />
          New chat
        </Button>
      </PageHeading>
      <div className="flex min-h-0 flex-1 border-t border-line max-md:flex-col">
        <ChatList current={search.chat} onOpen={id => setSearch({ chat: id }, { push: true })} />
        <section aria-label="Chat" className="flex min-h-0 min-w-0 flex-1 flex-col">
          <ChatPanel
            chatId={search.chat}
            onChat={id => setSearch({ chat: id })}
            page={pageContextOf('/assistant', search.case)}
            focus={focus + askedFromAnywhere}
          />
        </section>
      </div>
    </div>
  )
}

function ChatList({
  current,
  onOpen,
}: {
  current: string | undefined
  onOpen: (id: string | undefined) => void
}) {
  const client = useQueryClient()
  const [text, setText] = useState('')
  const query = useQuery({
    queryKey: ['chats', 'list', text],
    queryFn: ({ signal }) => listChats({ text }, signal),
    placeholderData: before => before,
  })
  const remove = useMutation({
    mutationFn: deleteChat,
    onSuccess: async (_done, id) => {
      if (id === current) onOpen(undefined)
      await client.invalidateQueries({ queryKey: ['chats', 'list'] })
    },
    onError: error => toastFailure('Not deleted', error),
  })
  const chats = query.data?.chats ?? []
  return (
    <section
      aria-label="Chats"
      className="flex w-64 shrink-0 flex-col gap-2 overflow-auto border-r border-line p-3 max-md:max-h-40 max-md:w-full max-md:border-r-0 max-md:border-b"
    >
      <TextField
        label="Search your chats"
        value={text}
        onChange={event => setText(event.target.value)}
        maxLength={200}
      />
      {chats.length === 0 && query.isSuccess && (
        <p className="text-sm text-muted">
          {text === '' ? 'No chats yet. The first question begins one.' : 'No chat holds these words.'}
        </p>
      )}
      <ul className="grid gap-0.5">
        {chats.map(chat => (
          <li
            key={chat.id}
            className={`flex items-start rounded ${chat.id === current ? 'bg-selected' : ''}`}
          >
            <button
              type="button"
              aria-current={chat.id === current ? 'true' : undefined}
              className="min-w-0 flex-1 rounded px-2 py-1 text-left hover:bg-selected"
              onClick={() => onOpen(chat.id)}
            >
              <span className="line-clamp-2">
                <Untrusted text={chat.title} limit={120} />
              </span>
              <span className="text-xs text-muted">
                <Moment atMs={chat.changedMs} />
              </span>
            </button>
            <Button look="quiet" onClick={() => remove.mutate(chat.id)}>
              <Trash2 aria-hidden="true" className="size-3.5" />
              <span className="sr-only">Delete this chat</span>
            </Button>
          </li>
        ))}
      </ul>
    </section>
  )
}

/** Learning mode for oneself; what a manager requires cannot be switched off here. */
function LearningSwitch() {
  const client = useQueryClient()
  const query = useQuery({ queryKey: ['learning'], queryFn: ({ signal }) => readLearning(signal) })
  const change = useMutation({
    mutationFn: wantLearning,
    onSuccess: state => client.setQueryData(['learning'], state),
    onError: error => toastFailure('Not changed', error),
  })
  const state = query.data
  if (state === undefined) return null
  return (
    <CheckField
      className="text-sm"
      checked={(change.isPending ? change.variables : state.wanted) || state.required}
      disabled={state.required}
      onChange={wanted => change.mutate(wanted)}
    >
      Learning mode{state.required ? ' (required)' : ''}
    </CheckField>
  )
}
