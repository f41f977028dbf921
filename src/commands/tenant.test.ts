import pg from 'pg'
import { expect, it } from 'vitest'
import { Secret } from '../lib/secret.ts'
import { tenantSettings } from './tenant.ts'

it.each([
  'postgres://owner:hunter2@db.example:5433/tocsin?sslmode=verify-full',
  'postgres://db.example/tocsin?user=owner&password=hunter2',
  'postgres://owner:hunter2@db.example/tocsin?user=owner&password=hunter2',
  'postgres:///tocsin?host=/run/postgresql&user=owner&password=hunter2',
])('a tenant is given its own way into the database of %s, and nothing of the owner', url => {
  const signIn = { id: 'acme', role: 'tocsin-täst-acme', password: 'p-_1' }
  const shown = tenantSettings({ databaseUrl: new Secret(url) }, signIn)
  expect(shown.database_url).not.toMatch(/hunter2|owner/)
  const client = new pg.Client(shown.database_url)
  expect([client.user, client.password]).toEqual([signIn.role, signIn.password])
  expect(client.database).toBe('tocsin')
  expect(client.host).toBe(new pg.Client(url).host)
})
