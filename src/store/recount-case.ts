import type { Sql } from '../lib/database.ts'

/** Sets what a case shows from the alerts and entities that it now has, and takes it out of grouping. */
export async function recountCase(sql: Sql, tenant: string, id: string, nowMs: number): Promise<void> {
  await sql.query(
    `update cases c set alert_count = a.count, first_seen_ms = a.first, last_seen_ms = a.last,
       max_level = a.level, severity = case when a.level >= 15 then 3 when a.level >= 12 then 2 when a.level >= 7 then 1 else 0 end,
       leaning = greatest(c.leaning, 0), techniques = a.techniques, revision = c.revision + 1, settled_ms = $3, updated_ms = $3,
       hosts = array(select value from case_entities where tenant_id = $1 and case_id = $2 and type = 'host'
         order by alert_count desc, value limit 20),
       users = array(select value from case_entities where tenant_id = $1 and case_id = $2 and type = 'user'
         order by alert_count desc, value limit 20)
     from (
       select count(*) as count, min(timestamp_ms) as first, max(timestamp_ms) as last, max(level) as level,
         array(select distinct t from alerts b, unnest(b.techniques) as t
           where b.tenant_id = $1 and b.case_id = $2 limit 64) as techniques
       from alerts where tenant_id = $1 and case_id = $2
     ) as a
     where c.tenant_id = $1 and c.id = $2`,
    [tenant, id, nowMs],
  )
}
