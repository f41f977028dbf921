import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'

const version = '3.3.2'
const folder = join(homedir(), '.cache', 'tocsin-tests', `stix2-validator-${version}`)
const program = join(folder, 'bin', 'stix2_validator')

/**
 * OASIS's own validator (PyPI `stix2-validator`, installed once into ~/.cache/tocsin-tests), or `undefined`, said out
 * loud, where Python or the registry is not to be had. Returns the errors of a bundle; what only should be is none.
 */
export function stixValidator(): ((bundle: unknown) => string[]) | undefined {
  if (!existsSync(program)) {
    const made = spawnSync('python3', ['-m', 'venv', folder], { encoding: 'utf8' })
    const pip = join(folder, 'bin', 'pip')
    const got =
      made.status === 0
        ? spawnSync(pip, ['install', '-q', `stix2-validator==${version}`], {
            encoding: 'utf8',
            timeout: 300_000,
          })
        : made
    if (got.status !== 0 || !existsSync(program)) {
      rmSync(folder, { recursive: true, force: true })
      console.warn('SKIPPED: no stix2-validator (python3 -m venv, pip): STIX is not validated independently')
      return undefined
    }
  }
  return bundle => {
    const place = mkdtempSync(join(tmpdir(), 'tocsin-stix-'))
    const file = join(place, 'bundle.json')
    writeFileSync(file, JSON.stringify(bundle))
    const done = spawnSync(program, ['--version', '2.1', file], { encoding: 'utf8' })
    rmSync(place, { recursive: true })
    const errors = done.stdout.split('\n').filter(line => line.includes('[X]'))
    return done.status === 0 ? errors : [...errors, `exit code ${done.status} ${done.stderr.slice(0, 500)}`]
  }
}
