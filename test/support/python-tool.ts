import { spawnSync } from 'node:child_process'
import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

/**
 * The path of a program of a PyPI package, installed once into ~/.cache/tocsin-tests, or `undefined`, said out loud with
 * what then is not tested, where Python or the registry is not to be had.
 */
export function pythonTool(
  wanted: { readonly name: string; readonly version: string; readonly program: string },
  otherwise: string,
): string | undefined {
  const { name, version } = wanted
  const folder = join(homedir(), '.cache', 'tocsin-tests', `${name}-${version}`)
  const program = join(folder, 'bin', wanted.program)
  // The mark is made last: an installation that was cut short is begun anew.
  const mark = join(folder, 'installed')
  if (existsSync(program) && existsSync(mark)) return program
  rmSync(folder, { recursive: true, force: true })
  const run = (file: string, ...args: string[]) =>
    spawnSync(file, args, { encoding: 'utf8', timeout: 300_000 }).status === 0
  const made =
    run('python3', '-m', 'venv', folder) &&
    run(join(folder, 'bin', 'pip'), 'install', '-q', `${name}==${version}`)
  if (made && existsSync(program)) {
    writeFileSync(mark, '')
    return program
  }
  rmSync(folder, { recursive: true, force: true })
  console.warn(`SKIPPED: no ${name} (python3 -m venv, pip): ${otherwise}`)
  return undefined
}
