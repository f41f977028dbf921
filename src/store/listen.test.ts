import { mkdtempSync, rmSync } from 'node:fs'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openTestDatabase, type TestDatabase } from '../../test/support/postgres.ts'
import { connectDatabase, type OpenDatabase } from './connect.ts'

// Between the program and the database stands a relay that can fall silent, as a network does that was cut: nothing
// comes through any more, and nobody is told.

let test: TestDatabase
let folder: string
let relay: Server
let database: OpenDatabase
const open = new Set<Socket>()

beforeAll(async () => {
  test = await openTestDatabase()
  folder = mkdtempSync(join(tmpdir(), 'tocsin-relay-'))
  const { host, port = 5432 } = test.connection
  relay = createServer(socket => {
    const behind = connect(join(String(host), `.s.PGSQL.${port}`))
    for (const each of [socket, behind]) {
      open.add(each)
      each.on('error', () => undefined).on('close', () => open.delete(each))
    }
    socket.pipe(behind)
    behind.pipe(socket)
  })
  await new Promise<void>(done => relay.listen(join(folder, '.s.PGSQL.5432'), done))
  const connection = { ...test.connection, host: folder, port: 5432 }
  database = connectDatabase({ connection, maxConnections: 1, onIdleError: () => {}, listenCheckMs: 2000 })
})
afterAll(async () => {
  await database?.close()
  for (const socket of open) socket.destroy()
  await new Promise(done => relay?.close(done))
  await test?.close()
  rmSync(folder, { recursive: true, force: true })
})

/** Lets nothing through any more on what is open now; new connections are as before. */
function fallSilent(): void {
  for (const socket of open) {
    socket.unpipe()
    socket.pause()
  }
}

describe('listening', () => {
  it('begins anew, and says that notices may have been missed, where the network fell silent', async () => {
    const stop = new AbortController()
    const heard: string[] = []
    let gaps = 0
    const running = database.listen(
      'news',
      payload => heard.push(payload),
      () => gaps++,
      stop.signal,
    )
    try {
      await expect.poll(() => gaps).toBeGreaterThan(0)
      const before = gaps
      fallSilent()
      await expect.poll(() => gaps).toBeGreaterThan(before)
      await expect
        .poll(async () => {
          await test.database.query(`select pg_notify('news', 'heard')`)
          return heard.includes('heard')
        })
        .toBe(true)
    } finally {
      stop.abort()
      await running
    }
  })
})
