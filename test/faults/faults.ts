import { spawnSync } from 'node:child_process'
import { appendFileSync, chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from '../support/free-port.ts'
import type { PostgresServer } from '../support/postgres-server.ts'
import { openCuttable } from './cut-network.ts'
import { type Facts, startInstallation } from './installation.ts'

// What is done to an installation. Each comes to the same question: was an alert lost that had been acknowledged, a
// revision briefed twice, an action sent twice, and does the ledger verify?

export type FaultName = 'process-kills' | 'database-restarts' | 'network-cuts' | 'full-disk' | 'clock-jumps'

export interface FaultOptions {
  /** How often harm is done. */
  readonly times: number
  readonly random: () => number
}

/** Undefined: it cannot be done here, and `skipped` was told why. */
export const faults: Readonly<
  Record<FaultName, (options: FaultOptions, skipped: (why: string) => void) => Promise<Facts | undefined>>
> = {
  'process-kills': kills,
  'database-restarts': restarts,
  'network-cuts': cuts,
  'full-disk': fullDisk,
  'clock-jumps': jumps,
}

const between = (random: () => number, fromMs: number, toMs: number) =>
  sleep(fromMs + random() * (toMs - fromMs))

/** kill -9 of any process: of one of the three programs, of PostgreSQL as a whole, or of one of the processes it consists of. */
async function kills({ times, random }: FaultOptions): Promise<Facts> {
  const installation = await startInstallation()
  const { processes, server } = installation
  try {
    for (let kill = 0; kill < times; kill++) {
      // Most of them hit an installation at work, the others one that has not come up again.
      await installation.worked(3, 10_000)
      await between(random, 0, 2000)
      const victim = Math.floor(random() * (processes.length + 2))
      const program = processes[victim]
      if (program !== undefined) program.kill('SIGKILL')
      else if (victim === processes.length) await server.stop('killed')
      else killOneOf(server, random)
      if (!server.running()) await startAgain(server)
    }
    // It may have ended by itself since: killed in the middle of its recovery.
    await sleep(2000)
    if (!server.running()) await startAgain(server)
    return await installation.finish()
  } finally {
    await installation.close()
  }
}

/** As systemd does, as soon as the processes of the one before, which end when they miss it, let it. */
async function startAgain(server: PostgresServer): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await server.start()
    } catch (error) {
      if (attempt === 100) throw error
      await sleep(200)
    }
  }
}

/** Of a connection, the checkpointer, the writer of the log: PostgreSQL ends all connections and recovers. */
function killOneOf(server: PostgresServer, random: () => number): void {
  const pid = server.pid()
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
      .trim()
      .split(' ')
      .filter(Boolean)
    const chosen = children[Math.floor(random() * children.length)]
    if (chosen !== undefined) process.kill(Number(chosen), 'SIGKILL')
  } catch (error) {
    // It ended meanwhile.
    if (!(error instanceof Error && 'code' in error && ['ESRCH', 'ENOENT'].includes(String(error.code))))
      throw error
  }
}

/** PostgreSQL crashes, or is restarted, and is away for a while. */
async function restarts({ times, random }: FaultOptions): Promise<Facts> {
  const installation = await startInstallation()
  try {
    for (let restart = 0; restart < times; restart++) {
      await between(random, 1000, 3000)
      await installation.server.stop(random() < 0.5 ? 'immediate' : 'fast')
      await between(random, 0, 3000)
      await installation.server.start()
    }
    return await installation.finish()
  } finally {
    await installation.close()
  }
}

/** One worker is cut off from everything, for less or more than its claims hold. */
async function cuts({ times, random }: FaultOptions): Promise<Facts> {
  const way = await openCuttable()
  const port = await freePort()
  try {
    const databaseAt = await way.through(port)
    const installation = await startInstallation({
      postgres: { listenOn: { address: way.kind === 'namespace' ? way.address : '127.0.0.1', port } },
      reach: way.reach,
      wrap: {
        'worker-1': {
          ...way.wrapping,
          environment: { DATABASE_URL: `postgres://tocsin@${databaseAt}/postgres` },
        },
      },
    })
    try {
      for (let cut = 0; cut < times; cut++) {
        await between(random, 1000, 4000)
        way.cut()
        await between(random, 500, 45_000)
        way.heal()
      }
      return await installation.finish()
    } finally {
      await installation.close()
    }
  } finally {
    await way.close()
  }
}

/** The disk of PostgreSQL runs full, stays so for a while, and is given room again. */
async function fullDisk(
  { times, random }: FaultOptions,
  skipped: (why: string) => void,
): Promise<Facts | undefined> {
  const folder = mkdtempSync(join(tmpdir(), 'tocsin-full-'))
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=400m', 'none', folder]).status === 0
  if (!mounted) {
    rmSync(folder, { recursive: true })
    skipped('a small disk takes root, to mount a tmpfs')
    return undefined
  }
  chmodSync(folder, 0o755)
  const filler = join(folder, 'filler')
  const installation = await startInstallation({
    databaseFolder: folder,
    // Small pieces of log, so that a disk can be nearly full and the server still runs.
    postgres: { settings: { max_wal_size: '64MB', min_wal_size: '32MB' } },
  })
  try {
    for (let full = 0; full < times; full++) {
      await between(random, 1000, 3000)
      fill(filler)
      await between(random, 4000, 8000)
      rmSync(filler, { force: true })
      // PostgreSQL ends itself where it cannot write its log: whoever freed the disk starts it again.
      if (!installation.server.running()) await installation.server.start()
    }
    return await installation.finish()
  } finally {
    rmSync(filler, { force: true })
    if (!installation.server.running()) await installation.server.start().catch(() => undefined)
    await installation.close()
    spawnSync('umount', [folder])
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Writes until there is no room left. */
function fill(path: string): void {
  const piece = Buffer.alloc(64 * 1024, 1)
  try {
    for (;;) appendFileSync(path, piece)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error
  }
}

/** The clock of one worker, and that of the server, jump by up to a day, to and fro. */
async function jumps({ times, random }: FaultOptions): Promise<Facts> {
  const folder = mkdtempSync(join(tmpdir(), 'tocsin-clock-'))
  const files = { serve: join(folder, 'serve'), 'worker-1': join(folder, 'worker-1') }
  for (const file of Object.values(files)) writeFileSync(file, '0')
  const preload = join(import.meta.dirname, 'clock-jump.ts')
  const wrapped = (file: string) => ({
    environment: { TEST_CLOCK_FILE: file, NODE_OPTIONS: `--import ${preload}` },
  })
  const installation = await startInstallation({
    wrap: { serve: wrapped(files.serve), 'worker-1': wrapped(files['worker-1']) },
  })
  try {
    for (let jump = 0; jump < times; jump++) {
      await between(random, 1000, 3000)
      const file = random() < 0.5 ? files.serve : files['worker-1']
      const [minutes = 0] = [[-1440, -60, -5, 5, 60, 1440][Math.floor(random() * 6)]]
      writeFileSync(file, String(minutes * 60_000))
    }
    for (const file of Object.values(files)) writeFileSync(file, '0')
    return await installation.finish()
  } finally {
    await installation.close()
    rmSync(folder, { recursive: true, force: true })
  }
}
