import type { LedgerDraft, LedgerEntry } from './entry.ts'

type Append = (drafts: readonly LedgerDraft[], signal?: AbortSignal) => Promise<readonly LedgerEntry[]>

interface Waiting {
  readonly drafts: readonly LedgerDraft[]
  readonly signal: AbortSignal | undefined
  readonly resolve: (entries: readonly LedgerEntry[]) => void
  readonly reject: (error: unknown) => void
}

/**
 * Lets appends of one process share what each would else pay for alone: the wait for the disk. While a batch is being
 * written, those that come in the meantime gather, and are the next one. Nothing is acknowledged earlier for it: each
 * append resolves when its own entries are durable. `write` must leave nothing behind where it throws; a batch that
 * fails is tried append by append, so that one bad record fails alone.
 */
export function groupAppends(write: Append): Append {
  let waiting: Waiting[] = []
  let writing = false

  async function one({ drafts, signal, resolve, reject }: Waiting): Promise<void> {
    try {
      signal?.throwIfAborted()
      resolve(await write(drafts, signal))
    } catch (error) {
      reject(error)
    }
  }

  async function batch(together: readonly Waiting[]): Promise<void> {
    const live = together.filter(each => {
      if (each.signal?.aborted) each.reject(each.signal.reason)
      return !each.signal?.aborted
    })
    try {
      const entries = await write(live.flatMap(({ drafts }) => drafts))
      let from = 0
      for (const { drafts, resolve } of live) {
        resolve(entries.slice(from, from + drafts.length))
        from += drafts.length
      }
    } catch {
      for (const each of live) await one(each)
    }
  }

  async function writeAll(): Promise<void> {
    writing = true
    try {
      while (waiting.length > 0) {
        const together = waiting
        waiting = []
        const [first] = together
        if (first !== undefined && together.length === 1) await one(first)
        else await batch(together)
      }
    } finally {
      writing = false
    }
  }

  return (drafts, signal) =>
    new Promise((resolve, reject) => {
      waiting.push({ drafts, signal, resolve, reject })
      if (!writing) void writeAll()
    })
}
