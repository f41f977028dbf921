import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pythonTool } from './python-tool.ts'

/**
 * OASIS's own validator, or `undefined`, said out loud, where it is not to be had. Returns the errors of each bundle; what
 * only should be is none.
 */
export function stixValidator(): ((bundles: readonly unknown[]) => string[][]) | undefined {
  const program = pythonTool(
    { name: 'stix2-validator', version: '3.3.2', program: 'stix2_validator' },
    'STIX is not validated independently',
  )
  if (program === undefined) return undefined
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
