import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  constants,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { checkDataFolder, prepareDataFolder } from './data-folder.ts'

const folder = mkdtempSync(join(tmpdir(), 'tocsin-data-folder-'))
chmodSync(folder, 0o755)
afterAll(() => rmSync(folder, { recursive: true }))

it('makes what is missing, the last folder for this account alone, and takes what is there as it is', async () => {
  const path = join(folder, 'weg mit Lücken', '日本', 'data')
  await prepareDataFolder(path)
  expect(statSync(path).mode & 0o777).toBe(0o700)
  chmodSync(path, 0o750)
  await prepareDataFolder(path)
  expect(statSync(path).mode & 0o777).toBe(0o750)
})

it('says that it is a file, or lies below one', async () => {
  const file = join(folder, 'file')
  writeFileSync(file, '')
  await expect(prepareDataFolder(file)).rejects.toThrow(`the data folder ${file} is a file: set TOCSIN_DATA`)
  await expect(prepareDataFolder(join(file, 'below'))).rejects.toThrow(
    /cannot use the data folder .*below: a part of its path is a file/,
  )
})

it.skipIf(!existsSync('/proc/self'))('ends where no folder can be made', async () => {
  await expect(prepareDataFolder('/proc/tocsin/data')).rejects.toThrow(
    /^cannot use the data folder \/proc\/tocsin\/data at \/proc\/tocsin: .*TOCSIN_DATA names another/,
  )
})

it('does not ask for a folder where the database is elsewhere', async () => {
  await checkDataFolder(join(folder, 'nowhere'), constants.R_OK)
  expect(existsSync(join(folder, 'nowhere'))).toBe(false)
})

// Root may write everywhere: then another account tries, where it reaches Node and this checkout.
const account = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {}
const underTest = JSON.stringify(join(import.meta.dirname, 'data-folder.ts'))
const runModule = (program: string) =>
  spawnSync(process.execPath, ['--input-type=module', '-e', program], {
    cwd: folder,
    encoding: 'utf8',
    ...account,
  })

it.skipIf(runModule(`await import(${underTest})`).status !== 0)(
  'says that this user may not write there',
  async () => {
    const closed = join(folder, 'closed')
    mkdirSync(closed, { mode: 0o555 })
    const { stdout, stderr } = runModule(`import { prepareDataFolder } from ${underTest}
    await prepareDataFolder(${JSON.stringify(join(closed, 'data'))}).catch(error => console.log(error.code, error.message))`)
    expect(stdout, stderr).toContain(
      `cannot use the data folder ${join(closed, 'data')}: this user has no permission`,
    )
    expect(stdout).toMatch(/^bad-usage /)
  },
)
