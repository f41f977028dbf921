import type { Sql } from '../../src/lib/database.ts'

interface PlanNode {
  readonly 'Relation Name'?: string
  readonly 'Actual Rows': number
  readonly 'Actual Loops': number
  readonly 'Rows Removed by Filter'?: number
  readonly Plans?: readonly PlanNode[]
}

/** How many rows of `table` the database goes through for the statements that `run` asks for. Their answers are left out. */
export async function rowsRead(
  sql: Sql,
  table: string,
  run: (sql: Sql) => Promise<unknown>,
): Promise<number> {
  let rows = 0
  const add = (node: PlanNode): void => {
    if (node['Relation Name'] === table)
      rows += (node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0)) * node['Actual Loops']
    for (const child of node.Plans ?? []) add(child)
  }
  await run({
    async query(text, values) {
      const [plan] = await sql.query<{ 'QUERY PLAN': readonly { Plan: PlanNode }[] }>(
        `explain (analyze, format json) ${text}`,
        values,
      )
      for (const { Plan } of plan?.['QUERY PLAN'] ?? []) add(Plan)
      return []
    },
  })
  return rows
}
