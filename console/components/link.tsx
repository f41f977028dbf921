import { Link as RouterLink } from '@tanstack/react-router'
import type { ReactNode } from 'react'

/**
 * A link inside the console. `href` is a whole address (`/cases/123?e=E2`), already encoded: use `caseHref` and
 * `entityHref` to make one. There are no links to anywhere else: nothing a model or an attacker wrote is clickable.
 */
export function Link({
  href,
  className = '',
  children,
  onClick,
}: {
  href: string
  className?: string
  children: ReactNode
  onClick?: () => void
}) {
  return (
    <RouterLink to={href} className={className} {...(onClick ? { onClick } : {})}>
      {children}
    </RouterLink>
  )
}

/** The page of a case; `evidence` opens the drawer there. */
export function caseHref(id: string, evidence?: string): string {
  const path = `/cases/${encodeURIComponent(id)}`
  return evidence === undefined ? path : `${path}?e=${encodeURIComponent(evidence)}`
}

/** The page of one host, user, address … */
export function entityHref(type: string, value: string): string {
  return `/entities/${encodeURIComponent(type)}/${encodeURIComponent(value)}`
}
