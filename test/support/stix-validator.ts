import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'

const version = '3.3.2'
const folder = join(homedir(), '.cache', 'tocsin-tests', `stix2-validator-${version}`)
const program = join(folder, 'bin', 'stix2_validator')

/**
 * OASIS's own validator (PyPI `stix2-validator`, installed once into ~/.cache/tocsin-tests), or `undefined`, said out
 * loud, where Python or the registry is not to be had. Returns the errors of
 * each bundle; what only should be is none.
 */
export function stixValidator(): ((bundles: readonly unknown[]) => string[][]) | undefined {
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
  return bundles => {
    const place = mkdtempSync(join(tmpdir(), 'tocsin-stix-'))
    const files = bundles.map((bundle, index) => {
      const file = join(place, `${index}.json`)
      writeFileSync(file, JSON.stringify(bundle))
      return file
    })
    // One run for all: it takes seconds to start.
    const done = spawnSync(program, ['--version', '2.1', ...files], { encoding: 'utf8' })
    rmSync(place, { recursive: true })
    const results = done.stdout.split('Results for: ')
    return files.map(file => {
      const result = results.find(text => text.startsWith(file))
      if (result === undefined) return [`no result: ${done.stdout.slice(0, 300)}${done.stderr.slice(0, 300)}`]
      return result.split('\n').filter(line => line.includes('[X]'))
    })
  }
}
