import { constants } from 'node:fs'
import { access, open } from 'node:fs/promises'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { canonicalJson } from '../../lib/canonical-json.ts'
import { isErrno } from '../../lib/file-lock.ts'
import { type CheckpointTarget, notKept } from './checkpoint-target.ts'

/** Appends each checkpoint as a line, and waits for the disk: a mount of another machine, or a medium written once. */
export function fileTarget(url: URL): CheckpointTarget {
  const path = fileURLToPath(url)
  return {
    name: url.href,
    compact: false,
    async keep(checkpoint) {
      try {
        const file = await open(path, 'a', 0o640)
        try {
          await file.appendFile(`${canonicalJson(checkpoint)}\n`)
          await file.datasync()
        } finally {
          await file.close()
        }
      } catch (error) {
        throw notKept(url.href, error)
      }
    },
    async check() {
      try {
        await access(path, constants.W_OK)
        return 'the file can be written'
      } catch (error) {
        if (!isErrno(error, 'ENOENT')) throw notKept(url.href, error)
      }
      try {
        await access(dirname(path), constants.W_OK)
        return 'the file can be made'
      } catch (error) {
        throw notKept(url.href, error)
      }
    },
  }
}
