import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { readdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..', '..')
const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js')

/** In a checkout: builds the console where its sources are newer than what was built. A package brings it built. */
export async function buildConsole(say: (line: string) => void, signal: AbortSignal): Promise<void> {
  if (!existsSync(join(root, 'console', 'vite.config.ts')) || !existsSync(vite)) return
  const builtMs = await changedMs(join(root, 'console', 'dist', 'index.html'))
  const sources = [
    ...(await filesOf('console')),
    ...(await filesOf(join('src', 'http'))),
    'package-lock.json',
  ]
  const changes = await Promise.all(sources.map(file => changedMs(join(root, file))))
  if (builtMs > Math.max(...changes)) return
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
    if (code === 0) await putInPlace(fresh)
    else say(`the console could not be built; the API works without it:\n${errors.trim().slice(0, 2000)}`)
  } finally {
    await rm(fresh, { recursive: true, force: true })
  }
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

async function filesOf(folder: string): Promise<string[]> {
  const entries = await readdir(join(root, folder), { recursive: true, withFileTypes: true })
  return entries
    .filter(entry => entry.isFile() && !entry.parentPath.includes(join('console', 'dist')))
    .map(entry => join(entry.parentPath, entry.name).slice(root.length + 1))
}

async function changedMs(path: string): Promise<number> {
  return (await stat(path).catch(() => undefined))?.mtimeMs ?? 0
}
