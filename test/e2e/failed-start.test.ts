import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { connectDatabase } from '../../src/store/connect.ts'
import { migrate } from '../../src/store/migrate.ts'
import { databaseKinds } from '../support/postgres.ts'
import { type PostgresServer, startPostgresServer } from '../support/postgres-server.ts'
import { startTocsin } from '../support/tocsin-process.ts'

// The database fails in the moment between listening and being ready. A program that went on listening then, without its
// database, would look alive, answer 500 and never be started again.

describe.skipIf(!databaseKinds.includes('server'))('a start that fails once it listens', () => {
  let folder: string
  let server: PostgresServer
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'tocsin-start-'))
    chmodSync(folder, 0o755) // PostgreSQL runs as another account where we are root.
    server = await startPostgresServer(mkdtempSync(join(folder, 'db-')))
    const owner = connectDatabase({ connection: server.connection, maxConnections: 1, onIdleError: () => {} })
    await migrate(owner)
    await owner.query(`create function refuse() returns trigger language plpgsql as $$
      begin raise exception 'the disk is full' using errcode = '53100'; end $$;
      create trigger refuse before insert on users for each row execute function refuse()`)
    await owner.query('create database whole')
    await owner.close()
  })
  afterAll(async () => {
    await server?.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  it.each(['worker', 'up'])(
    'ends tocsin %s where one of the things that it does cannot be done',
    async command => {
      const program = startTocsin([command], {
        DATABASE_URL: server.url.replace('/postgres?', '/whole?'),
        TOCSIN_DATA: join(folder, `${command}-whole`),
        TOCSIN_PORT: '0',
        TOCSIN_PUBLIC_URL: 'http://127.0.0.1:7411',
        TOCSIN_CHECKPOINT_TO: 'nowhere',
      })
      try {
        await program.seen(/'nowhere' is none/)
        await expect.poll(() => program.child.exitCode).toBe(2)
      } finally {
        if (program.child.exitCode === null) await program.end('SIGKILL')
      }
    },
  )

  it.each(['serve', 'up'])('ends tocsin %s with exit code 1', async command => {
    const program = startTocsin([command], {
      DATABASE_URL: server.url,
      TOCSIN_DATA: join(folder, command),
      TOCSIN_PORT: '0',
    })
    try {
      await program.seen(/the disk is full/)
      await expect.poll(() => program.child.exitCode).toBe(1)
    } finally {
      if (program.child.exitCode === null) await program.end('SIGKILL')
    }
  })
})
