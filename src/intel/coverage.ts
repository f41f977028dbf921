import { type AttackKnowledge, shippedAttack } from '../knowledge/attack-knowledge.ts'
import type { Sql } from '../lib/database.ts'
import { alertTechniqueCounts, techniqueCounts } from '../store/intel-reports.ts'
import type { TechniqueCoverage } from './navigator-layer.ts'

/** How often reports describe and alerts carry each technique, by id; retired ids count for what took their place. */
export async function techniqueCoverage(
  sql: Sql,
  tenant: string,
  attack: AttackKnowledge = shippedAttack,
): Promise<TechniqueCoverage[]> {
  const [reported, alerted] = await Promise.all([
    techniqueCounts(sql, tenant),
    alertTechniqueCounts(sql, tenant),
  ])
  const counts = new Map<string, { reports: number; alerts: number }>()
  const add = (id: string, reports: number, alerts: number) => {
    const current = attack.current(id)?.id
    if (current === undefined) return
    const known = counts.get(current) ?? { reports: 0, alerts: 0 }
    counts.set(current, { reports: known.reports + reports, alerts: known.alerts + alerts })
  }
  for (const { id, reports } of reported) add(id, reports, 0)
  // A technique of which only sub-techniques are in alerts is shown where a report speaks of it, else the sub-techniques are enough.
  for (const { id, alerts, own } of alerted) if (own > 0 || counts.has(id)) add(id, 0, alerts)
  return [...counts].map(([id, count]) => ({ id, ...count })).sort((a, b) => a.id.localeCompare(b.id))
}
