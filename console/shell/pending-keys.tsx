import { KeyHint } from '../components/key-hint.tsx'
import { useActiveShortcuts, usePendingKeys } from '../keyboard/use-shortcuts.ts'

/** After the first key of a sequence: what the second can be. */
export function PendingKeys() {
  const pending = usePendingKeys()
  const following = useActiveShortcuts()
    .filter(shortcut => shortcut.keys.startsWith(`${pending} `))
    .toReversed()
  if (pending === '' || following.length === 0) return null
  return (
    <div className="fixed bottom-4 left-1/2 z-40 flex -translate-x-1/2 flex-wrap gap-x-4 gap-y-1 rounded border border-line-strong bg-surface px-3 py-2">
      <KeyHint keys={pending} />
      {following.map(shortcut => (
        <span key={shortcut.keys} className="inline-flex items-center gap-1.5">
          <KeyHint keys={shortcut.keys.slice(pending.length + 1)} /> {shortcut.label}
        </span>
      ))}
    </div>
  )
}
