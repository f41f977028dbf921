import { canonicalJson } from '../../lib/canonical-json.ts'
import { createS3Client } from '../../lib/s3-client.ts'
import { type CheckpointTarget, notKept, type TargetOptions } from './checkpoint-target.ts'

/**
 * Puts each checkpoint as an object of its own into a bucket. Never in place of one that is there; with object lock on the
 * bucket nobody can take it away again.
 */
export function s3Target(url: URL, { s3Key, extraCa }: TargetOptions): CheckpointTarget {
  const store = createS3Client({ url: url.href, key: s3Key, keySetting: 'TOCSIN_CHECKPOINT_S3_KEY', extraCa })
  return {
    name: store.name,
    compact: false,
    async keep(checkpoint, signal) {
      const { ledger, seq, hash } = checkpoint
      const name = `${ledger.slice(0, 8)}-${String(seq).padStart(12, '0')}-${hash.slice(0, 16)}.json`
      const body = Buffer.from(`${canonicalJson(checkpoint)}\n`)
      try {
        // The name holds the hash: what is there already is this very checkpoint.
        await store.put(name, body, signal, { onlyNew: true, contentType: 'application/json' })
      } catch (error) {
        signal.throwIfAborted()
        throw notKept(url.href, error)
      }
    },
    async check(signal) {
      try {
        await store.checkWritable(signal)
        return 'the store takes objects'
      } catch (error) {
        signal.throwIfAborted()
        throw notKept(url.href, error)
      }
    },
  }
}
