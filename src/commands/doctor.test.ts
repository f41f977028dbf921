import { once } from 'node:events'
import { existsSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it, vi } from 'vitest'
import { doctorOnFreshMachine } from '../../test/support/doctor-on-fresh-machine.ts'
import { newIngest } from '../../test/support/new-ingest.ts'
import { databaseKinds, openTestDatabase } from '../../test/support/postgres.ts'
import { standInUser, startWazuhServer } from '../../test/support/wazuh-server.ts'
import { systemClock } from '../lib/clock.ts'
import { addTenant } from '../store/tenants.ts'

const { path, doctor } = doctorOnFreshMachine()

describe('tocsin doctor', () => {
  it('leaves a fresh machine as it was', async () => {
    const { code, findings, of } = await doctor()
    expect(code).toBe(0)
    expect(of('database')).toMatchObject({ state: 'off', detail: expect.stringContaining('first start') })
    expect(existsSync(path('data'))).toBe(false)
    // What scripts rely on: these checks, in this order, each with these members and no others.
    expect(findings.map(({ check }) => check)).toEqual(
      'node,settings,data folder,database,port,alerts file,indexer,wazuh api,wazuh,publishing,policy,models,files,checkpoints,telemetry,sign-in,exposure'.split(
        ',',
      ),
    )
    for (const finding of findings)
      expect(Object.keys(finding).filter(member => member !== 'hint')).toEqual(['check', 'state', 'detail'])
  })

  it('names the settings that are set, without their values, and those that are misspelt', async () => {
    expect((await doctor()).of('settings')).toEqual({
      check: 'settings',
      state: 'ok',
      detail: expect.stringMatching(/^set: TOCSIN_ALERTS_FILE, .*TOCSIN_DATA, .*TOCSIN_PORT/),
    })
    // Of somebody's models.yaml, and of Tocsin's start.
    vi.stubEnv('TOCSIN_HOUSE_MODEL', 'key')
    expect((await doctor()).of('settings')).toMatchObject({ state: 'ok' })
    for (const [name, meant] of [
      ['TOCSIN_INDEXER_ULR', 'TOCSIN_INDEXER_URL'],
      ['TOCSIN_INDXER_URL', 'TOCSIN_INDEXER_URL'],
      ['TOCSIN_PORTT', 'TOCSIN_PORT'],
      ['TOCSIN_DETA', 'TOCSIN_DATA'],
    ] as const) {
      vi.stubEnv(name, 'hunter2')
      const { code, findings, of } = await doctor()
      expect(of('settings')).toMatchObject({
        state: 'warning',
        detail: expect.stringContaining(name),
        hint: expect.stringContaining(`${meant} `),
      })
      expect(code).toBe(0)
      expect(JSON.stringify(findings)).not.toContain('hunter2')
      vi.stubEnv(name, undefined)
    }
  })

  it('reads models and policy, finds a key that is missing, and calls nobody', async () => {
    const models = path('models.yaml')
    vi.stubEnv('TOCSIN_MODELS', models)
    vi.stubEnv('DOCTOR_KEY', '')
    expect((await doctor()).of('models')).toMatchObject({ state: 'off' })
    writeFileSync(
      models,
      'models:\n  - {name: cloud, provider: openai, model: m, zone: public, key: {env: DOCTOR_KEY}}\n',
    )
    const missing = await doctor()
    expect(missing.code).toBe(1)
    expect(missing.of('models')).toMatchObject({
      state: 'failed',
      hint: expect.stringContaining('model key cloud'),
    })
    vi.stubEnv('DOCTOR_KEY', 'sk-hunter2secret')
    const there = await doctor()
    expect(there.of('models')).toMatchObject({ state: 'ok', detail: 'cloud: openai, zone public' })
    expect(JSON.stringify(there.findings)).not.toContain('hunter2secret')
    writeFileSync(models, 'models: 7\n')
    expect((await doctor()).of('models')).toMatchObject({ state: 'failed' })
    expect(there.of('policy')).toMatchObject({ state: 'ok' })
  })

  it('says which Wazuh was found, and by what', async () => {
    const server = await startWazuhServer()
    vi.stubEnv('TOCSIN_WAZUH_API_URL', server.url)
    vi.stubEnv('TOCSIN_WAZUH_API_USER', standInUser.username)
    vi.stubEnv('TOCSIN_WAZUH_API_PASSWORD', standInUser.password)
    try {
      expect((await doctor()).of('wazuh')).toMatchObject({
        state: 'ok',
        detail: 'Wazuh 4: the server API is 4.14.7',
      })
      server.version = '6.1.0'
      expect((await doctor()).of('wazuh')).toMatchObject({
        state: 'warning',
        detail: expect.stringContaining('6.1.0'),
        hint: expect.stringContaining('TOCSIN_WAZUH_GENERATION'),
      })
      vi.stubEnv('TOCSIN_WAZUH_GENERATION', '5')
      expect((await doctor()).of('wazuh')).toMatchObject({
        state: 'ok',
        detail: expect.stringMatching(/^Wazuh 5/),
      })
    } finally {
      await server.close()
    }
  })

  it('warns of a console that others reach without TLS', async () => {
    vi.stubEnv('TOCSIN_HOST', '0.0.0.0')
    expect((await doctor()).of('exposure')).toMatchObject({ state: 'warning' })
    vi.stubEnv('TOCSIN_PUBLIC_URL', 'https://tocsin.example')
    expect((await doctor()).of('exposure')).toMatchObject({ state: 'ok' })
  })

  it('tells Tocsin on its port from another program there', async () => {
    const answers = { body: '{"status":"ok","checks":{"worker":"ok"}}' }
    const server = createServer((_request, response) => response.end(answers.body))
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    vi.stubEnv('TOCSIN_PORT', String((server.address() as AddressInfo).port))
    try {
      expect((await doctor()).of('port')).toMatchObject({
        state: 'ok',
        detail: expect.stringContaining('Tocsin answers'),
      })
      answers.body = '<html>'
      expect((await doctor()).of('port')).toMatchObject({
        state: 'warning',
        detail: expect.stringContaining('TOCSIN_PORT sets another port'),
      })
    } finally {
      server.close()
      server.closeAllConnections()
    }
  })

  it('fails a data folder that is a file', async () => {
    const file = path('not-a-folder')
    writeFileSync(file, '')
    vi.stubEnv('TOCSIN_DATA', file)
    const { code, of } = await doctor()
    expect(code).toBe(1)
    expect(of('data folder')).toMatchObject({ state: 'failed', detail: expect.stringContaining('is a file') })
  })

  it('says that a database server does not answer, and gives no secret away', async () => {
    vi.stubEnv('DATABASE_URL', 'postgres://tocsin:hunter2secret@127.0.0.1:9/tocsin')
    const { code, findings, of } = await doctor()
    expect(code).toBe(1)
    expect(of('database')).toMatchObject({ state: 'failed', hint: expect.stringContaining('DATABASE_URL') })
    expect(JSON.stringify(findings)).not.toContain('hunter2secret')
  })

  it.runIf(databaseKinds.includes('server'))(
    'counts what is stored, and does not touch an old schema',
    async () => {
      const test = await openTestDatabase('server')
      try {
        const { host, port, user, password, database } = test.connection
        const at = new URL('postgres://localhost')
        at.username = user ?? ''
        at.password = String(password ?? '')
        at.pathname = database ?? ''
        at.searchParams.set('host', host ?? '')
        at.searchParams.set('port', String(port ?? 5432))
        vi.stubEnv('DATABASE_URL', at.href)
        expect((await doctor()).of('database')).toMatchObject({
          state: 'ok',
          detail: expect.stringContaining('0 alerts, 0 cases'),
        })
        await newIngest(test.database, systemClock)(['no alert', 'nor this'], { source: 'webhook' })
        const alone = await doctor()
        expect(alone.of('quarantine')).toMatchObject({
          state: 'warning',
          detail: expect.stringMatching(
            /^2 of what webhook sent .* could not be read as alerts \([a-z-]+\)$/,
          ),
          hint: expect.stringContaining('Quarantine'),
        })
        expect(alone.of('clock')).toMatchObject({ state: 'ok' })
        expect(alone.of('tenant')).toMatchObject({ state: 'off' })
        await test.database.transaction(sql =>
          addTenant(sql, { id: 'acme', name: 'Acme', password: 'hunter2secret' }, 0),
        )
        expect((await doctor()).of('tenant')).toMatchObject({ state: 'warning' })
        const owner = at.href
        at.username = 'tocsin-postgres-acme'
        vi.stubEnv('DATABASE_URL', at.href)
        vi.stubEnv('TOCSIN_TENANT', 'acme')
        expect((await doctor()).of('tenant')).toMatchObject({
          state: 'ok',
          detail: expect.stringContaining('acme and no others'),
        })
        vi.stubEnv('TOCSIN_TENANT', 'globex')
        expect((await doctor()).of('tenant')).toMatchObject({
          state: 'failed',
          hint: expect.stringContaining('tenant password globex'),
        })
        vi.stubEnv('TOCSIN_TENANT', '')
        vi.stubEnv('DATABASE_URL', owner)
        await test.database.query('delete from migrations')
        expect((await doctor()).of('database')).toMatchObject({
          state: 'warning',
          hint: expect.stringContaining('backup'),
        })
        expect(await test.database.query('select from migrations')).toHaveLength(0)
      } finally {
        await test.close()
      }
    },
  )
})
