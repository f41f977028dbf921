import { placeholderShape } from './placeholder.ts'
import type { Vault } from './vault.ts'

/**
 * Puts the real values back, for the viewer only. One pass: what a value contains is not looked at again, and only
 * placeholders issued in this vault are replaced; all others stay as they are.
 */
export function reveal(text: string, vault: Vault): string {
  return text.replace(placeholderShape, shape => vault.valueOf(shape) ?? shape)
}
