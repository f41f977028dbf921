import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'

// A small checkout of its own: the real function with the real Vite, on a console of one page.

const own = join(import.meta.dirname, '..', '..')
let checkout: string
beforeEach(() => {
  checkout = mkdtempSync(join(tmpdir(), 'tocsin-console-'))
  chmodSync(checkout, 0o755)
  for (const folder of ['src/main', 'src/http', 'console'])
    mkdirSync(join(checkout, folder), { recursive: true })
  cpSync(join(import.meta.dirname, 'build-console.ts'), join(checkout, 'src/main/build-console.ts'))
  writeFileSync(join(checkout, 'package.json'), '{"type":"module"}')
  writeFileSync(join(checkout, 'package-lock.json'), '{}')
  writeFileSync(join(checkout, 'console/vite.config.ts'), 'export default {}\n')
  writeFileSync(join(checkout, 'console/index.html'), '<script type="module" src="./main.ts"></script>')
  writeFileSync(join(checkout, 'console/main.ts'), 'document.title = "one"\n')
})
afterEach(() => rmSync(checkout, { recursive: true, force: true }))

/** What is said, line by line. */
function build(account: { readonly uid?: number; readonly gid?: number } = {}): string[] {
  const program = `
    const { buildConsole } = await import('./src/main/build-console.ts')
    await buildConsole(line => console.log(line), new AbortController().signal)`
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
    cwd: checkout,
    encoding: 'utf8',
    ...account,
  })
  if (status !== 0) throw new Error(stderr)
  return stdout.split('\n').filter(line => line !== '')
}

const building = 'building the console (a few seconds, once per change)'
const built = () => existsSync(join(checkout, 'console/dist/index.html'))
const halves = () => readdirSync(join(checkout, 'console')).filter(name => name.startsWith('dist-'))

it('builds once per change, and says why where it cannot be built: what was built before stays', () => {
  symlinkSync(join(own, 'node_modules'), join(checkout, 'node_modules'))
  expect(build()).toEqual([building])
  expect(built()).toBe(true)
  expect(build()).toEqual([])

  writeFileSync(join(checkout, 'console/main.ts'), 'document.title = = "two"\n')
  const later = Date.now() / 1000 + 60
  utimesSync(join(checkout, 'console/main.ts'), later, later)
  const [first, second, ...reasons] = build()
  expect([first, second]).toEqual([building, 'the console could not be built; the API works without it:'])
  expect(reasons.join('\n')).toMatch(/main\.ts/)
  expect(built()).toBe(true)
  expect(halves()).toEqual([])
})

// Root may write everywhere: then another account tries, where it reaches this Node.
const account = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {}
const reachesNode = spawnSync(process.execPath, ['-e', ''], { cwd: tmpdir(), ...account }).status === 0

it.skipIf(!reachesNode)('says what to do where this user may not write into the checkout', () => {
  // Never run: it is only looked for.
  mkdirSync(join(checkout, 'node_modules/vite/bin'), { recursive: true })
  writeFileSync(join(checkout, 'node_modules/vite/bin/vite.js'), '')
  chmodSync(join(checkout, 'console'), 0o555)
  const told = (instead: string) => [
    `the console is to be built, and this user may not write into ${checkout}: ${instead} until its owner runs 'npx vite build console' there`,
  ]
  expect(build(account)).toEqual(told('there is only the API'))
  expect(built()).toBe(false)
  chmodSync(join(checkout, 'console'), 0o755)
  mkdirSync(join(checkout, 'console/dist'))
  writeFileSync(join(checkout, 'console/dist/index.html'), 'old')
  utimesSync(join(checkout, 'console/dist/index.html'), 1, 1)
  chmodSync(join(checkout, 'console'), 0o555)
  expect(build(account)).toEqual(told('the one that was built before is served'))
})
