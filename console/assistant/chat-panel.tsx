import { useMutation, useQuery } from '@tanstack/react-query'
import { ChevronLeft, ChevronRight, Pencil, RotateCcw, ThumbsDown, ThumbsUp } from 'lucide-react'
import { type ReactNode, useEffect, useRef, useState } from 'react'
import type { ChatMessageView, TurnEventView } from '../../src/http/contract-assistant.ts'
import type { JudgedClaimView } from '../../src/http/contract-cases.ts'
import { addFile, createChat, giveFeedback, readLearning } from '../api/assistant.ts'
import { useMay } from '../api/session.ts'
import { Button } from '../components/button.tsx'
import { Claim } from '../components/claim.tsx'
import { CopyButton } from '../components/copy-button.tsx'
import { Field, inputClass } from '../components/field.tsx'
import { Link } from '../components/link.tsx'
import { ErrorState, Loading } from '../components/states.tsx'
import { toast, toastFailure } from '../components/toast.tsx'
import { Untrusted } from '../components/untrusted.tsx'
import { AnswerView, StepList } from './answer-view.tsx'
import { Composer } from './composer.tsx'
import { DraftSteps } from './draft-steps.tsx'
import type { ShownMessage } from './message-tree.ts'
import type { PageContext } from './page-context.ts'
import { ShareNote } from './share-note.tsx'
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
          <Field
            label="Your own hypothesis"
            hint={
              learning.data?.required
                ? 'Required before the assistant answers on a case.'
                : 'Learning mode is on.'
            }
          >
            {control => (
              <textarea
                {...control}
                rows={2}
                className={inputClass}
                maxLength={4000}
                value={hypothesis}
                onChange={event => setHypothesis(event.target.value)}
              />
            )}
          </Field>
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

function Suggestions({ page, onAsk }: { page: PageContext; onAsk: (question: string) => void }) {
  return (
    <section aria-label="Suggested questions" className="grid gap-2">
      <p className="text-muted">
        Ask about {page.words ?? 'alerts, cases, hosts, indicators, rules and ATT&CK'}. Numbers are counted by
        code; each sentence shows what it stands on.
      </p>
      <ul className="flex flex-wrap gap-1.5">
        {page.suggestions.map(question => (
          <li key={question}>
            <Button className="whitespace-normal text-left" onClick={() => onAsk(question)}>
              <Untrusted text={question} limit={120} />
            </Button>
          </li>
        ))}
      </ul>
    </section>
  )
}

function QuestionView({
  message,
  onEdit,
  children,
}: {
  message: ChatMessageView
  onEdit: () => void
  children: ReactNode
}) {
  return (
    <article aria-label="Question" className="justify-self-end rounded bg-selected px-3 py-2">
      <Untrusted text={message.text} layout />
      {message.hypothesis !== null && (
        <p className="mt-1 border-l-2 border-line-strong pl-2 text-sm text-muted">
          Hypothesis: <Untrusted text={message.hypothesis} layout />
        </p>
      )}
      <div className="flex items-center justify-end gap-1">
        {children}
        <Button look="quiet" onClick={onEdit}>
          <Pencil aria-hidden="true" className="size-3.5" />
          <span className="sr-only">Ask it differently</span>
        </Button>
      </div>
    </article>
  )
}

function Branches({
  siblings,
  shown,
  onChoose,
}: {
  siblings: readonly ChatMessageView[]
  shown: ChatMessageView
  onChoose: (id: string) => void
}) {
  const at = siblings.indexOf(shown)
  const [before, after] = [siblings[at - 1], siblings[at + 1]]
  if (siblings.length < 2) return null
  return (
    <span className="flex items-center text-xs text-muted">
      <Button look="quiet" disabled={before === undefined} onClick={() => before && onChoose(before.id)}>
        <ChevronLeft aria-hidden="true" className="size-3.5" />
        <span className="sr-only">Branch before</span>
      </Button>
      {at + 1} of {siblings.length}
      <Button look="quiet" disabled={after === undefined} onClick={() => after && onChoose(after.id)}>
        <ChevronRight aria-hidden="true" className="size-3.5" />
        <span className="sr-only">Next branch</span>
      </Button>
    </span>
  )
}

