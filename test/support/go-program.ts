import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { homedir } from 'node:os'
import { basename, join } from 'node:path'
import { withFileLock } from '../../src/lib/file-lock.ts'

const folder = join(homedir(), '.cache', 'tocsin-tests')
const timeoutMs = 1_200_000

/**
 * The path of a Go program, compiled once into ~/.cache/tocsin-tests from its module, such as `helm.sh/helm/v3/cmd/helm` at
 * `v3.22.0` (one to five minutes), or `undefined`, said out loud with what then is not tested, where Go or the modules are not
 * to be had.
 */
export async function goProgram(
  wanted: { readonly path: string; readonly version: string; readonly name: string },
  otherwise: string,
): Promise<string | undefined> {
  const { path, version, name } = wanted
  const program = join(folder, `${name}-${version}`)
  if (existsSync(program)) return program
  mkdirSync(folder, { recursive: true })
  try {
    await withFileLock(
      `${program}.lock`,
      async () => {
        if (existsSync(program)) return // Another test file was quicker.
        const place = `${program}.new`
        await install(`${path}@${version}`, place)
        renameSync(join(place, basename(path)), program)
        rmSync(place, { recursive: true })
      },
      { waitMs: timeoutMs },
    )
    return program
  } catch (error) {
    const why = error instanceof Error ? error.message : error
    console.warn(`SKIPPED: no ${name} (go install ${path}@${version}): ${otherwise}; ${why}`)
    return undefined
  }
}

function install(module: string, place: string): Promise<void> {
  const child = spawn('go', ['install', '-ldflags=-s -w', module], {
    env: { ...process.env, GOBIN: place, GOFLAGS: '', CGO_ENABLED: '0' },
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: timeoutMs,
  })
  let said = ''
  child.stderr.setEncoding('utf8').on('data', text => {
    said = (said + text).slice(-500)
  })
  return new Promise((done, fail) => {
    child.on('error', fail)
    child.on('close', code =>
      code === 0
        ? done()
        : fail(new Error(`go install ended with ${code}: ${said.trim().split('\n').at(-1)}`)),
    )
  })
}
