import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { until } from '../support/api-person.ts'
import { run, whyNoContainers } from './programs.ts'

/** The image that is tried, where somebody asked for it by TOCSIN_TRY_IMAGE; else `undefined`, and `what` is said to be left out. */
export function wantedImage(what: string): string | undefined {
  const wanted = process.env.TOCSIN_TRY_IMAGE
  const why = wanted === undefined ? 'it takes many minutes: npm run soak image' : whyNoContainers()
  if (why === undefined) return wanted
  console.error(`SKIPPED: ${what} (${why})`)
  return undefined
}

/** Podman with settings that hold on a machine without systemd and without the right to raise limits, too. */
export interface Podman {
  /** What it printed. Throws with what it said where it failed. */
  (...args: readonly string[]): string
  /** For programs that run podman themselves. */
  readonly environment: Readonly<Record<string, string>>
  /** What the container's processes printed so far. */
  logs(container: string): string
  /** Waits until they printed it. Throws where the container ends before that. */
  said(container: string, pattern: RegExp): Promise<RegExpExecArray>
  /** Waits until its own health check says so. Asked here: podman leaves that to systemd. */
  healthy(container: string): Promise<true>
  close(): void
}

export function openPodman(): Podman {
  const folder = mkdtempSync(join(tmpdir(), 'tocsin-podman-'))
  const file = join(folder, 'containers.conf')
  const limits = readFileSync('/proc/self/limits', 'utf8')
  const most = (what: string, otherwise: number) =>
    Math.min(otherwise, Number(new RegExp(`^${what} +\\S+ +(\\d+)`, 'm').exec(limits)?.[1] ?? otherwise))
  const [files, processes] = [most('Max open files', 1_048_576), most('Max processes', 30_000)]
  writeFileSync(
    file,
    `[containers]\ndefault_ulimits = ["nofile=${files}:${files}", "nproc=${processes}:${processes}"]\n[engine]\nruntime = "runc"\ncgroup_manager = "cgroupfs"\nevents_logger = "file"\n[network]\nnetwork_backend = "netavark"\n`,
  )
  const environment = { CONTAINERS_CONF: file }
  const logs = (container: string) => {
    const done = spawnSync('podman', ['logs', container], {
      encoding: 'utf8',
      env: { ...process.env, ...environment },
    })
    return done.stdout + done.stderr
  }
  const podman = (...args: readonly string[]) => run('podman', args, { environment })
  return Object.assign(podman, {
    environment,
    logs,
    said: (container: string, pattern: RegExp) =>
      until(`${pattern} of ${container}`, async () => {
        const text = logs(container)
        const match = pattern.exec(text)
        if (match !== null) return match
        if (podman('inspect', '--format', '{{.State.Status}}', container) === 'exited')
          throw new Error(`${container} ended:\n${text}`)
        return undefined
      }),
    healthy: (container: string) =>
      until(`health of ${container}`, async () => {
        const { status } = spawnSync('podman', ['healthcheck', 'run', container], {
          env: { ...process.env, ...environment },
        })
        return status === 0 ? true : undefined
      }),
    close: () => rmSync(folder, { recursive: true }),
  })
}
