import type { ModelTask, TrustZone } from '../domain/data-class.ts'
import { emptyInventory, type Inventory } from '../domain/inventory.ts'
import { AppError } from '../lib/app-error.ts'
import { mustReplace, type Policy } from '../policy/policy.ts'
import { scanRequest } from '../redact/egress-scan.ts'
import type { BuiltRequest } from './build-request.ts'

export interface EgressGuard {
  readonly task: ModelTask
  readonly zone: TrustZone
  readonly policy: Policy
  readonly inventory: Inventory
  readonly built: BuiltRequest
  /** Real values behind the placeholders of this request. */
  readonly replacedValues: readonly string[]
}

/**
 * Looks once more at the very bytes that are about to leave. Whatever redaction should have replaced for this zone
 * must not be in them. Throws `egress-blocked`, which says what kind of thing was found and never the thing.
 */
export function guardEgress(bytes: Uint8Array, guard: EgressGuard): void {
  const findings = scanRequest(bytes, {
    inventory: forbiddenInventory(guard),
    vaultValues: guard.replacedValues,
    placeholders: guard.built.placeholders,
    constants: guard.built.constants,
  })
  if (findings.length === 0) return
  const kinds = [...new Set(findings.map(({ kind, what, form }) => `${kind} (${what}, ${form})`))]
  throw new AppError(
    'egress-blocked',
    `the call was stopped: the request still held ${kinds.join(', ')}. Nothing was sent. Check the inventory and the redaction rules.`,
  )
}

/** Parts of inventories by what is in them: the same object each time, so that the scan need not index it anew. */
const parts = new WeakMap<Inventory, Map<string, Inventory>>()

/** The lists of the inventory that may not go to this zone as they are. */
export function forbiddenInventory({
  policy,
  task,
  zone,
  inventory,
}: Pick<EgressGuard, 'policy' | 'task' | 'zone' | 'inventory'>): Inventory {
  const internal = mustReplace(policy, { task, zone }, 'internal')
  const confidential = mustReplace(policy, { task, zone }, 'confidential')
  const known = parts.get(inventory) ?? new Map<string, Inventory>()
  parts.set(inventory, known)
  const part = known.get(`${internal} ${confidential}`) ?? partOf(inventory, internal, confidential)
  known.set(`${internal} ${confidential}`, part)
  return part
}

function partOf(inventory: Inventory, internal: boolean, confidential: boolean): Inventory {
  return {
    ...emptyInventory,
    ...(internal
      ? {
          hosts: inventory.hosts,
          domains: inventory.domains,
          addresses: inventory.addresses,
          groups: inventory.groups,
        }
      : {}),
    ...(confidential ? { users: inventory.users, terms: inventory.terms } : {}),
  }
}
