import { type Verdict, verdictLooks, verdictOrder } from '../components/verdict.tsx'
import { useShortcuts } from '../keyboard/use-shortcuts.ts'

/** What the keys of the queue do. `triage` is absent for people who may only read. */
export interface QueueKeyActions {
  readonly next: () => void
  readonly previous: () => void
  readonly first: () => void
  readonly last: () => void
  readonly open: () => void
  readonly select: () => void
  readonly extendSelection: () => void
  readonly selectAll: () => void
  readonly clearSelection: () => void
  readonly showWaiting: () => void
  /** How many changes wait to be shown. */
  readonly waiting: number
  readonly triage:
    | {
        readonly claim: () => void
        readonly release: () => void
        readonly verdict: (verdict: Verdict) => void
      }
    | undefined
}

/** The keys of the queue, as the help overlay lists them. */
export function useQueueShortcuts(act: QueueKeyActions): void {
  const { triage } = act
  useShortcuts([
    ...[
      { keys: 'j', label: 'Next case', run: act.next },
      { keys: 'ArrowDown', label: 'Next case', run: act.next },
      { keys: 'k', label: 'Previous case', run: act.previous },
      { keys: 'ArrowUp', label: 'Previous case', run: act.previous },
      { keys: 'g g', label: 'First case', run: act.first },
      { keys: 'G', label: 'Last loaded case', run: act.last },
      { keys: 'Enter', label: 'Open', run: act.open },
      { keys: 'o', label: 'Open', run: act.open },
      { keys: 'x', label: 'Select', run: act.select },
      { keys: 'X', label: 'Select from the last selected', run: act.extendSelection },
      { keys: 'Escape', label: 'Clear the selection', run: act.clearSelection },
    ].map(shortcut => ({ ...shortcut, group: 'Queue', palette: false as const })),
    { keys: 'Ctrl-a', label: 'Select all that are loaded', group: 'Queue', run: act.selectAll },
    ...(act.waiting === 0
      ? []
      : [{ keys: '.', label: 'Show waiting changes', group: 'Queue', run: act.showWaiting }]),
    ...(triage === undefined
      ? []
      : [
          { keys: 'a', label: 'Claim', group: 'Verdict', run: triage.claim },
          { keys: 'A', label: 'Give back', group: 'Verdict', run: triage.release },
          ...verdictOrder.map((verdict, place) => ({
            keys: `v ${place + 1}`,
            label: verdictLooks[verdict].word,
            group: 'Verdict',
            run: () => triage.verdict(verdict),
          })),
        ]),
  ])
}
