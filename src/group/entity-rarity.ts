import type { Alert, Entity } from '../domain/alert.ts'
import { BoundedMap } from './bounded-map.ts'

interface Sightings {
  alerts: number
  readonly hosts: Set<string>
}

/** Accounts and addresses that every machine has: sharing one says nothing. */
const everywhere =
  /^(?:user:(?:system|root|localsystem|local service|network service|anonymous logon|.*\$|dwm-\d+|umfd-\d+)|address:(?:127\..*|::1|fe80:.*|169\.254\..*|255\.255\.255\.255|224\..*|ff0.:.*))$/

/**
 * Knows which entities are too common to connect alerts. Bounded: the last 50,000 entities, each with at most
 * `hubHosts + 1` host names.
 */
export class EntityRarity {
  readonly #seen = new BoundedMap<string, Sightings>(50_000)
  readonly #hubHosts: number

  constructor(hubHosts: number) {
    this.#hubHosts = hubHosts
  }

  note(alert: Alert): void {
    for (const entity of alert.entities) {
      const sightings = this.#seen.touch(entityKey(entity), () => ({ alerts: 0, hosts: new Set() }))
      sightings.alerts++
      if (sightings.hosts.size <= this.#hubHosts) sightings.hosts.add(alert.agent.name)
    }
  }

  /** Whether the entity is on so many hosts, or on every host by nature, that it links nothing. */
  isHub(entity: Entity): boolean {
    const key = entityKey(entity)
    if (everywhere.test(key)) return true
    return (this.#seen.peek(key)?.hosts.size ?? 0) > this.#hubHosts
  }
}

/** `type:value`, the name under which an entity is compared. */
export function entityKey(entity: { readonly type: string; readonly value: string }): string {
  return `${entity.type}:${entity.value}`
}
