import type { Inventory } from '../domain/inventory.ts'
import { AppError } from '../lib/app-error.ts'
import { scanRequest } from '../redact/egress-scan.ts'
import { redact, redactionRules } from '../redact/redact.ts'
import { Vault } from '../redact/vault.ts'

/**
 * Redaction for what leaves its case: training data, runbooks, exercises. Nothing is kept readable, not even public addresses,
 * and there is no way back: the vault goes with the call.
 */
export interface ReuseRedaction {
  readonly clean: (text: string) => string
  /** Throws `code` where anything known is left in a text that was put together from cleaned pieces. */
  readonly refuseLeak: (text: string, code: string, subject: string) => void
}

/** `own`: what we wrote ourselves and may stand in the text. */
export function redactForReuse(inventory: Inventory, scope: string, own: readonly string[]): ReuseRedaction {
  const vault = new Vault('reuse', scope)
  const rules = redactionRules(inventory, [])
  return {
    clean: text => redact(text, vault, rules).text,
    // The scan shares no code with redaction: what one misses the other finds.
    refuseLeak(text, code, subject) {
      const [first] = scanRequest(Buffer.from(text), {
        inventory,
        vaultValues: vault.values(),
        placeholders: vault.placeholders(),
        constants: own,
      })
      if (first !== undefined)
        throw new AppError(
          code,
          `nothing was written: ${subject} still holds a known ${first.kind} (${first.what}, ${first.form}). Add the name to the lists of own names, or take the case out under Learning`,
        )
    },
  }
}
