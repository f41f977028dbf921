import { type ReactNode, useState } from 'react'

/** An area that takes dropped files, beside a control in it that chooses them: dropping alone is out of the keyboard's reach. */
export function DropArea({
  label,
  className,
  onFiles,
  children,
}: {
  label: string
  className: string
  onFiles: (files: readonly File[]) => void
  children: ReactNode
}) {
  const [over, setOver] = useState(false)
  return (
    <section
      aria-label={label}
      onDragOver={event => {
        event.preventDefault()
        setOver(true)
      }}
      onDragLeave={() => setOver(false)}
      onDrop={event => {
        event.preventDefault()
        setOver(false)
        onFiles([...event.dataTransfer.files])
      }}
      className={`rounded border border-dashed p-3 ${over ? 'border-accent bg-selected' : 'border-line-strong'} ${className}`}
    >
      {children}
    </section>
  )
}
