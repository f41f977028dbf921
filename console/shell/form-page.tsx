import { BellRing } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTitle } from '../components/page-heading.tsx'

/** A page that is one small form, before the console proper. */
export function FormPage({ title, children }: { title: string; children: ReactNode }) {
  useTitle(title)
  return (
    <main className="grid h-full place-items-center overflow-auto p-4">
      <div className="grid w-full max-w-sm gap-4">
        <h1 className="flex items-center gap-2 text-lg font-semibold">
          <BellRing aria-hidden="true" className="size-5 text-accent" />
          {title}
        </h1>
        {children}
      </div>
    </main>
  )
}
