import { randomBytes } from 'node:crypto'
import { type Config, readConfig } from '../config.ts'
import { AppError } from '../lib/app-error.ts'
import { systemClock } from '../lib/clock.ts'
import { createLogger } from '../main/create-logger.ts'
import { openStore } from '../main/open-store.ts'
import { listHoldUps } from '../store/hold-ups.ts'
import { budgetUsed, describeTenant, type TenantCounts, tenantOverview } from '../store/tenant-overview.ts'
import {
  addTenant,
  changeTenantConnections,
  changeTenantPassword,
  resumeTenant,
  type TenantSignIn,
} from '../store/tenants.ts'
import { type Command, readArgs, writeRecord } from './command.ts'

export const newTenantPassword = () => randomBytes(24).toString('base64url')

/** What the processes of a tenant are started with: the database's address, as the tenant's role. */
export function tenantSettings(
  { databaseUrl }: Pick<Config, 'databaseUrl'>,
  { id, role, password }: TenantSignIn,
): { readonly tenant: string; readonly database_url: string } {
  const own = new URL(databaseUrl?.expose() ?? '')
  // PostgreSQL's drivers take both from behind the question mark, too, and from there first.
  own.searchParams.delete('user')
  own.searchParams.delete('password')
  // An address without a host, as of a socket, has no other place for them.
  if (own.hostname === '') {
    own.searchParams.set('user', role)
    own.searchParams.set('password', password)
  }
  own.username = encodeURIComponent(role)
  own.password = password
  return { tenant: id, database_url: own.href }
}

/** Throws `bad-usage` in a tenant's process: it sees its own rows only. */
export function requireOwner({ tenantBound }: Pick<Config, 'tenantBound'>, what: string): void {
  if (tenantBound)
    throw new AppError(
      'bad-usage',
      `${what} the affair of the database owner: run this without TOCSIN_TENANT, with the owner's DATABASE_URL`,
    )
}

