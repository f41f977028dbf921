import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterEach, expect, it } from 'vitest'
import { connectDatabase } from './connect.ts'
import { type EmbeddedPostgres, startEmbeddedPostgres } from './embedded-postgres.ts'

const folders: string[] = []
const programs: ChildProcess[] = []
afterEach(async () => {
  for (const program of programs.splice(0)) if (program.exitCode === null) program.kill('SIGKILL')
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true, maxRetries: 20 })
})

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'tocsin-embedded-'))
  folders.push(folder)
  return folder
}

const start = (dataDir: string) =>
  startEmbeddedPostgres({ dataDir, onProgress: () => {}, signal: AbortSignal.timeout(300_000) })

async function answer({ connection }: EmbeddedPostgres): Promise<unknown> {
  const database = connectDatabase({ connection, maxConnections: 1, onIdleError: () => {} })
  try {
    return (await database.query('select 1 as one'))[0]
  } finally {
    await database.close()
  }
}

/** Another process, as `tocsin up` or `tocsin audit` would be: uses the server until it reads a line. */
async function otherProcess(dataDir: string): Promise<ChildProcess> {
  const module = join(import.meta.dirname, 'embedded-postgres.ts')
  const script = `
    import { startEmbeddedPostgres } from ${JSON.stringify(module)}
    const signal = AbortSignal.timeout(300_000)
    const server = await startEmbeddedPostgres({ dataDir: ${JSON.stringify(dataDir)}, onProgress: () => {}, signal })
    console.log('ready')
    process.stdin.once('data', async () => { await server.stop(); console.log('stopped'); process.exit(0) })`
  const program = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  programs.push(program)
  const lines = createInterface({ input: program.stdout })
  const [line] = await once(lines, 'line')
  expect(line).toBe('ready')
  return program
}

const users = async (dataDir: string) => (await readdir(join(dataDir, 'postgres', 'users'))).length

it('is reached through a socket that only its user may open, and on no port', async () => {
  const server = await start(await newFolder())
  const { connection } = server
  const database = connectDatabase({ connection, maxConnections: 1, onIdleError: () => {} })
  const rows = await database.query<{ name: string; setting: string }>(
    `select name, setting from pg_settings where name in ('listen_addresses', 'unix_socket_permissions') order by name`,
  )
  await database.close()
  expect(rows.map(row => row.setting)).toEqual(['', '0700'])
  const { host = '', port = 5432 } = connection
  expect((await stat(join(host, `.s.PGSQL.${port}`))).mode & 0o777).toBe(0o700)
  await server.stop()
})

it('goes on for who joined it when who started it leaves, and stops with the last', async () => {
  const dataDir = await newFolder()
  const starter = await otherProcess(dataDir)
  const joined = await start(dataDir)
  starter.stdin?.write('\n')
  const [code] = await once(starter, 'exit')
  expect(code).toBe(0)
  expect(await answer(joined)).toEqual({ one: 1 })
  await joined.stop()
  await expect(answer(joined)).rejects.toThrow()
})

it('goes on when who started it is killed, and stops when the last is killed', async () => {
  const dataDir = await newFolder()
  const starter = await otherProcess(dataDir)
  const other = await otherProcess(dataDir)
  const joined = await start(dataDir)
  starter.kill('SIGKILL')
  await once(starter, 'exit')
  expect(await answer(joined)).toEqual({ one: 1 })
  await joined.stop()
  other.kill('SIGKILL')
  await once(other, 'exit')
  // A new start waits for the end of the old server, and is not taken for one that joins it.
  const anew = await start(dataDir)
  expect(await answer(anew)).toEqual({ one: 1 })
  expect(await users(dataDir)).toBe(1)
  await anew.stop()
})

it('is one server, however many start at the same moment and in whatever order they leave', async () => {
  const dataDir = await newFolder()
  const servers = await Promise.all([
    start(dataDir),
    otherProcess(dataDir),
    start(dataDir),
    otherProcess(dataDir),
  ])
  for (const server of servers) if ('connection' in server) expect(await answer(server)).toEqual({ one: 1 })
  expect(await users(dataDir)).toBe(4)
  const leaving = servers.map(async server => {
    if ('connection' in server) return server.stop()
    server.stdin?.write('\n')
    const [code] = await once(server, 'exit')
    expect(code).toBe(0)
  })
  // While all of them leave, another comes: it has a server to the end.
  const last = await start(dataDir)
  await Promise.all(leaving)
  expect(await answer(last)).toEqual({ one: 1 })
  await last.stop()
})
