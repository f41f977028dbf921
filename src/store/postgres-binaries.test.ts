import { spawnSync } from 'node:child_process'
import { cp, lstat, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { linkLibraries, postgresBinaries } from './postgres-binaries.ts'

let folder: string
let native: string
const initdb = () => spawnSync(join(native, 'bin', 'initdb'), ['--version'], { encoding: 'utf8' })

// As npm unpacks the package: without a link.
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tocsin-binaries-'))
  native = join(folder, 'native')
  const { initdb: installed } = await postgresBinaries(undefined, folder)
  await cp(dirname(dirname(installed)), native, { recursive: true, verbatimSymlinks: true })
  for (const name of await readdir(join(native, 'lib'))) {
    const path = join(native, 'lib', name)
    if ((await lstat(path)).isSymbolicLink()) await rm(path)
  }
})
afterAll(() => rm(folder, { recursive: true }))

it('the libraries of PostgreSQL find each other where no install script ran, and again', async () => {
  expect(initdb().status).not.toBe(0)
  expect(await linkLibraries(native)).toBe(true)
  expect(initdb()).toMatchObject({ status: 0, stdout: expect.stringContaining('PostgreSQL') })
  expect(await linkLibraries(native)).toBe(true)
})
