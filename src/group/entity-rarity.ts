import { BoundedMap } from '../lib/bounded-map.ts'

/** Accounts and addresses that every machine has: sharing one says nothing. */
const everywhere =
  /^(?:user:(?:system|root|localsystem|local service|network service|anonymous logon|.*\$|dwm-\d+|umfd-\d+)|address:(?:127\..*|::1|fe80:.*|169\.254\..*|255\.255\.255\.255|224\..*|ff0.:.*))$/

/**
 * Knows which entities are too common to connect alerts. Bounded: at most 50,000 entities, each with at most
 * `hubHosts + 1` host names.
 */
export class EntityRarity {
  /** Most are on one host: lists without room to spare, replaced where they grow. */
  readonly #hosts = new BoundedMap<string, readonly string[]>(50_000)
  readonly #hubHosts: number

  constructor(hubHosts: number) {
    this.#hubHosts = hubHosts
  }

  /** Takes note that an alert of this host names the entity. */
  note(key: string, host: string): void {
    const hosts = this.#hosts.touch(key, () => [host])
    if (hosts.length <= this.#hubHosts && !hosts.includes(host)) this.#hosts.replace(key, hosts.concat(host))
  }

  /** Whether the entity is on so many hosts, or on every host by nature, that it links nothing. */
  isHub(key: string): boolean {
    return (this.#hosts.peek(key)?.length ?? 0) > this.#hubHosts || everywhere.test(key)
  }
}
