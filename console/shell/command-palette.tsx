import { Search } from 'lucide-react'
import { type KeyboardEvent, useId, useState } from 'react'
import { useShownPages } from '../api/session.ts'
import { useModal } from '../components/dialog.tsx'
import { KeyHint } from '../components/key-hint.tsx'
import { caseHref } from '../components/link.tsx'
import { shortcutRegistry, useShortcuts } from '../keyboard/use-shortcuts.ts'
import { pages } from '../pages.ts'
import { useGo } from '../router.tsx'
import { type Command, rankCommands } from './rank-commands.ts'

/** Ctrl-K: everything that can be done here, by name. Also opens a case by its id and searches the queue. */
export function CommandPalette({ onClose }: { onClose: () => void }) {
  const dialog = useModal()
  const listId = useId()
  const go = useGo()
  const commands = useCommands()
  const [text, setText] = useState('')
  const [chosen, setChosen] = useState(0)
  useShortcuts([{ keys: 'Escape', label: 'Close', group: 'Dialog', run: onClose, palette: false }], 'overlay')

  const found = [...rankCommands(commands, text), ...searches(text, go)]
  const current = Math.min(chosen, found.length - 1)
  const run = (command: Command | undefined) => {
    if (command === undefined) return
    onClose()
    // After the dialog has closed, so that focus goes where the command puts it.
    setTimeout(command.run)
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'ArrowDown') setChosen((current + 1) % found.length)
    else if (event.key === 'ArrowUp') setChosen((current - 1 + found.length) % found.length)
    else if (event.key === 'Enter') run(found[current])
    else return
    event.preventDefault()
  }
  return (
    <dialog
      ref={dialog}
      aria-label="Commands"
      onCancel={onClose}
      className="rise mx-auto mt-[12dvh] w-[min(94vw,36rem)] rounded-lg border border-line-strong bg-surface"
    >
      <div className="flex items-center gap-2 border-b border-line px-3">
        <Search aria-hidden="true" className="size-4 text-muted" />
        <input
          role="combobox"
          aria-label="Command, page or search"
          aria-expanded="true"
          aria-controls={listId}
          aria-activedescendant={found.length > 0 ? `${listId}-${current}` : undefined}
          placeholder="A command, a page, a case id, or words to search the queue for"
          className="w-full bg-transparent py-3 text-base outline-none"
          value={text}
          onChange={event => {
            setText(event.target.value)
            setChosen(0)
          }}
          onKeyDown={onKeyDown}
        />
      </div>
      <div id={listId} role="listbox" aria-label="Commands" className="max-h-[50dvh] overflow-auto p-1">
        {found.map((command, index) => (
          <div
            key={`${command.group} ${command.label}`}
            id={`${listId}-${index}`}
            role="option"
            aria-selected={index === current}
            onClick={() => run(command)}
            onKeyDown={onKeyDown}
            tabIndex={-1}
            onPointerMove={() => setChosen(index)}
            ref={element => {
              if (index === current) element?.scrollIntoView({ block: 'nearest' })
            }}
            className="flex cursor-pointer items-center gap-3 rounded px-2 py-1.5 aria-selected:bg-selected"
          >
            <span className="w-20 shrink-0 text-xs text-muted">{command.group}</span>
            <span className="flex-1 wrap-anywhere">{command.label}</span>
            {command.keys !== undefined && <KeyHint keys={command.keys} />}
          </div>
        ))}
      </div>
    </dialog>
  )
}

/** Read once when the palette opens: its own registration would hide the page's shortcuts. */
function useCommands(): readonly Command[] {
  const go = useGo()
  const shown = useShownPages(pages)
  const [commands] = useState(() => [
    ...shortcutRegistry
      .active()
      .filter(shortcut => shortcut.palette !== false && !shortcut.keys.startsWith('g '))
      .toReversed(),
    ...shown
      .filter(page => page.section !== undefined)
      .map(page => ({
        label: page.title,
        group: 'Go to',
        keys: page.goKey === undefined ? undefined : `g ${page.goKey}`,
        run: () => go(page.path),
      })),
  ])
  return commands
}

function searches(text: string, go: (href: string) => void): Command[] {
  const words = text.trim()
  if (words === '') return []
  const open = { label: `Open case ${words}`, group: 'Case', keys: undefined, run: () => go(caseHref(words)) }
  const search = {
    label: `Search the queue for “${words}”`,
    group: 'Search',
    keys: undefined,
    run: () => go(`/?text=${encodeURIComponent(words)}&status=all`),
  }
  return /^[\w-]{6,}$/.test(words) && /\d/.test(words) ? [open, search] : [search]
}
