import { useRouter } from '@tanstack/react-router'
import type { MouseEvent, ReactNode } from 'react'
import { Untrusted } from './untrusted.tsx'

/**
 * A link inside the console. `href` is a whole address (`/cases/123?e=E2`), already encoded: use `caseHref` and
 * `entityHref` to make one. There are no links to anywhere else: nothing a model or an attacker wrote is clickable.
 * With a modifier key or the middle button it opens a tab, as any link does.
 */
export function Link({
  href,
  className = '',
  current = false,
  children,
  onClick,
}: {
  href: string
  className?: string
  /** It leads to the page that is shown. */
  current?: boolean
  children: ReactNode
  onClick?: () => void
}) {
  const { history } = useRouter()
  const follow = (event: MouseEvent) => {
    if (event.defaultPrevented || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey)
      return
    event.preventDefault()
    onClick?.()
    history.push(href)
  }
  return (
    <a href={href} className={className} aria-current={current ? 'page' : undefined} onClick={follow}>
      {children}
    </a>
  )
}

/** The page of a case; `evidence` opens the drawer there. */
export function caseHref(id: string, evidence?: string): string {
  const path = `/cases/${encodeURIComponent(id)}`
  return evidence === undefined ? path : `${path}?e=${encodeURIComponent(evidence)}`
}

/** A case by its title, as lists of other things name it. */
export function CaseLink({ id, title }: { id: string; title: string }) {
  return (
    <Link href={caseHref(id)} className="text-accent hover:underline">
      <Untrusted text={title} />
    </Link>
  )
}

/** The page of one host, user, address … */
export function entityHref(type: string, value: string): string {
  return `/entities/${encodeURIComponent(type)}/${encodeURIComponent(value)}`
}
