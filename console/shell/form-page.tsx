import { BellRing } from 'lucide-react'
import type { ReactNode } from 'react'

/** A page that is one small form, before the console proper. */
export function FormPage({
  title,
  onSubmit,
  children,
}: {
  title: string
  onSubmit: () => void
  children: ReactNode
}) {
  return (
    <main className="grid h-full place-items-center overflow-auto p-4">
      <form
        className="grid w-full max-w-sm gap-4"
        onSubmit={event => {
          event.preventDefault()
          onSubmit()
        }}
      >
        <h1 className="flex items-center gap-2 text-lg font-semibold">
          <BellRing aria-hidden="true" className="size-5 text-accent" />
          {title}
        </h1>
        {children}
      </form>
    </main>
  )
}
