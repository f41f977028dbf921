import { ChevronLeft, ChevronRight, Pencil } from 'lucide-react'
import type { ReactNode } from 'react'
import type { ChatMessageView } from '../../src/http/contract-assistant.ts'
import { Button } from '../components/button.tsx'
import { Untrusted } from '../components/untrusted.tsx'

/** A question as it was asked, with the hypothesis that went before it. */
export function QuestionView({
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

/** The other ways in which it was asked at this place. */
export function Branches({
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
