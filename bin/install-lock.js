// A lock between launchers, without dependencies, on Node 18 and later and on any file system: a folder that names its
// owner. It appears with its owner in it and vanishes as a whole, each by one rename, so nobody sees half of it.
import { createHash, randomUUID } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Runs `action` while no other process does so under the same lock, waiting for others up to `waitMs`. A lock whose owner
 * has died is taken over, by one process however many see it. Returns false where another still holds it at the end.
 */
export function withInstallLock(lock, action, waitMs) {
  const deadline = Date.now() + waitMs
  for (;;) {
    const outcome = tryLock(lock, lock)
    if (outcome === 'ours') break
    if (outcome === 'changed') continue
    if (Date.now() > deadline) return false
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200)
  }
  try {
    action()
  } finally {
    removeWhole(lock)
  }
  return true
}

/**
 * `held`, `ours`, or `changed`: look again. Two that see the same dead owner must not both remove "its" lock: the later one
 * would remove the new lock of the earlier. So only the holder of a second lock, named for the dead owner, may remove it, and
 * only while it still names that owner. A second lock of a dead holder is taken over in just the same way.
 */
function tryLock(lock, base) {
  const owner = ownerOf(lock)
  if (owner === undefined) return appear(lock) ? 'ours' : 'changed'
  if (!isGone(owner, lock)) return 'held'
  const digest = createHash('sha256').update(owner).digest('hex').slice(0, 24)
  const second = `${base}.gone-${digest}`
  const outcome = tryLock(second, base)
  if (outcome !== 'ours') return outcome
  try {
    if (ownerOf(lock) === owner) removeWhole(lock)
  } finally {
    removeWhole(second)
  }
  return 'changed'
}

function appear(lock) {
  const name = randomUUID()
  const draft = `${lock}.${name}`
  mkdirSync(draft)
  try {
    writeFileSync(join(draft, 'pid'), `${process.pid} ${name}`)
    renameSync(draft, lock)
    return true
  } catch (error) {
    rmSync(draft, { recursive: true, force: true })
    if (['EEXIST', 'ENOTEMPTY', 'ENOTDIR'].includes(error.code)) return false
    throw error
  }
}

function removeWhole(lock) {
  const trash = `${lock}.${randomUUID()}`
  try {
    renameSync(lock, trash)
  } catch (error) {
    if (error.code !== 'ENOENT') throw error
    return // Somebody removed it by hand, as they are told to where an owner seems gone.
  }
  rmSync(trash, { recursive: true, force: true })
}

/** What the owner wrote, which is unique; `undefined`: there is no lock. */
function ownerOf(lock) {
  try {
    return readFileSync(join(lock, 'pid'), 'utf8')
  } catch (error) {
    if (error.code !== 'ENOENT') throw error
    // Of a version that made the folder before it wrote to it: just starting, or it died between the two steps.
    return statSync(lock, { throwIfNoEntry: false }) === undefined ? undefined : ''
  }
}

function isGone(owner, lock) {
  try {
    if (owner === '') return Date.now() - statSync(lock).mtimeMs > 10_000
    process.kill(Number.parseInt(owner, 10), 0)
    return false
  } catch (error) {
    return error.code === 'ESRCH'
  }
}
