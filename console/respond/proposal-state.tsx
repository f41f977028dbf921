import {
  type Ban,
  Check,
  CircleHelp,
  Clock,
  Eye,
  FilePen,
  Hourglass,
  Send,
  TriangleAlert,
  Undo2,
  X,
} from 'lucide-react'
import type { ProposalView } from '../../src/http/contract-respond.ts'

const states = {
  draft: { Icon: FilePen, text: 'Draft', look: 'text-muted' },
  awaiting: { Icon: Hourglass, text: 'Waiting for approval', look: 'text-ink font-medium' },
  approved: { Icon: Check, text: 'Approved, about to be sent', look: 'text-ink font-medium' },
  executing: { Icon: Send, text: 'Being sent', look: 'text-ink font-medium' },
  sent: { Icon: Send, text: 'Sent, not yet confirmed', look: 'text-ink font-medium' },
  done: { Icon: Check, text: 'Done, as was reported back', look: 'text-good font-medium' },
  failed: { Icon: TriangleAlert, text: 'Not done', look: 'text-bad font-medium' },
  unknown: { Icon: CircleHelp, text: 'Unknown: go and look', look: 'text-bad font-medium' },
  rehearsed: { Icon: Eye, text: 'Dry run: shown, not sent', look: 'text-muted' },
  rejected: { Icon: X, text: 'Rejected', look: 'text-muted' },
  expired: { Icon: Clock, text: 'Expired', look: 'text-muted' },
  withdrawn: { Icon: Undo2, text: 'Withdrawn', look: 'text-muted' },
} as const satisfies Record<ProposalView['state'], { Icon: typeof Ban; text: string; look: string }>

/** Where a proposal stands: icon and words. `sent` is told apart from `done`. */
export function ProposalState({ state }: { state: ProposalView['state'] }) {
  const { Icon, text, look } = states[state]
  return (
    <span className={`inline-flex items-center gap-1 whitespace-nowrap ${look}`}>
      <Icon aria-hidden="true" className="size-4" />
      {text}
    </span>
  )
}
