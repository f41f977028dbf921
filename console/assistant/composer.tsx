import { Paperclip, Square } from 'lucide-react'
import { type RefObject, useRef } from 'react'
import { Button } from '../components/button.tsx'
import { TextAreaField } from '../components/field.tsx'
import { Form } from '../components/form.tsx'
import { slashCommands } from './page-context.ts'

/** Where a question is written. Enter asks, Shift-Enter makes a line, arrow up takes the last question back to change it. */
export function Composer({
  text,
  onText,
  onAsk,
  onStop,
  onRecall,
  onFile,
  running,
  about,
  editing,
  onCancelEdit,
  error,
  field,
}: {
  text: string
  onText: (text: string) => void
  onAsk: () => void
  onStop: () => void
  onRecall: () => void
  onFile: ((file: File) => void) | undefined
  running: boolean
  about: string | undefined
  editing: boolean
  onCancelEdit: () => void
  error: string | undefined
  field: RefObject<HTMLTextAreaElement | null>
}) {
  const picker = useRef<HTMLInputElement>(null)
  const commands = /^\/\w*$/.test(text) ? slashCommands.filter(command => command.name.startsWith(text)) : []
  return (
    <Form className="grid gap-1.5 border-t border-line bg-surface p-3" onSubmit={onAsk}>
      {commands.length > 0 && (
        <ul aria-label="Commands" className="grid gap-0.5 rounded border border-line p-1">
          {commands.map(command => (
            <li key={command.name}>
              <button
                type="button"
                className="flex w-full gap-2 rounded px-2 py-1 text-left hover:bg-selected"
                onClick={() => {
                  onText(`${command.name} `)
                  field.current?.focus()
                }}
              >
                <span className="font-mono">{command.name}</span>
                <span className="text-muted">{command.hint}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
      <TextAreaField
        label={
          <>
            {editing ? 'Ask it differently' : 'Question'}
            {about !== undefined && (
              <span className="font-normal text-muted wrap-anywhere"> about {about}</span>
            )}
          </>
        }
        error={error}
        ref={field}
        rows={Math.min(8, Math.max(2, text.split('\n').length))}
        maxLength={20_000}
        placeholder="Ask, or / for commands"
        value={text}
        onChange={event => onText(event.target.value)}
        onKeyDown={event => {
          if (event.key === 'Enter' && !event.shiftKey && !event.nativeEvent.isComposing) {
            event.preventDefault()
            onAsk()
          }
          if (event.key === 'ArrowUp' && text === '') {
            event.preventDefault()
            onRecall()
          }
          if (event.key === 'Escape' && (editing || running)) {
            event.preventDefault()
            event.stopPropagation()
            if (running) onStop()
            else onCancelEdit()
          }
        }}
      />
      <div className="flex flex-wrap items-center gap-2">
        {running ? (
          <Button look="danger" onClick={onStop}>
            <Square aria-hidden="true" className="size-3.5" />
            Stop
          </Button>
        ) : (
          <Button type="submit" look="primary" disabled={text.trim() === ''} keys="Enter">
            Ask
          </Button>
        )}
        {editing && (
          <Button look="quiet" onClick={onCancelEdit}>
            Cancel
          </Button>
        )}
        {onFile !== undefined && (
          <>
            <input
              ref={picker}
              type="file"
              hidden
              onChange={event => {
                const [file] = event.target.files ?? []
                if (file !== undefined) onFile(file)
                event.target.value = ''
              }}
            />
            <Button look="quiet" onClick={() => picker.current?.click()}>
              <Paperclip aria-hidden="true" className="size-4" />
              <span className="max-sm:sr-only">Attach a file to scan</span>
            </Button>
          </>
        )}
        <p className="ml-auto text-xs text-muted">It reads and never acts.</p>
      </div>
    </Form>
  )
}
