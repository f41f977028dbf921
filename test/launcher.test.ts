import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, it } from 'vitest'

// `bin/tocsin.js` where the machine's own Node is older than the one that Tocsin runs under.

const launcher = join(import.meta.dirname, '..', 'bin', 'tocsin.js')
const older = ['/usr/bin/node', '/usr/local/bin/node'].find(path => {
  const major = Number(/^v(\d+)/.exec(spawnSync(path, ['--version'], { encoding: 'utf8' }).stdout ?? '')?.[1])
  return major >= 18 && major < 24
})
if (older === undefined)
  console.warn(
    'SKIPPED: no Node 18 to 23 in /usr/bin or /usr/local/bin; the launcher is not tried under an old one',
  )

it.skipIf(older === undefined)(
  'runs under the pinned Node, hands on what is answered and how it ends, and says nothing of its own',
  context => {
    const run = (...args: string[]) => {
      const env = { PATH: process.env.PATH, HOME: process.env.HOME, TOCSIN_SKIP_INSTALL: '1' }
      return spawnSync(older ?? '', [launcher, ...args], { encoding: 'utf8', env, timeout: 300_000 })
    }
    const version = run('version', '--json')
    if (version.stderr.includes('Is the npm registry reachable?')) {
      console.warn(
        'SKIPPED: the pinned Node cannot be fetched here; the launcher is not tried under an old one',
      )
      return context.skip()
    }
    expect([version.status, Object.keys(JSON.parse(version.stdout))]).toEqual([0, ['tocsin', 'node']])
    expect(Number.parseInt(JSON.parse(version.stdout).node, 10)).toBeGreaterThanOrEqual(24)
    const gone = run('triage', '/nowhere/alerts.json', '--json')
    expect(gone.status).toBe(2)
    for (const line of gone.stdout.trim().split('\n')) JSON.parse(line)
  },
)
