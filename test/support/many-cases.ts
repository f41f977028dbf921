import type { Sql } from '../../src/lib/database.ts'

/** Cases as months of work leave them: a third still open, severities as Wazuh gives them, likely attacks
 * and harmless ones among each, entities to search by. */
export async function fillCases(database: Sql, caseCount: number): Promise<void> {
  await database.query(
    `insert into cases (tenant_id, id, title, headline, severity, max_level, status, alert_count, revision,
       briefed_revision, first_seen_ms, last_seen_ms, created_ms, updated_ms, due_ms, hosts, users, techniques, tactics,
       grouping, leaning, leaning_severity)
     select 'default', 'case_' || lpad(n::text, 8, '0'), (array['Powershell ran an encoded command', 'Failed logons',
         'File added to the system', 'Web attack', 'New service installed'])[1 + n % 5] || ' on host-' || n % 400,
       'headline of case ' || n, case when n % 97 = 0 then 3 when n % 23 = 0 then 2 when n % 5 = 0 then 1 else 0 end, n % 16,
       case when n % 3 = 0 then 'open' when n % 31 = 0 then 'in-progress' else 'closed' end, 1 + n % 50, 1, 1,
       1780000000000 + n * 1000, 1780000000000 + n * 1100, 1780000000000, 1780000000000, 1780000000000 + (n % 1000) * 60000,
       array['host-' || n % 400], array['user-' || n % 300], array['T1059.001'], array['Execution'], '{}',
       case when n % 7 = 0 then 1 when n % 2 = 0 then -1 else 0 end, 3
     from generate_series(1, $1) as n`,
    [caseCount],
  )
  await database.query(
    `insert into case_entities select 'default', id, e.type, e.value, array['source'], 1
     from cases, lateral (values ('host', hosts[1]), ('user', users[1]),
       ('address', '203.0.113.' || substr(id, 6)::int % 250)) as e (type, value)`,
  )
  await database.query(
    `insert into case_words select tenant_id, id, to_tsvector('simple', title || ' ' || headline) from cases`,
  )
  await database.query('vacuum analyze')
}
