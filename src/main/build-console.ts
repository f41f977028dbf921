import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { constants, existsSync } from 'node:fs'
import { access, readdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..', '..')
const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js')

/** In a checkout: builds the console where its sources are newer than what was built. A package brings it built. */
export async function buildConsole(say: (line: string) => void, signal: AbortSignal): Promise<void> {
  if (!existsSync(join(root, 'console', 'vite.config.ts')) || !existsSync(vite)) return
  if (await isBuilt()) return
  if (!(await isWritable())) {
    const instead = existsSync(join(root, 'console', 'dist', 'index.html'))
      ? 'the one that was built before is served'
      : 'there is only the API'
    say(
      `the console is to be built, and this user may not write into ${root}: ${instead} until its owner runs 'npx vite build console' there`,
    )
    return
  }
  say('building the console (a few seconds, once per change)')
  const fresh = join(root, 'console', `dist-${process.pid}`)
  try {
    const child = spawn(
      process.execPath,
      [vite, 'build', 'console', '--outDir', fresh, '--logLevel', 'error'],
      { cwd: root, stdio: ['ignore', 'ignore', 'pipe'], signal },
    )
    let errors = ''
    child.stderr.on('data', chunk => {
      errors += chunk
    })
    const [code] = await once(child, 'close')
    if (code !== 0)
      say(`the console could not be built; the API works without it:\n${errors.trim().slice(0, 2000)}`)
    else if (!(await isBuilt())) await putInPlace(fresh) // Else another process was quicker, and serves it already.
  } finally {
    await rm(fresh, { recursive: true, force: true })
  }
}

/** Vite writes beside the sources and into node_modules. */
async function isWritable(): Promise<boolean> {
  const folders = [join(root, 'console'), join(root, 'node_modules')]
  const allowed = await Promise.allSettled(folders.map(folder => access(folder, constants.W_OK)))
  return allowed.every(({ status }) => status === 'fulfilled')
}

/** Whether what was built is newer than all that it is built from. */
async function isBuilt(): Promise<boolean> {
  const builtMs = await changedMs(join(root, 'console', 'dist', 'index.html'))
  const sources = [
    ...(await filesOf('console')),
    ...(await filesOf(join('src', 'http'))),
    'package-lock.json',
  ]
  const changes = await Promise.all(sources.map(file => changedMs(join(root, file))))
  return builtMs > Math.max(...changes)
}

/** Swapped as a whole: two processes that build at once (tests do) must never serve, or empty, a half-built folder. */
async function putInPlace(fresh: string): Promise<void> {
  const built = join(root, 'console', 'dist')
  const old = `${fresh}-old`
  try {
    if (existsSync(built)) await rename(built, old)
    await rename(fresh, built)
  } catch (error) {
    // The other process was quicker: what it put there was built from the same sources.
    if (!existsSync(join(built, 'index.html'))) throw error
  } finally {
    await rm(old, { recursive: true, force: true })
  }
}

/** Looks into no folder that was built: those vanish while another process puts its own in place. */
async function filesOf(folder: string): Promise<string[]> {
  const entries = await readdir(join(root, folder), { withFileTypes: true })
  const nested = entries
    .filter(entry => entry.isDirectory() && !/^(dist|node_modules)/.test(entry.name))
    .map(entry => filesOf(join(folder, entry.name)))
  const files = entries.filter(entry => entry.isFile()).map(entry => join(folder, entry.name))
  return [...files, ...(await Promise.all(nested)).flat()]
}

async function changedMs(path: string): Promise<number> {
  return (await stat(path).catch(() => undefined))?.mtimeMs ?? 0
}
