import type { ReactNode } from 'react'
import { useSearchValues } from '../router.tsx'
import { Link } from './link.tsx'
import { PageHeading } from './page-heading.tsx'

export interface PageTab {
  readonly id: string
  readonly title: string
  readonly body: () => ReactNode
}

/** A page of several parts, one shown at a time: which one is in the address (`?tab=…`). */
export function PageTabs({ title, path, tabs }: { title: string; path: string; tabs: readonly PageTab[] }) {
  const [search] = useSearchValues()
  const tab = tabs.find(({ id }) => id === search.tab) ?? tabs[0]
  return (
    <>
      <PageHeading title={title}>
        <nav aria-label={`Parts of ${title.toLowerCase()}`} className="flex flex-wrap gap-1">
          {tabs.map(({ id, title: name }) => (
            <Link
              key={id}
              href={`${path}?tab=${id}`}
              current={tab?.id === id}
              className={`rounded px-2 py-1 ${tab?.id === id ? 'bg-selected font-semibold' : 'text-muted hover:bg-selected'}`}
            >
              {name}
            </Link>
          ))}
        </nav>
      </PageHeading>
      <div className="grid max-w-5xl grid-cols-1 gap-8 px-4 pb-8">{tab?.body()}</div>
    </>
  )
}
