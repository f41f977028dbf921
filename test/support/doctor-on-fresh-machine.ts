import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, vi } from 'vitest'
import { runCommand } from './run-command.ts'

/** One line of what `tocsin doctor` found. */
interface Finding {
  readonly check: string
  readonly state: string
  readonly detail: string
  readonly hint?: string
}

/** `tocsin doctor`, for each test on a machine with nothing but an empty folder. Settings are stubbed environment variables. */
export function doctorOnFreshMachine() {
  let folder = ''
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'tocsin-doctor-'))
    vi.stubEnv('TOCSIN_DATA', join(folder, 'data'))
    vi.stubEnv('TOCSIN_ALERTS_FILE', join(folder, 'alerts.json'))
    vi.stubEnv('TOCSIN_PORT', '17499')
  })
  afterEach(() => {
    vi.unstubAllEnvs()
    rmSync(folder, { recursive: true, force: true })
  })
  return {
    /** A path in the folder. */
    path: (...names: readonly string[]) => join(folder, ...names),
    async doctor() {
      const { code, records: findings } = await runCommand<Finding>(['doctor', '--json'])
      return { code, findings, of: (check: string) => findings.find(finding => finding.check === check) }
    },
  }
}