function AnswerMessage({
  message,
  chatId,
  caseId,
  question,
  learns,
  onRetry,
  onFeedback,
}: {
  message: ChatMessageView
  chatId: string
  caseId: string | undefined
  question: ChatMessageView | undefined
  learns: boolean
  onRetry: (question: ChatMessageView, mode: 'auto' | 'model') => void
  onFeedback: () => void
}) {
  const feedback = useMutation({
    mutationFn: (value: 1 | -1) =>
      giveFeedback(chatId, message.id, message.feedback === value ? null : value),
    onSuccess: onFeedback,
    onError: error => toastFailure('Not kept', error),
  })
  const { answer } = message
  return (
    <article aria-label="Answer" className="grid grid-cols-[minmax(0,1fr)] gap-2 border-l-2 border-line pl-3">
      {message.state !== 'done' && (
        <p className="font-medium text-high">
          {message.state === 'stopped' ? 'Stopped. What had been verified by then:' : 'The answer failed.'}
        </p>
      )}
      {answer === null ? (
        message.text !== '' && <Untrusted text={message.text} layout />
      ) : (
        <AnswerView answer={answer} trailFirst={learns && answer.evidence.length > 0} />
      )}
      {caseId !== undefined && question?.text.trim().startsWith('/draft') === true && (
        <DraftSteps caseId={caseId} />
      )}
      <div className="flex flex-wrap items-center gap-1">
        {question !== undefined && (
          <>
            <Button look="quiet" onClick={() => onRetry(question, 'auto')}>
              <RotateCcw aria-hidden="true" className="size-3.5" />
              Ask again
            </Button>
            {answer?.canAskModel && (
              <Button look="quiet" onClick={() => onRetry(question, 'model')}>
                Ask the model
              </Button>
            )}
          </>
        )}
        {answer !== null && <CopyButton text={answer.answer} />}
        {answer !== null && caseId !== undefined && question !== undefined && (
          <ShareNote caseId={caseId} question={question.text} answer={answer} />
        )}
        {message.feedback !== null && question !== undefined && (
          <Link
            href={`/learning?tab=lessons&question=${encodeURIComponent(question.text.slice(0, 2000))}`}
            className="text-accent hover:underline"
          >
            Keep as an evaluation case
          </Link>
        )}
        <span className="ml-auto flex">
          {([1, -1] as const).map(value => {
            const Icon = value === 1 ? ThumbsUp : ThumbsDown
            return (
              <Button
                key={value}
                look="quiet"
                aria-pressed={message.feedback === value}
                onClick={() => feedback.mutate(value)}
              >
                <Icon
                  aria-hidden="true"
                  className={`size-3.5 ${message.feedback === value ? 'fill-current text-accent' : ''}`}
                />
                <span className="sr-only">{value === 1 ? 'This helped' : 'This did not help'}</span>
              </Button>
            )
          })}
        </span>
      </div>
    </article>
  )
}

/** An answer on its way: the searches as they are taken, and each sentence once it has been verified. */
function RunningView({ running }: { running: RunningTurn }) {
  const plan = running.events.find(event => event.kind === 'plan')
  const taken = running.events.flatMap(event => (event.kind === 'step' ? [event.step] : []))
  const waiting = (plan?.steps ?? [])
    .slice(taken.length)
    .map(step => ({ ...step, summary: '', failed: false }))
  const sentences = running.events.flatMap(sentenceOf)
  return (
    <>
      <article aria-label="Question" className="justify-self-end rounded bg-selected px-3 py-2">
        <Untrusted text={running.question} layout />
      </article>
      <article aria-label="Answer" aria-busy="true" className="grid gap-2 border-l-2 border-accent pl-3">
        <StepList steps={[...taken, ...waiting]} />
        <ul className="grid gap-1">
          {sentences.map(claim => (
            <Claim
              key={claim.text}
              claim={claim}
              evidence={claim.evidence.map(asEvidence)}
              openId={undefined}
              onOpen={nothing}
            />
          ))}
        </ul>
        <p className="text-sm text-muted">{statusOf(running.events)}</p>
      </article>
    </>
  )
}

const nothing = () => undefined

function sentenceOf(event: TurnEventView): JudgedClaimView[] {
  return event.kind === 'sentence' ? [event.claim as JudgedClaimView] : [] // The server's own statuses.
}

/** Until the answer is there, only the ids are known. */
function asEvidence({ id, quote }: { id: string; quote: string }) {
  return { id, kind: '', source: '', pointer: '', quote, trust: 'observed' as const, label: quote }
}

function statusOf(events: readonly TurnEventView[]): string {
  const last = events.at(-1)?.kind
  if (last === 'sentence') return 'Reading on…'
  if (last === 'step') return 'Reading what was found…'
  if (last === 'plan') return 'Searching…'
  if (last === 'route') return 'Planning…'
  return 'Looking…'
}
