import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Person, startTestServer, type TestServer } from '../../../test/support/test-server.ts'
import { emptyInventory } from '../../domain/inventory.ts'
import { defaultPolicy } from '../../policy/default-policy.ts'
import { redact, redactionRules } from '../../redact/redact.ts'
import { openSealedVault, scopeDigest, sealVault } from '../../redact/sealed-vault.ts'
import { Vault } from '../../redact/vault.ts'
import { readUploadedInventory } from '../../store/inventory-lists.ts'
import { readVault, writeVault } from '../../store/vaults.ts'
import { sessionRoutes } from './session-routes.ts'
import { trustRoutes } from './trust-routes.ts'

let server: TestServer
let admin: Person
let analyst: Person
let viewer: Person
const key = Buffer.alloc(32, 3)
const scope = { tenant: 'default', caseId: 'case-1' }

beforeAll(async () => {
  server = await startTestServer(accounts => [
    ...sessionRoutes(accounts, false, 1000),
    ...trustRoutes({
      ...accounts,
      policy: { policy: defaultPolicy, file: null, yaml: 'version: 1' },
      models: async () => ({
        file: 'models.yaml',
        models: [],
        budgets: [],
        perQuestion: { calls: null, tokens: null, costUsd: null },
      }),
      inventory: () => readUploadedInventory(accounts.database, 'default'),
      readVault: async caseId => {
        const own = { tenant: 'default', caseId }
        const row = await readVault(accounts.database, 'default', scopeDigest(own, key))
        return row === undefined
          ? new Vault('default', caseId)
          : openSealedVault(row, own, key, accounts.clock.now())
      },
    }),
  ])
  admin = await server.signIn('admin')
  analyst = await server.signIn('analyst')
  viewer = await server.signIn('viewer')
  const vault = new Vault(scope.tenant, scope.caseId)
  redact('web-07 and db-02', vault, redactionRules({ ...emptyInventory, hosts: ['web-07', 'db-02'] }))
  const sealed = sealVault(vault, key, randomBytes(12), server.clock.now() + 1000)
  await writeVault(server.accounts.database, 'default', sealed)
})
afterAll(() => server.close())

const ledger = (kind: string) =>
  server.accounts.database.query<{ actor: string; subject: string; body: object }>(
    'select actor, subject, body from ledger where kind = $1 order by seq',
    [kind],
  )

describe('reveal', () => {
  const ask = (person: Person, subject: string, placeholders: readonly string[]) =>
    person.call('POST', '/api/reveal', { subject, placeholders })

  it('gives an analyst the names of this case only, and records it', async () => {
    const reply = await ask(analyst, 'case-1', ['[HOST-1]', '[HOST-2]', '[HOST-9]', '[HOST-1]'])
    expect(reply.json().values).toEqual([
      { placeholder: '[HOST-1]', value: 'web-07' },
      { placeholder: '[HOST-2]', value: 'db-02' },
    ])
    expect((await ask(analyst, 'case-2', ['[HOST-1]'])).json().values).toEqual([])
    const entries = await ledger('vault-reveal')
    expect(entries[0]).toEqual({
      actor: 'user:analyst',
      subject: 'case-1',
      body: { what: 'placeholders', placeholders: 3 },
    })
    expect(JSON.stringify(entries)).not.toContain('web-07')
  })

  it('is not for viewers, and nothing is left when its time is over', async () => {
    expect((await ask(viewer, 'case-1', ['[HOST-1]'])).statusCode).toBe(403)
    server.clock.advance(2000)
    const late = await ask(analyst, 'case-1', ['[HOST-1]'])
    expect(late.statusCode).toBe(404)
    expect(late.json().error.message).toContain('erased')
  })
})

describe('the inventory', () => {
  const put = (person: Person, name: string, kind: string, text: string) =>
    person.call('PUT', `/api/inventory/${encodeURIComponent(name)}`, { kind, text })

  it('takes, replaces, shows and removes lists, and the ledger has each change without a name', async () => {
    const first = await put(
      admin,
      'crown jewels',
      'hosts',
      '# ours\nvault-01\r\n"vault-02",rack 3\n\nvault-01\n',
    )
    expect(first.json()).toMatchObject({ replaced: false, list: { entryCount: 2 }, problems: [] })
    const second = await put(admin, 'crown jewels', 'hosts', '["vault-03"]')
    expect(second.json()).toMatchObject({ replaced: true, list: { entryCount: 1 } })
    const shown = await analyst.call('GET', '/api/inventory/crown%20jewels')
    expect(shown.json()).toMatchObject({ kind: 'hosts', entries: ['vault-03'], updatedBy: 'admin' })
    const all = await analyst.call('GET', '/api/inventory')
    expect(all.json()).toMatchObject({ lists: [{ name: 'crown jewels' }], inForce: { hosts: 1, users: 0 } })
    expect((await admin.call('DELETE', '/api/inventory/crown%20jewels')).statusCode).toBe(200)
    expect((await admin.call('DELETE', '/api/inventory/crown%20jewels')).statusCode).toBe(404)
    const changes = await ledger('config-change')
    expect(changes.map(({ body }) => body)).toMatchObject([
      { setting: 'inventory', entries: 2 },
      { setting: 'inventory', entries: 1 },
      { setting: 'inventory', removed: true },
    ])
    expect(JSON.stringify(changes)).not.toContain('vault-0')
  })

  it('says what of a list cannot be used', async () => {
    expect((await put(admin, 'short', 'hosts', 'x\nweb-01')).json().problems).toMatchObject([
      { code: 'inventory-entry-too-short' },
    ])
    for (const text of ['', '# nothing\n', '[1]', '["a"', 'a\u0000b'])
      expect((await put(admin, 'bad', 'hosts', text)).statusCode, JSON.stringify(text)).toBe(400)
    expect((await put(admin, '../etc', 'hosts', 'web-01')).statusCode).toBe(400)
    expect((await put(admin, 'kind', 'secrets', 'web-01')).statusCode).toBe(400)
  })

  it('is changed by administrators only', async () => {
    expect((await put(analyst, 'mine', 'hosts', 'web-01')).statusCode).toBe(403)
    expect((await viewer.call('GET', '/api/inventory')).statusCode).toBe(403)
  })
})

it('shows the policy as one table that says what the policy does', async () => {
  const { rows, file } = (await viewer.call('GET', '/api/policy')).json()
  expect(file).toBeNull()
  expect(rows).toHaveLength(4)
  expect(rows.at(-1)).toMatchObject({
    zone: 'public',
    allTasks: true,
    rule: 'anyone',
    fates: { public: 'allow', internal: 'pseudonymise', confidential: 'pseudonymise', secret: 'local' },
  })
})
