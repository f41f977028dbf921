import { useState } from 'react'
import { Dialog } from '../components/dialog.tsx'
import { KeyHint } from '../components/key-hint.tsx'
import type { Shortcut } from '../keyboard/shortcut-registry.ts'
import { shortcutRegistry } from '../keyboard/use-shortcuts.ts'

/** Every key that works on the open page, by group. Read from the registry when it opens, so it cannot be out of date. */
export function HelpOverlay({ onClose }: { onClose: () => void }) {
  const [shortcuts] = useState(() => shortcutRegistry.active().toReversed())
  const groups = [...new Set(shortcuts.map(shortcut => shortcut.group))]
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone
  return (
    <Dialog title="Keys that work here" onClose={onClose} wide>
      <div className="columns-2 gap-8 max-sm:columns-1">
        {groups.map(group => (
          <section key={group} className="mb-4 break-inside-avoid">
            <h3 className="mb-1 text-xs text-muted">{group}</h3>
            <dl className="grid gap-1">
              {commandsOf(shortcuts, group).map(({ label, keys }) => (
                <div key={label} className="flex items-center justify-between gap-4">
                  <dt>{label}</dt>
                  <dd className="flex gap-2">
                    <span className="sr-only">{keys.join(' or ')}</span>
                    {keys.map(each => (
                      <KeyHint key={each} keys={each} />
                    ))}
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
      <p className="border-t border-line pt-3 text-muted">
        Keys of a pair are pressed one after the other. While you write, only Escape and Ctrl keys work. Times
        are in {zone}
        {zone === 'UTC' ? '.' : '; hover over one for UTC.'}
      </p>
    </Dialog>
  )
}

/** The commands of a group, each with all keys that do it. */
function commandsOf(
  shortcuts: readonly Shortcut[],
  group: string,
): readonly { label: string; keys: readonly string[] }[] {
  const keysByLabel = new Map<string, string[]>()
  for (const { label, keys, group: own } of shortcuts)
    if (own === group) keysByLabel.set(label, [...(keysByLabel.get(label) ?? []), keys])
  return [...keysByLabel].map(([label, keys]) => ({ label, keys }))
}
