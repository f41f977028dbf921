import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { freePort } from '../support/free-port.ts'
import { databaseKinds } from '../support/postgres.ts'
import { startPostgresServer } from '../support/postgres-server.ts'
import { startTocsin } from '../support/tocsin-process.ts'

// What a start says when something is not as it should be, and what it does then.

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tocsin-says-'))
  chmodSync(folder, 0o755) // PostgreSQL runs as another account where we are root.
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

it.runIf(databaseKinds.includes('server'))(
  'says once that the database is silent, goes on trying, and starts as soon as it answers',
  async () => {
    const server = await startPostgresServer(mkdtempSync(join(folder, 'db-')))
    const { host, port } = server.connection
    // A machine that takes connections and says nothing, as one does that is still starting or behind a firewall.
    const silent = new Set<Socket>()
    let answers = false
    const before = createServer(socket => {
      socket.on('error', () => {})
      if (!answers) return void silent.add(socket)
      const database = connect(`${host}/.s.PGSQL.${port}`)
      database.on('error', () => socket.destroy())
      socket.pipe(database).pipe(socket)
    })
    const at = await freePort()
    await new Promise<void>(resolve => before.listen(at, '127.0.0.1', resolve))
    const program = startTocsin(['serve'], {
      DATABASE_URL: `postgres://tocsin@127.0.0.1:${at}/postgres`,
      TOCSIN_DATA: join(folder, 'serve'),
      TOCSIN_PORT: '0',
      TOCSIN_PUBLIC_URL: 'http://127.0.0.1:7411',
    })
    try {
      await program.seen(/tocsin: the database does not answer \(.+\): trying again for a while\n/)
      expect(silent.size).toBeGreaterThan(0)
      answers = true
      for (const socket of silent) socket.destroy()
      await program.seen(/serving on/)
      expect(program.output().match(/trying again for a while/g)).toHaveLength(1)
      expect(await program.end('SIGTERM')).toBe(0)
    } finally {
      if (program.child.exitCode === null) await program.end('SIGKILL')
      before.close()
      await server.stop()
    }
  },
)

it('closes the database that it has started where a setting turns out to be wrong, and starts once it is right', async () => {
  const data = join(folder, 'up')
  const settings = { TOCSIN_DATA: data, TOCSIN_PORT: '0', TOCSIN_PUBLIC_URL: 'http://127.0.0.1:7411' }
  const program = startTocsin(['up'], { ...settings, TOCSIN_CHECKPOINT_TO: 'nowhere' })
  try {
    await program.seen(/database schema made/)
    await program.seen(/tocsin up: .*'nowhere' is none/)
    await expect.poll(() => program.child.exitCode).toBe(2)
    expect(existsSync(join(data, 'postgres/data/PG_VERSION'))).toBe(true)
    expect(existsSync(join(data, 'postgres/data/postmaster.pid'))).toBe(false)
  } finally {
    if (program.child.exitCode === null) await program.end('SIGKILL')
  }
  const alerts = join(folder, 'alerts')
  mkdirSync(alerts)
  const again = startTocsin(['up'], { ...settings, TOCSIN_ALERTS_FILE: alerts })
  try {
    await again.seen(/one-time password \S+/)
    await again.seen(/ready on/)
    // The slip of a newcomer, and what there is to do instead, as one types it in a checkout.
    await again.seen(/\/alerts cannot be followed: it is a folder, not a file\. Set TOCSIN_ALERTS_FILE/)
    await again.seen(/to look around: +npm start -- --sample/)
    expect(again.output()).not.toMatch(/following/)
    expect(await again.end('SIGTERM')).toBe(0)
  } finally {
    if (again.child.exitCode === null) await again.end('SIGKILL')
  }
})

it('ends where its database is killed, says so, and loses nothing: what only looks alive is started again by nobody', async () => {
  const data = join(folder, 'killed')
  const settings = { TOCSIN_DATA: data, TOCSIN_PORT: '0', TOCSIN_PUBLIC_URL: 'http://127.0.0.1:7411' }
  const program = startTocsin(['up', '--sample'], settings)
  try {
    await program.seen(/sample: \d+ alerts taken in/)
    const [pid = ''] = readFileSync(join(data, 'postgres/data/postmaster.pid'), 'utf8').split('\n')
    process.kill(Number(pid), 'SIGKILL')
    await program.seen(
      /tocsin up: the embedded PostgreSQL has ended by itself \(.*\)\. What was taken in is kept: start Tocsin again/,
    )
    await expect.poll(() => program.child.exitCode).toBe(1)
  } finally {
    if (program.child.exitCode === null) await program.end('SIGKILL')
  }
  const again = startTocsin(['up', '--sample'], settings)
  try {
    await again.seen(/sample: all of its alerts were here already/)
    expect(await again.end('SIGTERM')).toBe(0)
  } finally {
    if (again.child.exitCode === null) await again.end('SIGKILL')
  }
})
