import { randomBytes } from 'node:crypto'
import { readConfig } from '../config.ts'
import { AppError } from '../lib/app-error.ts'
import { systemClock } from '../lib/clock.ts'
import { createLogger } from '../main/create-logger.ts'
import { openStore } from '../main/open-store.ts'
import { addTenant, listTenants } from '../store/tenants.ts'
import { type Command, readArgs, writeRecord } from './command.ts'

/** `tocsin tenant`. */
export const command: Command = {
  usage: `tocsin tenant add ID [--name NAME] [--json]
tocsin tenant list [--json]

Keeps several organisations apart in one PostgreSQL server database. Run with the DATABASE_URL of the database's owner, who may create
roles; also after each update of Tocsin, since only the owner changes the schema.

add   makes a tenant and a database role of its own, which PostgreSQL lets see that tenant's rows only, and prints the
      settings of the tenant's processes: TOCSIN_TENANT and DATABASE_URL. They are shown only now. What the database held
      before belongs to the tenant 'default': add that one too, to go on with it.
list  names the tenants

Each tenant runs its own 'tocsin serve' and 'tocsin worker', any number of them, with its own TOCSIN_DATA (keys, policy, models), its own
sources and accounts. Once there is a tenant, no process starts without one.

Exit code 0 done, 1 could not be done, 2 bad usage.
`,
  async run(args, io) {
    const { values, positionals } = readArgs(args, {
      options: { name: { type: 'string' }, json: { type: 'boolean' } },
      allowPositionals: true,
    })
    const [action, id, ...rest] = positionals
    if (
      rest.length > 0 ||
      (action === 'add') !== (id !== undefined) ||
      !['add', 'list'].includes(action ?? '')
    )
      throw new AppError('bad-usage', 'say one of: add ID, list')
    const config = readConfig()
    if (config.tenantBound)
      throw new AppError(
        'bad-usage',
        'tenants are the affair of the database owner: run this without TOCSIN_TENANT',
      )
    if (config.databaseUrl === undefined)
      throw new AppError(
        'bad-usage',
        "tenants share a PostgreSQL server: set DATABASE_URL. The embedded database is one organisation's",
      )
    const url = config.databaseUrl.expose()
    const store = await openStore(
      config,
      createLogger(config.logLevel),
      line => io.stderr(`tocsin: ${line}\n`),
      io.signal,
    )
    try {
      if (id === undefined) {
        for (const tenant of await listTenants(store.database)) {
          if (values.json) writeRecord(io, { ...tenant })
          else io.stdout(`${tenant.id.padEnd(32)} ${tenant.name}\n`)
        }
        return 0
      }
      const password = randomBytes(24).toString('base64url')
      const tenant = await store.database.transaction(sql =>
        addTenant(sql, { id, name: values.name ?? id, password }, systemClock.now()),
      )
      const own = new URL(url)
      own.username = encodeURIComponent(tenant.role)
      own.password = password
      if (values.json) writeRecord(io, { tenant: tenant.id, database_url: own.href })
      else io.stdout(`TOCSIN_TENANT=${tenant.id}\nDATABASE_URL=${own.href}\n`)
      return 0
    } finally {
      await store.close()
    }
  },
}
