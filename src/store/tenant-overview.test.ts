import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newIngest } from '../../test/support/new-ingest.ts'
import { databaseKinds, openTestDatabase, type TestDatabase } from '../../test/support/postgres.ts'
import { wazuhLine } from '../../test/support/wazuh-alert.ts'
import { appendEntries } from '../ledger/database-ledger.ts'
import { enqueue } from '../queue/jobs.ts'
import { connectDatabase, type OpenDatabase } from './connect.ts'
import { writeGovernanceSetting } from './governance-settings.ts'
import { budgetUsed, describeTenant, isOperator, keepDayBudget, tenantOverview } from './tenant-overview.ts'
import { addTenant } from './tenants.ts'

// An operator and two customers. The customers' rows are full of a word that no count needs.

const secret = 'quokka'
const nowMs = Date.UTC(2026, 5, 1, 12)
const clock = { now: () => nowMs }

describe.each(databaseKinds)('counts of all tenants on the %s database', kind => {
  let test: TestDatabase
  const roles = new Map<string, OpenDatabase>()
  const as = (id: string): OpenDatabase => {
    const found = roles.get(id)
    if (found === undefined) throw new Error(`nobody is ${id}`)
    return found
  }

  beforeAll(async () => {
    test = await openTestDatabase(kind)
    for (const id of ['house', 'acme', 'globex']) {
      const password = `password-of-${id}`
      const { role } = await test.database.transaction(sql =>
        addTenant(sql, { id, name: id, password }, nowMs),
      )
      roles.set(
        id,
        connectDatabase({
          connection: { ...test.connection, user: role, password },
          maxConnections: 2,
          rowSecurity: true,
          onIdleError: () => {},
        }),
      )
    }
    await fill('acme', [12, 15, 15])
    await fill('globex', [5])
  })
  afterAll(async () => {
    await Promise.all([...roles.values()].map(database => database.close()))
    await test.close()
  })

  /** Cases of these levels, a job that is set aside, a call of a model and a budget. */
  async function fill(tenant: string, levels: readonly number[]): Promise<void> {
    const database = as(tenant)
    const lines = levels.map((level, index) =>
      wazuhLine({
        atMs: nowMs - index * 7_200_000,
        host: `${secret}-${tenant}-${index}`,
        rule: [`100${index}`, level, `${secret} rule`, ['sshd']],
        data: { srcip: `203.0.113.${index}`, srcuser: `${secret}-${index}` },
        log: `${secret} log ${index}`,
      }),
    )
    await newIngest(database, clock)(lines, { tenant })
    await database.query(`update cases set briefed_revision = revision where severity < 3`)
    await database.query(`update cases set due_ms = $1 where severity = 2`, [nowMs - 1])
    await enqueue(database, tenant, [{ kind: 'investigate', key: `${secret}-job`, payload: {} }], nowMs)
    await database.query(`update jobs set state = 'dead', last_error = $2 where key = $1`, [
      `${secret}-job`,
      secret,
    ])
    const body = {
      task: 'case-brief',
      model: secret,
      status: 'answered',
      input_tokens: 300,
      output_tokens: 100,
      cost_usd: 0.4,
    }
    await database.transaction(sql =>
      appendEntries(
        sql,
        [{ kind: 'model-outcome', tenant, actor: 'task:case-brief', subject: secret, body }],
        nowMs,
      ),
    )
    await keepDayBudget(database, tenant, { costUsd: 1, tokens: 500 }, nowMs)
  }

  it('gives a tenant nothing, not even its own, and no way to become the operator', async () => {
    for (const id of ['house', 'acme']) {
      expect(await isOperator(as(id))).toBe(false)
      expect(await tenantOverview(as(id), nowMs)).toEqual([])
    }
    for (const text of [
      'update tenants set operator = true',
      'select * from tenants',
      `select tocsin_operator() from tenants`,
      'alter function tenant_overview(bigint, bigint) owner to current_user',
      `create or replace function tocsin_operator() returns boolean language sql as 'select true'`,
    ])
      await expect(as('acme').query(text), text).rejects.toThrow(/permission denied|must be owner/)
    // A schema of one's own that is looked into first changes nothing: the functions name theirs.
    await as('acme')
      .query(
        `create temporary table tenants (id text, name text, role name, operator boolean, console_url text)`,
      )
      .catch(() => undefined)
    expect(await tenantOverview(as('acme'), nowMs)).toEqual([])
  })

  it('gives the operator numbers of each, right ones, and no word of what they are about', async () => {
    expect(await describeTenant(test.database, 'house', { operator: true })).toBe(true)
    expect(await describeTenant(test.database, 'acme', { consoleUrl: 'https://acme.example/' })).toBe(true)
    expect(await describeTenant(test.database, 'nobody', { operator: true })).toBe(false)
    expect(await isOperator(as('house'))).toBe(true)
    const found = await tenantOverview(as('house'), nowMs)
    expect(found.map(({ id }) => id)).toEqual(['acme', 'globex', 'house'])
    const [acme, globex, house] = found
    expect(acme).toMatchObject({
      ...{ low: 0, medium: 0, high: 1, critical: 2, overdue: 1, unbriefed: 2, oldestUnbriefedMs: nowMs },
      ...{ setAside: 1, calls: 1, tokens: 400, costUsd: 0.4, operator: false },
      ...{ consoleUrl: 'https://acme.example/', dayBudget: { costUsd: 1, tokens: 500 } },
    })
    expect(globex).toMatchObject({ low: 1, high: 0, critical: 0, unbriefed: 0, oldestUnbriefedMs: null })
    expect(house).toMatchObject({ low: 0, setAside: 0, calls: 0, dayBudget: null, operator: true })
    expect([acme, globex, house].map(each => each && budgetUsed(each))).toEqual([0.8, 0.8, null])
    expect(JSON.stringify(found)).not.toContain(secret)
    // Yesterday's calls are not of today.
    expect((await tenantOverview(as('house'), nowMs + 86_400_000))[0]?.calls).toBe(0)
  })

  it('tells the operator, and no other tenant, whose role may not sign in', async () => {
    const suspended = async (id: string) =>
      (await tenantOverview(as(id), nowMs)).map(tenant => [tenant.id, tenant.suspendedMs])
    await test.database.query(`update tenants set suspended_ms = $1 where id = 'globex'`, [nowMs])
    expect(await suspended('house')).toEqual([
      ['acme', null],
      ['globex', nowMs],
      ['house', null],
    ])
    expect(await as('acme').query('select * from tenant_suspensions()')).toEqual([])
    await test.database.query(`update tenants set suspended_ms = null where id = 'globex'`)
    expect(await suspended('house')).toContainEqual(['globex', null])
  })

  it('says of a tenant that asked no model today that it cost nothing', async () => {
    const house = (await tenantOverview(as('house'), nowMs)).find(({ id }) => id === 'house')
    expect(house).toMatchObject({ calls: 0, tokens: 0, costUsd: 0 })
  })

  it('lets no tenant slip the operator anything but numbers, or keep those of others from them', async () => {
    const before = await tenantOverview(as('house'), nowMs)
    const amounts = [secret, 1e300, -5, '7', null, Number.MAX_SAFE_INTEGER, { [secret]: 1 }]
    await as('globex').transaction(sql =>
      appendEntries(
        sql,
        amounts.map(amount => ({
          kind: 'model-outcome',
          tenant: 'globex',
          actor: 'task:case-brief',
          subject: 'x',
          body: { input_tokens: amount, output_tokens: amount, cost_usd: amount },
        })),
        nowMs,
      ),
    )
    for (const value of [secret, [1], { tokens: secret, calls: 0, costUsd: { a: 1 }, [secret]: 2 }]) {
      await writeGovernanceSetting(as('globex'), 'globex', 'day-budget', value, null, nowMs)
      const [acme, globex] = await tenantOverview(as('house'), nowMs)
      expect(acme).toEqual(before[0])
      expect(globex).toMatchObject({ calls: 8, tokens: 414, costUsd: 7.4, dayBudget: null })
    }
  })

  it('gives the operator no row of any tenant, whatever it asks', async () => {
    for (const table of ['cases', 'alerts', 'jobs', 'ledger', 'governance_settings', 'users']) {
      const column = table === 'ledger' ? 'tenant' : 'tenant_id'
      const rows = await as('house').query(`select from "${table}" where "${column}" in ('acme', 'globex')`)
      expect([table, rows.length]).toEqual([table, 0])
    }
    await expect(as('house').query('select * from tenants')).rejects.toThrow(/permission denied/)
    await expect(as('house').query(`update tenants set operator = true`)).rejects.toThrow(/permission denied/)
    expect(await tenantOverview(as('acme'), nowMs)).toEqual([])
  })

  it('gives the owner of the database the same, and nobody any more once it is taken away', async () => {
    expect(await tenantOverview(test.database, nowMs)).toEqual(await tenantOverview(as('house'), nowMs))
    await describeTenant(test.database, 'house', { operator: false })
    expect(await tenantOverview(as('house'), nowMs)).toEqual([])
  })
})
