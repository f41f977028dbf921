import { useMutation } from '@tanstack/react-query'
import { RotateCcw, ThumbsDown, ThumbsUp } from 'lucide-react'
import type { ChatMessageView } from '../../src/http/contract-assistant.ts'
import { giveFeedback } from '../api/assistant.ts'
import { useMay } from '../api/session.ts'
import { Button, buttonClass } from '../components/button.tsx'
import { CopyButton } from '../components/copy-button.tsx'
import { Link } from '../components/link.tsx'
import { toastFailure } from '../components/toast.tsx'
import { Untrusted } from '../components/untrusted.tsx'
import { AnswerView } from './answer-view.tsx'
import { Drafts } from './drafts.tsx'
import { ShareNote } from './share-note.tsx'

/** An answer that came to its end, and what can be done with it. */
export function AnswerMessage({
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
  const mayWrite = useMay('analyst')
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
      {question !== undefined && <Drafts question={question.text} caseId={caseId} />}
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
        {answer !== null && mayWrite && (
          <Link
            href={`/playbooks?chat=${encodeURIComponent(chatId)}&message=${encodeURIComponent(message.id)}`}
            className={buttonClass('quiet')}
          >
            Save as playbook
          </Link>
        )}
        {message.feedback !== null && question !== undefined && (
          <Link
            href={`/learning?tab=lessons&question=${encodeURIComponent(question.text.slice(0, 2000))}`}
            className={buttonClass('quiet')}
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
