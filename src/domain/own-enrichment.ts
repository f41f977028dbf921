import type { Alert } from './alert.ts'

/**
 * Whether an alert is Tocsin's own enrichment coming back. Sources drop it: it would be grouped, briefed and published
 * again, without end. What an endpoint reports through Tocsin's scripts is not that: it has no integration field.
 */
export function isOwnEnrichment(alert: Alert): boolean {
  const { data } = alert.document
  return (
    typeof data === 'object' && data !== null && 'integration' in data && data.integration === 'custom-tocsin'
  )
}
