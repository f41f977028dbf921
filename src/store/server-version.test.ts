import { expect, it } from 'vitest'
import { checkServerVersion } from './server-version.ts'

/** Servers as old as that are no package here: one that says so of itself. */
const saying = (number: number, name: string) => ({
  query: <Row>() => Promise.resolve([{ number, name }] as Row[]),
})

it('names the version that is there and the one that is needed', async () => {
  await expect(checkServerVersion(saying(140_012, '14.12 (Debian 14.12-1)'))).rejects.toThrow(
    'the database server is PostgreSQL 14.12 (Debian 14.12-1), and Tocsin needs 15 or later',
  )
  await checkServerVersion(saying(150_000, '15.0'))
  await checkServerVersion(saying(180_004, '18.4'))
})
