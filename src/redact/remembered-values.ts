import type { ValueClass } from '../domain/value-class.ts'
import { foldName } from './fold.ts'
import { type NameTrie, newTrie } from './name-trie.ts'

/** A value that was found once, by its place or form, and is known from then on. */
export interface RememberedValue {
  readonly identity: string
  readonly text: string
}

/**
 * What was found once is replaced everywhere: the account in `C:\\Users\\jdoe` is the account in `jdoe logged on` too,
 * and a password that was seen behind its word may stand alone a line later. Short words are left out: `CORP\\it` must
 * not take every "it" away.
 */
export function rememberedTrie(values: Iterable<RememberedValue>): NameTrie | undefined {
  const trie = newTrie()
  let count = 0
  for (const { identity, text } of values) {
    const valueClass = classOf(identity)
    if (valueClass === undefined) continue
    const folded = foldName(text)
    if (!isTelling(folded)) continue
    trie.add(folded, valueClass, identity)
    count++
  }
  return count === 0 ? undefined : trie.done()
}

/** Longer ones than any real secret are left out, too: text may begin them at every word, and end somewhere else. */
const longestTelling = 8_192

function isTelling(folded: string): boolean {
  if (folded.length > longestTelling) return false
  return folded.length >= 5 || (folded.length === 4 && /\d/.test(folded))
}

/** The class behind an identity; `undefined` for what is found by itself wherever it stands. */
function classOf(identity: string): ValueClass | undefined {
  const kind = identity.slice(0, Math.max(0, identity.indexOf(' ')))
  switch (kind) {
    case 'email-inside':
    case 'email-outside':
      return 'email'
    case 'secret':
      return 'secret.repeated'
    case 'domain':
    case 'group':
    case 'host':
    case 'person':
    case 'term':
    case 'user':
      return kind
    default:
      return undefined
  }
}
