import type { FastifyInstance, InjectOptions, LightMyRequestResponse } from 'fastify'
import { pino } from 'pino'
import { Registry } from 'prom-client'
import type { AccountParts } from '../../src/accounts/account-parts.ts'
import { createUser } from '../../src/accounts/users.ts'
import type { Role } from '../../src/domain/role.ts'
import { createServer } from '../../src/http/create-server.ts'
import { createHttpMetrics } from '../../src/http/http-metrics.ts'
import type { Route } from '../../src/http/route.ts'
import { appendEntries } from '../../src/ledger/database-ledger.ts'
import { fixedClock } from '../../src/lib/clock.ts'
import { randomIds } from '../../src/lib/ids.ts'
import { openTestDatabase, type TestDatabase } from './postgres.ts'

/** A signed-in person's way to call the API. */
export interface Person {
  readonly id: string
  readonly cookie: string
  readonly csrfToken: string
  call(method: InjectOptions['method'], url: string, body?: unknown): Promise<LightMyRequestResponse>
}

export interface TestServer {
  readonly app: FastifyInstance
  readonly test: TestDatabase
  readonly accounts: AccountParts
  readonly clock: ReturnType<typeof fixedClock>
  /** Creates an account and signs it in with a changed password. */
  signIn(role: Role, username?: string): Promise<Person>
  close(): Promise<void>
}

export const testPassword = 'a password of the test'

/** The real HTTP server on a real database; requests are injected, nothing listens. */
export async function startTestServer(
  routesOf: (parts: AccountParts) => readonly Route[],
  more: Partial<AccountParts> = {},
  options: { readonly consoleDir?: string; readonly framedBy?: string } = {},
): Promise<TestServer> {
  const test = await openTestDatabase()
  const clock = fixedClock(Date.UTC(2026, 5, 1))
  const accounts: AccountParts = {
    database: test.database,
    clock,
    ids: randomIds(),
    tenant: 'default',
    masterKey: async () => Buffer.alloc(32, 7),
    publicUrl: undefined,
    provider: undefined,
    servesTenants: false,
    newRightMs: async () => 24 * 3_600_000,
    async record(sql, ...entries) {
      await appendEntries(
        sql,
        entries.map(entry => ({ ...entry, tenant: 'default' })),
        clock.now(),
      )
    },
    ...more,
  }
  const app = await createServer({
    routes: routesOf(accounts),
    accounts,
    logger: pino({ level: 'silent' }),
    metrics: createHttpMetrics(new Registry()),
    secure: false,
    consoleDir: undefined,
    version: 'test',
    requestsPerMinute: 100_000,
    ...options,
  })
  const signIn = async (role: Role, username: string = role): Promise<Person> => {
    const { user, oneTimePassword } = await createUser(accounts, null, {
      username,
      displayName: username,
      role,
    })
    const signedIn = await app.inject({
      method: 'POST',
      url: '/api/session',
      payload: { username, password: oneTimePassword },
    })
    const cookie = String(signedIn.headers['set-cookie']).split(';')[0] ?? ''
    const { csrfToken } = signedIn.json().session
    const call: Person['call'] = (method, url, body) =>
      app.inject({
        method: method ?? 'GET',
        url,
        headers: { cookie, 'x-csrf-token': csrfToken },
        ...(body === undefined ? {} : { payload: body as object }), // JSON bodies are objects.
      })
    const changed = await call('POST', '/api/session/password', {
      current: oneTimePassword,
      next: testPassword,
    })
    if (changed.statusCode !== 200) throw new Error(changed.body)
    return { id: user.id, cookie, csrfToken, call }
  }
  return {
    app,
    test,
    accounts,
    clock,
    signIn,
    async close() {
      await app.close()
      await test.close()
    },
  }
}
