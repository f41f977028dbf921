import { spawn, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'

// What it takes to build and run containers here, without a service and without a registry.

const programs = ['buildah', 'mmdebstrap', 'podman', 'runc', 'netavark']
const debian = `${programs.join(' ')} aardvark-dns iptables`

/** Why no container can be built and run here; `undefined` where it can. */
export function whyNoContainers(): string | undefined {
  if (process.getuid?.() !== 0) return 'it takes root'
  const missing = programs.filter(
    program =>
      !['/usr/bin', '/usr/sbin', '/usr/lib/podman'].some(folder => existsSync(join(folder, program))),
  )
  return missing.length === 0
    ? undefined
    : `${missing.join(', ')} missing: apt-get install --no-install-recommends ${debian}`
}

/** What a program printed. Throws with what it said where it failed. */
export function run(
  program: string,
  args: readonly string[],
  { cwd, environment, input }: RunOptions = {},
): string {
  const done = spawnSync(program, args, {
    encoding: 'utf8',
    cwd,
    input,
    env: { ...process.env, ...environment },
    maxBuffer: 64 * 1024 * 1024,
  })
  if (done.status !== 0)
    throw new Error(
      `${program} ${args.join(' ')} ended with ${done.error ?? done.status}:\n${done.stdout}${done.stderr}`,
    )
  return done.stdout.trim()
}

interface RunOptions {
  readonly cwd?: string
  readonly environment?: Readonly<Record<string, string>>
  readonly input?: string
}

/** The same without holding this process up, for minutes; what is printed is shown as it comes. */
export function runShown(program: string, args: readonly string[], options: RunOptions = {}): Promise<void> {
  const child = spawn(program, args, {
    cwd: options.cwd,
    env: { ...process.env, ...options.environment },
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  return new Promise((done, fail) => {
    child.on('error', fail)
    child.on('close', code =>
      code === 0 ? done() : fail(new Error(`${program} ${args.join(' ')} ended with ${code}`)),
    )
  })
}
