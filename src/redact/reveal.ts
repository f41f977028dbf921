import { longestPlaceholder, placeholderShape } from './placeholder.ts'
import type { Vault } from './vault.ts'

/**
 * Puts the real values back, for the viewer only. One pass: what a value contains is not looked at again, and only
 * placeholders issued in this vault are replaced; all others stay as they are.
 */
export function reveal(text: string, vault: Vault): string {
  return text.replace(placeholderShape, shape => vault.valueOf(shape) ?? shape)
}

/** Reveals a stream: `push` takes chunks cut anywhere and returns what is certain by now, `end` the rest. */
export interface Revealer {
  push(chunk: string): string
  end(): string
}

/** What could still become a placeholder. */
const unfinished = /\[[A-Z-]*(?:\d[^[\]\s]*)?$/

/** A revealer for one stream. It holds back at most one unfinished placeholder, from its `[` on. */
export function createRevealer(vault: Vault): Revealer {
  let held = ''
  return {
    push(chunk) {
      const text = held + chunk
      const open = text.lastIndexOf('[')
      const waits = open >= 0 && text.length - open < longestPlaceholder && unfinished.test(text.slice(open))
      const certain = waits ? open : text.length
      held = text.slice(certain)
      return reveal(text.slice(0, certain), vault)
    },
    end() {
      const rest = reveal(held, vault)
      held = ''
      return rest
    },
  }
}
