import { type ComponentProps, type ReactNode, useId, useState } from 'react'

export const inputClass =
  'min-h-7.5 w-full rounded border border-line-strong bg-surface px-2 py-1 text-sm text-ink aria-invalid:border-bad max-sm:min-h-10 max-sm:text-[1rem]'

/** A label, its control, a hint and an error that says what to do. The control gets its id and descriptions. */
export function Field({
  label,
  hint,
  error,
  children,
}: {
  label: ReactNode
  hint?: ReactNode
  error?: string | undefined
  children: (control: {
    id: string
    'aria-describedby': string | undefined
    'aria-invalid': true | undefined
  }) => ReactNode
}) {
  const id = useId()
  const notes = [hint !== undefined && `${id}-hint`, error !== undefined && `${id}-error`].filter(Boolean)
  return (
    <div className="grid content-start gap-1">
      <label htmlFor={id} className="text-sm font-medium">
        {label}
      </label>
      {children({
        id,
        'aria-describedby': notes.length > 0 ? notes.join(' ') : undefined,
        'aria-invalid': error === undefined ? undefined : true,
      })}
      {hint !== undefined && (
        <p id={`${id}-hint`} className="text-xs text-muted">
          {hint}
        </p>
      )}
      {error !== undefined && (
        <p id={`${id}-error`} role="alert" className="text-xs font-medium text-bad">
          {error}
        </p>
      )}
    </div>
  )
}

/** A labelled single-line text input. */
export function TextField({
  label,
  hint,
  error,
  ...input
}: ComponentProps<'input'> & { label: ReactNode; hint?: ReactNode; error?: string | undefined }) {
  return (
    <Field label={label} hint={hint} error={error}>
      {control => <input {...control} {...input} className={inputClass} />}
    </Field>
  )
}

/** A labelled input for text of several lines. Classes are added to those that every input has. */
export function TextAreaField({
  label,
  hint,
  error,
  className = '',
  ...input
}: ComponentProps<'textarea'> & { label: ReactNode; hint?: ReactNode; error?: string | undefined }) {
  return (
    <Field label={label} hint={hint} error={error}>
      {control => <textarea {...control} {...input} className={`${inputClass} ${className}`} />}
    </Field>
  )
}

/** A labelled input for several words with commas between; gives them without empty ones. */
export function WordsField({
  words,
  onWords,
  ...field
}: {
  label: ReactNode
  hint?: ReactNode
  required?: boolean
  words: readonly string[]
  onWords: (words: string[]) => void
}) {
  // What is being typed may end in a comma.
  const [text, setText] = useState(words.join(', '))
  return (
    <TextField
      {...field}
      value={text}
      onChange={event => {
        setText(event.target.value)
        const parts = event.target.value.split(',').map(each => each.trim())
        onWords(parts.filter(each => each !== ''))
      }}
    />
  )
}

/** A labelled choice from a short list. */
export function SelectField({
  label,
  hint,
  options,
  ...select
}: ComponentProps<'select'> & {
  label: ReactNode
  hint?: ReactNode
  options: readonly { readonly value: string; readonly label: string }[]
}) {
  return (
    <Field label={label} hint={hint}>
      {control => (
        <select {...control} {...select} className={inputClass}>
          {options.map(option => (
            <option key={option.value} value={option.value}>
              {option.label}
            </option>
          ))}
        </select>
      )}
    </Field>
  )
}

/** A labelled file; it is handed over as soon as it is chosen. */
export function FileField({
  label,
  hint,
  accept,
  disabled,
  onFile,
}: {
  label: ReactNode
  hint?: ReactNode
  accept?: string
  disabled?: boolean
  onFile: (file: File) => void
}) {
  return (
    <Field label={label} hint={hint}>
      {control => (
        <input
          {...control}
          type="file"
          accept={accept}
          disabled={disabled}
          onChange={event => {
            const [file] = event.target.files ?? []
            if (file !== undefined) onFile(file)
            event.target.value = '' // The same file may be chosen again.
          }}
        />
      )}
    </Field>
  )
}
