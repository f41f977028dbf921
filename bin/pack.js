#!/usr/bin/env node
// `npm run package [-- FOLDER]`: the npm package as a tarball, from a checkout. It holds dist/, a whole Tocsin as
// JavaScript with its data, documents and console; nothing in it is read from the checkout. The same sources give the
// same bytes: npm writes fixed times and owners, and nothing here writes a time, a path or a name of the machine.
import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { root, runPrepared, say } from './prepare.js'

/** What dist/ gets besides what is compiled. The documents are what the assistant looks up. */
const copied = [
  'samples',
  'README.md',
  'ARCHITECTURE.md',
  'SECURITY.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  'deploy/README.md',
  'bench/README.md',
  'console/README.md',
  'dashboard-plugin/README.md',
]

/** Builds the package into `folder`; returns the tarball's path. Throws with what a step said. */
export function pack(folder) {
  const dist = join(root, 'dist')
  rmSync(dist, { recursive: true, force: true })
  run('tsc', ['-p', 'tsconfig.package.json', '--outDir', dist])
  for (const name of dataFiles('src')) copy(name)
  for (const name of copied) copy(name)
  copy('package.json')
  run('vite', ['build', 'console', '--outDir', join(dist, 'console', 'dist'), '--logLevel', 'error'])
  mkdirSync(folder, { recursive: true })
  // From a copy: what rights the files of this checkout have depends on who made it.
  const place = mkdtempSync(join(tmpdir(), 'tocsin-pack-'))
  try {
    const { files } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
    for (const name of ['package.json', ...files.filter(name => !name.startsWith('!'))])
      cpSync(join(root, name), join(place, name), { recursive: true, filter: path => !path.endsWith('.env') })
    normalise(place)
    return join(folder, packed(place, folder))
  } finally {
    rmSync(place, { recursive: true })
  }
}

/** Has npm pack a folder; returns the tarball's name. */
function packed(place, folder) {
  const done = spawnSync('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], {
    cwd: place,
    encoding: 'utf8',
    env: { ...process.env, npm_config_json: undefined },
  })
  if (done.status !== 0) throw new Error(`npm pack failed: ${done.stderr}`)
  const told = JSON.parse(done.stdout)
  const [entry] = Array.isArray(told) ? told : Object.values(told) // npm 12 names each package.
  return entry.filename
}

/** Files of src that are no TypeScript: migrations, facts, weights. */
function dataFiles(folder) {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap(entry => {
    const name = join(folder, entry.name)
    if (entry.isDirectory()) return dataFiles(name)
    return entry.name.endsWith('.ts') ? [] : [name]
  })
}

function copy(name) {
  cpSync(join(root, name), join(root, 'dist', name), { recursive: true })
}

/** The same rights whatever the umask was: they are in the tarball. */
function normalise(path) {
  if (statSync(path).isDirectory()) {
    chmodSync(path, 0o755)
    for (const name of readdirSync(path)) normalise(join(path, name))
  } else chmodSync(path, (statSync(path).mode & 0o100) === 0 ? 0o644 : 0o755)
}

function run(program, args) {
  const done = spawnSync(join(root, 'node_modules', '.bin', program), args, {
    cwd: root,
    encoding: 'utf8',
    // Whatever the caller is: React's development build holds paths of this machine.
    env: { ...process.env, NODE_ENV: 'production' },
  })
  if (done.status !== 0) throw new Error(`${program} failed: ${done.stdout}${done.stderr}`)
}

if (process.argv[1] === import.meta.filename) {
  const [folder = '.'] = process.argv.slice(2)
  await runPrepared(join('bin', 'pack.js'), process.argv.slice(2), () =>
    say(`packed ${pack(resolve(folder))}`),
  )
}
