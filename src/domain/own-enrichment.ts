import type { Alert } from './alert.ts'
import { severityOfLevel } from './verdict.ts'

/** Where analysisd says that it heard it: its own socket, or `POST /events` of the server API. */
const ownLocations: readonly string[] = ['custom-tocsin', 'API-Webhook']

/**
 * Whether an alert is Tocsin's own enrichment coming back. Sources drop it: it would be grouped, briefed and published
 * again, without end. Where it came in counts too: else whoever writes a line into a log that is read as JSON could hide
 * an attack by naming the integration in it; and others may feed events in by the same ways, so nothing grave is ever taken
 * for ours. What an endpoint reports through Tocsin's scripts is not that: it has no
 * integration field.
 */
export function isOwnEnrichment(alert: Alert): boolean {
  const { data } = alert.document
  const named =
    typeof data === 'object' && data !== null && 'integration' in data && data.integration === 'custom-tocsin'
  return named && ownLocations.includes(alert.location) && severityOfLevel(alert.rule.level) === 'low'
}
