import { useQuery } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import type { ChatMessageView } from '../../src/http/contract-assistant.ts'
import { addFile, createChat, readLearning } from '../api/assistant.ts'
import { useMay } from '../api/session.ts'
import { Button } from '../components/button.tsx'
import { TextAreaField } from '../components/field.tsx'
import { ErrorState, Loading } from '../components/states.tsx'
import { toast, toastFailure } from '../components/toast.tsx'
import { Untrusted } from '../components/untrusted.tsx'
import { AnswerMessage } from './answer-message.tsx'
import { Composer } from './composer.tsx'
import type { ShownMessage } from './message-tree.ts'
import type { PageContext } from './page-context.ts'
import { Branches, QuestionView } from './question-view.tsx'
import { RunningView } from './running-view.tsx'
import { Suggestions } from './suggestions.tsx'
import { type RunningTurn, useChat } from './use-chat.ts'

/** A conversation with its question line. `chatId` undefined: the first question begins a new chat. */
export function ChatPanel({
  chatId,
  onChat,
  page,
  focus,
}: {
  chatId: string | undefined
  onChat: (id: string) => void
  page: PageContext
  /** Changes whenever the question line should get the focus. */
  focus: number
}) {
  const chat = useChat(chatId, onChat)
  const learning = useQuery({ queryKey: ['learning'], queryFn: ({ signal }) => readLearning(signal) })
  const mayAttach = useMay('analyst')
  const [text, setText] = useState('')
  const [hypothesis, setHypothesis] = useState('')
  const [editing, setEditing] = useState<ChatMessageView>()
  const field = useRef<HTMLTextAreaElement>(null)
  const end = useRef<HTMLDivElement>(null)
  const { caseId } = page.context
  const learns = caseId !== undefined && (learning.data?.wanted === true || learning.data?.required === true)

  // biome-ignore lint/correctness/useExhaustiveDependencies: the number says when
  useEffect(() => {
    field.current?.focus()
  }, [focus])
  const progress = chat.running?.events.length
  // biome-ignore lint/correctness/useExhaustiveDependencies: follows what is added
  useEffect(() => {
    // Newer browsers return a promise here, which is no clean-up.
    void end.current?.scrollIntoView({ block: 'nearest' })
  }, [progress, chat.shown.length])

  const ask = async (question: string, more: { mode?: 'auto' | 'model'; parentId?: string | null } = {}) => {
    if (question.trim() === '' || chat.running !== undefined) return
    setText('')
    setEditing(undefined)
    const taken = await chat.ask({
      text: question.trim(),
      context: page.context,
      fileIds: chat.files.map(file => file.id),
      ...(learns ? { hypothesis } : {}),
      ...more,
    })
    if (!taken) setText(now => (now === '' ? question : now))
    field.current?.focus()
  }
  const edit = (message: ChatMessageView) => {
    setEditing(message)
    setText(message.text)
    field.current?.focus()
  }
  const attach = async (file: File) => {
    if (file.size > 8 * 1024 * 1024) return toast('A file of 8 MB at most can be attached.')
    try {
      const id = chatId ?? (await createChat(`Scan of ${file.name}`.slice(0, 120), caseId)).id
      const added = await addFile(id, file)
      onChat(id)
      await chat.query.refetch()
      toast(
        `${file.name} is attached (SHA-256 ${added.sha256.slice(0, 12)}…). Nothing opens it; ask for a scan.`,
      )
    } catch (error) {
      toastFailure('Not attached', error)
    }
  }
  const empty = chat.shown.length === 0 && chat.running === undefined
  return (
    <div className="flex h-full min-h-0 flex-1 flex-col">
      <div className="min-h-0 flex-1 overflow-auto p-3">
        {chat.query.isLoading && <Loading lines={4} label="Loading the chat" />}
        {chat.query.isError && (
          <ErrorState
            what="The chat could not be read."
            error={chat.query.error}
            onRetry={() => void chat.query.refetch()}
          />
        )}
        {empty && <Suggestions page={page} onAsk={question => void ask(question)} />}
        <div
          role="log"
          aria-label="Conversation"
          aria-live="polite"
          className="grid grid-cols-[minmax(0,1fr)] gap-3"
        >
          {visible(chat.shown, chat.running).map(({ message, siblings }) =>
            message.kind === 'question' ? (
              <QuestionView key={message.id} message={message} onEdit={() => edit(message)}>
                <Branches
                  siblings={siblings}
                  shown={message}
                  onChoose={id => chat.choose(message.parentId, id)}
                />
              </QuestionView>
            ) : (
              <AnswerMessage
                key={message.id}
                message={message}
                chatId={chatId ?? ''}
                caseId={caseId}
                question={chat.shown.find(each => each.message.id === message.parentId)?.message}
                learns={learns}
                onRetry={(question, mode) => void ask(question.text, { parentId: question.parentId, mode })}
                onFeedback={() => void chat.query.refetch()}
              />
            ),
          )}
          {chat.running !== undefined && <RunningView running={chat.running} />}
        </div>
        <div ref={end} />
      </div>
      {chat.files.length > 0 && (
        <ul aria-label="Attachments" className="flex flex-wrap gap-1 border-t border-line px-3 pt-2 text-xs">
          {chat.files.map(file => (
            <li key={file.id}>
              <Button onClick={() => void ask(`Scan the attachment ${file.id}`)}>
                <Untrusted text={`Scan ${file.name}`} limit={60} />
              </Button>
            </li>
          ))}
        </ul>
      )}
      {learns && (
        <div className="border-t border-line px-3 pt-2">
          <TextAreaField
            label="Your own hypothesis"
            hint={
              learning.data?.required
                ? 'Required before the assistant answers on a case.'
                : 'Learning mode is on.'
            }
            rows={2}
            maxLength={4000}
            value={hypothesis}
            onChange={event => setHypothesis(event.target.value)}
          />
        </div>
      )}
      <Composer
        text={text}
        onText={setText}
        onAsk={() => void ask(text, editing === undefined ? {} : { parentId: editing.parentId })}
        onStop={chat.stop}
        onRecall={() => {
          const last = chat.shown.findLast(each => each.message.kind === 'question')
          if (last !== undefined) edit(last.message)
        }}
        onFile={mayAttach ? file => void attach(file) : undefined}
        running={chat.running !== undefined}
        about={page.words}
        editing={editing !== undefined}
        onCancelEdit={() => {
          setEditing(undefined)
          setText('')
        }}
        error={chat.failure?.text}
        field={field}
      />
    </div>
  )
}

/** While an answer runs, what it will take the place of is not shown. */
function visible(shown: readonly ShownMessage[], running: RunningTurn | undefined): readonly ShownMessage[] {
  if (running === undefined) return shown
  const parent = shown.findIndex(each => each.message.id === running.parentId)
  return running.parentId === null ? [] : shown.slice(0, parent + 1)
}
