import { open } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { canonicalJson } from '../../lib/canonical-json.ts'
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
  }
}
