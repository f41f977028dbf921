import { useState } from 'react'
import { Dialog } from '../components/dialog.tsx'
import { KeyHint } from '../components/key-hint.tsx'
import { shortcutRegistry } from '../keyboard/use-shortcuts.ts'

/** Every key that works on the open page, by group. Read from the registry when it opens, so it cannot be out of date. */
export function HelpOverlay({ onClose }: { onClose: () => void }) {
  const [shortcuts] = useState(() => shortcutRegistry.active().toReversed())
  const groups = [...new Set(shortcuts.map(shortcut => shortcut.group))]
  return (
    <Dialog title="Keys that work here" onClose={onClose} wide>
      <div className="columns-2 gap-8 max-sm:columns-1">
        {groups.map(group => (
          <section key={group} className="mb-4 break-inside-avoid">
            <h3 className="mb-1 text-xs text-muted">{group}</h3>
            <dl className="grid gap-1">
              {shortcuts
                .filter(shortcut => shortcut.group === group)
                .map(shortcut => (
                  <div key={shortcut.keys} className="flex items-center justify-between gap-4">
                    <dt>{shortcut.label}</dt>
                    <dd>
                      <span className="sr-only">{shortcut.keys}</span>
                      <KeyHint keys={shortcut.keys} />
                    </dd>
                  </div>
                ))}
            </dl>
          </section>
        ))}
      </div>
      <p className="border-t border-line pt-3 text-muted">
        Keys of a pair are pressed one after the other. While you write, only Escape and Ctrl keys work.
      </p>
    </Dialog>
  )
}
