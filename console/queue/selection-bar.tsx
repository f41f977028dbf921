import { Button } from '../components/button.tsx'
import { type Verdict, verdictLooks, verdictOrder } from '../components/verdict.tsx'

/** What can be done to the ticked cases. Stands at the bottom, so that the list does not move. */
export function SelectionBar({
  count,
  mayTriage,
  onVerdict,
  onClaim,
  onClear,
}: {
  count: number
  mayTriage: boolean
  onVerdict: (verdict: Verdict) => void
  onClaim: () => void
  onClear: () => void
}) {
  return (
    <div
      role="toolbar"
      aria-label="Selected cases"
      className="flex flex-wrap items-center gap-x-1.5 gap-y-2 border-t border-line-strong bg-surface px-4 py-2"
    >
      <p role="status" className="tabular font-semibold">
        {count.toLocaleString('en')} selected
      </p>
      {mayTriage && (
        <>
          <Button keys="a" onClick={onClaim}>
            Claim
          </Button>
          {verdictOrder.map((verdict, place) => {
            const { Icon, word, color } = verdictLooks[verdict]
            return (
              <Button key={verdict} keys={`v ${place + 1}`} onClick={() => onVerdict(verdict)}>
                <Icon aria-hidden="true" className={`size-3.5 ${color}`} />
                {word}
              </Button>
            )
          })}
        </>
      )}
      <Button look="quiet" keys="Escape" className="ml-auto" onClick={onClear}>
        Clear
      </Button>
    </div>
  )
}
