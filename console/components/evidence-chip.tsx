import type { EvidenceView } from '../../src/http/contract-briefs.ts'
import { visibleText } from '../text/visible-text.ts'

/** `E3` behind a sentence: opens what the sentence rests on. Dotted where an attacker could have written it. */
export function EvidenceChip({
  id,
  item,
  open,
  onOpen,
}: {
  id: string
  /** Absent when the sentence cites something that is not there: then there is nothing to open. */
  item: EvidenceView | undefined
  open: boolean
  onOpen: (id: string) => void
}) {
  if (item === undefined)
    return (
      <span className="mx-0.5 rounded border border-bad px-1 font-mono text-xs text-bad line-through">
        <span className="sr-only">cites, without it being there, </span>
        {visibleText(id)}
      </span>
    )
  const attacker = item.trust === 'attacker-controlled'
  return (
    <button
      type="button"
      aria-pressed={open}
      aria-label={`Evidence ${id}: ${visibleText(item.label)}`}
      title={visibleText(item.label)}
      onClick={() => onOpen(id)}
      className={`mx-0.5 rounded border px-1 font-mono text-xs max-sm:px-2 max-sm:py-1 ${attacker ? 'border-dashed border-attacker text-attacker' : 'border-line-strong text-accent'} ${open ? 'bg-mark text-mark-text' : 'bg-surface hover:bg-selected'}`}
    >
      {id}
    </button>
  )
}

/** The chips behind a sentence; `openId` is the evidence that the drawer shows. */
export function EvidenceChips({
  ids,
  evidence,
  openId,
  onOpen,
}: {
  ids: readonly string[]
  evidence: readonly EvidenceView[]
  openId: string | undefined
  onOpen: (id: string) => void
}) {
  return ids.map(id => (
    <EvidenceChip
      key={id}
      id={id}
      item={evidence.find(item => item.id === id)}
      open={id === openId}
      onOpen={onOpen}
    />
  ))
}
