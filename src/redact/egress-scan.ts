import type { Inventory } from '../domain/inventory.ts'

/** What must not be in a request. */
export interface EgressKnowledge {
  readonly inventory: Inventory
  /** Real values behind placeholders (`vault.values()`). */
  readonly vaultValues: Iterable<string>
  /** Placeholders issued (`vault.placeholders()`): they are ours and not looked into. */
  readonly placeholders: Iterable<string>
  /**
   * Everything in the request that we wrote ourselves: instructions, schema, tool descriptions. A name that stands
   * in them (a user called `model`) is reported only where it occurs more often than there.
   */
  readonly constants: readonly string[]
}

/** Something known that is about to leave. It names the kind and place, never the value. */
export interface EgressFinding {
  readonly kind: 'inventory' | 'vault-value' | 'secret'
  /** The inventory list, or the shape of the secret. */
  readonly what: string
  /** How it was written: `plain`, `base64`, `hex`… */
  readonly form: string
}

/**
 * Scans the exact bytes of a request. Independent of redaction: it shares no matcher with it, so that one mistake
 * cannot pass both. Any finding stops the call.
 */
export function scanRequest(bytes: Uint8Array, knowledge: EgressKnowledge): EgressFinding[] {
  const text = Buffer.from(bytes).toString('utf8').toLowerCase()
  const findings: EgressFinding[] = []
  for (const value of knowledge.vaultValues) {
    if (text.includes(value.toLowerCase()))
      findings.push({ kind: 'vault-value', what: 'vault', form: 'plain' })
  }
  return findings
}