/** `tocsin tenant`. */
export const command: Command = {
  usage: `tocsin tenant add ID [--name NAME] [--operator] [--console URL] [--json]
tocsin tenant change ID [--name NAME] [--operator | --no-operator] [--console URL] [--connections N]
tocsin tenant password ID [--json]
tocsin tenant resume ID
tocsin tenant list [--json]

Keeps several organisations apart in one PostgreSQL server database. Run with the DATABASE_URL of the database's owner, who may create
roles; also after each update of Tocsin, since only the owner changes the schema.

add       makes a tenant and a database role of its own, which PostgreSQL lets see that tenant's rows only, and prints the
          settings of the tenant's processes: TOCSIN_TENANT and DATABASE_URL. They are shown only now. What the database
          held before belongs to the tenant 'default': add that one too, to go on with it.
change    sets what is said and leaves the rest; the tenant's processes read it at their next start
password  gives the role a new password and prints the settings again; start the tenant's processes with them
resume    lets the processes of a tenant sign in again whose role was suspended. A role whose session holds other tenants up with a
          lock loses that session in seconds; where that comes again and again, as no program of ours does it, it may not sign
          in any more. Find out who had its password, and give it a new one first
list      names the tenants, with open cases by severity, what is overdue or without a brief, jobs set aside and what
          models cost today: numbers, nothing of what they are about

--operator  the admins of this tenant see the same numbers of every tenant in their console: for the tenant of whoever serves
            the others. It gives them no row of another tenant
--connections N  how many connections the tenant's processes may have together; at first two thirds of what the server takes
--console   where the tenant's own console is: the operator's page links to it

Each tenant runs its own 'tocsin serve' and 'tocsin worker', any number of them, with its own TOCSIN_DATA (keys, policy, models), its own
sources and accounts. Once there is a tenant, no process starts without one.

Exit code 0 done, 1 could not be done, 2 bad usage.
`,
  async run(args, io) {
    const { values, positionals } = readArgs(args, {
      options: {
        name: { type: 'string' },
        operator: { type: 'boolean' },
        console: { type: 'string' },
        connections: { type: 'string' },
        json: { type: 'boolean' },
      },
      allowPositionals: true,
      allowNegative: true,
    })
    const [action = '', id, ...rest] = positionals
    if (
      rest.length > 0 ||
      (action === 'list') !== (id === undefined) ||
      !['add', 'change', 'password', 'resume', 'list'].includes(action)
    )
      throw new AppError('bad-usage', 'say one of: add ID, change ID, password ID, resume ID, list')
    const connections = connectionsOf(values.connections)
    const described = { operator: values.operator, consoleUrl: consoleUrlOf(values.console) }
    const config = readConfig()
    requireOwner(config, 'tenants are')
    if (config.databaseUrl === undefined)
      throw new AppError(
        'bad-usage',
        "tenants share a PostgreSQL server: set DATABASE_URL. The embedded database is one organisation's",
      )
    const store = await openStore(
      config,
      createLogger(config.logLevel),
      line => io.stderr(`tocsin: ${line}\n`),
      io.signal,
    )
    try {
      if (id === undefined) {
        const held = new Map((await listHoldUps(store.database)).map(each => [each.tenant, each]))
        for (const tenant of await tenantOverview(store.database, systemClock.now())) {
          const { holdUps = 0, suspendedMs = null, bounded = true } = held.get(tenant.id) ?? {}
          if (values.json)
            writeRecord(io, { ...tenant, budgetUsed: budgetUsed(tenant), holdUps, suspendedMs })
          else
            io.stdout(
              `${tenant.id.padEnd(32)} ${tenant.name}${tenant.operator ? ' (operator)' : ''}: ${wordsOf(tenant)}${heldWords(holdUps, suspendedMs, bounded)}\n`,
            )
        }
        return 0
      }
      if (action === 'resume') {
        await store.database.transaction(sql => resumeTenant(sql, id))
        io.stdout(`${id} may sign in again; 'tocsin tenant password ${id}' gives it another password.\n`)
        return 0
      }
      if (action === 'change') {
        if (!(await describeTenant(store.database, id, { name: values.name, ...described })))
          throw new AppError('no-such-tenant', `there is no tenant '${id}'`)
        if (connections !== undefined) await changeTenantConnections(store.database, id, connections)
        io.stdout(`${id} changed; its processes read it at their next start.\n`)
        return 0
      }
      const password = newTenantPassword()
      const signIn = await store.database.transaction(async sql => {
        if (action === 'password') return changeTenantPassword(sql, id, password)
        const { role } = await addTenant(sql, { id, name: values.name ?? id, password }, systemClock.now())
        await describeTenant(sql, id, described)
        return { id, role, password }
      })
      const shown = tenantSettings(config, signIn)
      if (values.json) writeRecord(io, shown)
      else io.stdout(`TOCSIN_TENANT=${shown.tenant}\nDATABASE_URL=${shown.database_url}\n`)
      return 0
    } finally {
      await store.close()
    }
  },
}

function connectionsOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const most = Number(text)
  // A process has a pool, and one connection each to listen and to watch.
  if (!Number.isInteger(most) || most < 5 || most > 100_000)
    throw new AppError('bad-usage', `--connections takes a number from 5 on, not '${text}'`)
  return most
}

function heldWords(holdUps: number, suspendedMs: number | null, bounded: boolean): string {
  const may = bounded
    ? ''
    : '; sessions that hold others up CANNOT be ended: grant its role to the owner of the database'
  const ended = holdUps === 0 ? may : `; ${holdUps} sessions ended that held others up${may}`
  return suspendedMs === null ? ended : `${ended}; SUSPENDED since ${new Date(suspendedMs).toISOString()}`
}

/** The address of a console as it is linked to: of the web and nothing else. */
function consoleUrlOf(text: string | undefined): string | undefined {
  if (text === undefined) return undefined
  const url = URL.parse(text)
  if (
    url === null ||
    !['https:', 'http:'].includes(url.protocol) ||
    url.username !== '' ||
    url.password !== ''
  )
    throw new AppError(
      'bad-usage',
      `--console takes an address such as https://acme.example.org, not '${text}'`,
    )
  return url.href
}

function wordsOf(tenant: TenantCounts): string {
  const { critical, high, medium, low, overdue, unbriefed, setAside } = tenant
  const used = budgetUsed(tenant)
  return [
    `${critical} critical, ${high} high, ${medium} medium, ${low} low open`,
    `${overdue} overdue`,
    `${unbriefed} without a brief`,
    `${setAside} jobs set aside`,
    used === null ? 'no budget' : `${Math.round(used * 100)} % of today's budget`,
  ].join('; ')
}
