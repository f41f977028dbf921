import type { EvidenceDraft } from '../domain/evidence.ts'
import { tellSpan } from '../lib/tell-time.ts'
import type { CaseContext } from './case-context.ts'
import { placeOf } from './place.ts'

/** How many alerts there are in the case, of which kinds, and how many around it on the same hosts. */
export function relatedAlerts(context: CaseContext): EvidenceDraft[] {
  return [inCase(context), ...byRule(context), ...around(context)]
}

function inCase(context: CaseContext): EvidenceDraft {
  const { alertCount, firstSeenMs, lastSeenMs, maxLevel } = context.case
  const hosts = [...new Set(context.alerts.map(placeOf))]
  const rules = new Set(context.alerts.map(alert => alert.rule.id)).size
  return counted(context, 'alerts-in-case', 'Alerts in this case', {
    alerts: alertCount,
    rules,
    hosts: hosts.length,
    first: new Date(firstSeenMs).toISOString(),
    last: new Date(lastSeenMs).toISOString(),
    over: tellSpan(lastSeenMs - firstSeenMs),
    highest_level: maxLevel,
    host_names: hosts.slice(0, maxHosts).join(', '),
  })
}

/** Hosts told by name; a brute force can meet thousands. */
const maxHosts = 10

function byRule(context: CaseContext): EvidenceDraft[] {
  const counts = Map.groupBy(context.alerts, alert => alert.rule.id)
  if (counts.size < 2) return []
  return [...counts]
    .toSorted(([, a], [, b]) => b.length - a.length)
    .slice(0, 8)
    .map(([rule, alerts]) =>
      counted(context, 'alerts-of-rule', `Alerts of rule ${rule} in this case`, {
        rule,
        alerts: alerts.length,
      }),
    )
}

function around(context: CaseContext): EvidenceDraft[] {
  if (context.around.length === 0) return []
  const highest = Math.max(...context.around.map(alert => alert.rule.level))
  const rules = new Set(context.around.map(alert => alert.rule.id)).size
  return [
    counted(context, 'alerts-around', 'Other alerts of the same hosts close in time', {
      alerts: context.around.length,
      rules,
      highest_level: highest,
    }),
  ]
}

function counted(
  context: CaseContext,
  name: string,
  label: string,
  facts: { readonly [name: string]: string | number },
): EvidenceDraft {
  const quote = Object.entries(facts)
    .map(([key, value]) => `${key.replaceAll('_', ' ')}: ${value}`)
    .join(', ')
  return {
    kind: 'related-alerts',
    source: `case/${context.case.id}/${name}`,
    pointer: '',
    quote,
    trust: 'observed',
    label,
    facts,
  }
}
