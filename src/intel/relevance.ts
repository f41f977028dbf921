import type { InventoryMatch } from '../store/intel-inventory.ts'

/** What our own data says about a report. All of it was counted; nothing is a model's opinion. */
export interface RelevanceFacts {
  /** Distinct alerts in which one of its indicators stands, and the hosts they are from. */
  readonly sightings: number
  readonly hosts: readonly string[]
  readonly huntDone: boolean
  readonly indicators: number
  /** CVEs that it names and that our alerts name too, without those that Wazuh calls solved; and the hosts. */
  readonly sharedVulnerabilities: readonly string[]
  readonly exposedHosts: readonly string[]
  /** What Wazuh's inventory says: weak packages by CVE, affected products, addresses of our own hosts. */
  readonly inventory: readonly Pick<InventoryMatch, 'kind' | 'value' | 'host'>[]
  /** Techniques that it describes: how many, and how many our alerts have ever carried. */
  readonly techniques: number
  readonly techniquesSeen: number
}

/** The answer to "does this concern us?", with the reasons in the order of their weight. */
export interface Relevance {
  readonly answer: 'seen-here' | 'exposed' | 'no-sign-yet' | 'nothing-to-look-for'
  readonly reasons: readonly string[]
}

/** Answers from counts, and says what was not looked at. */
export function relevanceOf(facts: RelevanceFacts): Relevance {
  const reasons: string[] = []
  const pending = facts.huntDone ? '' : ' so far; the hunt is still running'
  if (facts.sightings > 0) {
    const hosts = facts.hosts.slice(0, 5).join(', ')
    reasons.push(`Its indicators stand in ${facts.sightings} of our alerts, on ${hosts}${pending}.`)
  } else if (facts.indicators > 0)
    reasons.push(`None of its ${facts.indicators} indicators stands in a stored alert${pending}.`)
  if (facts.sharedVulnerabilities.length > 0)
    reasons.push(
      `Our alerts name ${facts.sharedVulnerabilities.slice(0, 5).join(', ')}, which it writes about, on ${facts.exposedHosts.slice(0, 5).join(', ')}.`,
    )
  reasons.push(...inventoryReasons(facts.inventory))
  if (facts.techniques > 0) {
    const blind = facts.techniques - facts.techniquesSeen
    reasons.push(
      `It describes ${facts.techniques} techniques; our alerts have carried ${facts.techniquesSeen} of them, ${blind} never.`,
    )
  }
  return { answer: answerOf(facts), reasons }
}

function inventoryReasons(inventory: RelevanceFacts['inventory']): string[] {
  const of = (kind: InventoryMatch['kind']) => {
    const rows = inventory.filter(row => row.kind === kind)
    return {
      values: [...new Set(rows.map(row => row.value))],
      hosts: [...new Set(rows.map(row => row.host))],
    }
  }
  const [own, weak, used] = [of('host'), of('vulnerability'), of('package')]
  return [
    ...(own.values.length > 0
      ? [`It names ${some(own.values)}, an address of our own: ${some(own.hosts)}.`]
      : []),
    ...(weak.values.length > 0
      ? [`Wazuh's inventory has ${some(weak.values)} on ${counted(weak.hosts)}.`]
      : []),
    ...(used.values.length > 0
      ? [
          `It calls ${some(used.values)} affected, which is installed on ${counted(used.hosts)}; whether that version is, it does not tell.`,
        ]
      : []),
  ]
}

const some = (names: readonly string[]) =>
  names.length <= 5 ? names.join(', ') : `${names.slice(0, 5).join(', ')} and ${names.length - 5} more`

const counted = (hosts: readonly string[]) =>
  `${hosts.length} ${hosts.length === 1 ? 'host' : 'hosts'}: ${some(hosts)}`

function answerOf(facts: RelevanceFacts): Relevance['answer'] {
  if (facts.sightings > 0) return 'seen-here'
  if (facts.sharedVulnerabilities.length > 0 || facts.inventory.length > 0) return 'exposed'
  return facts.indicators > 0 || facts.techniques > 0 ? 'no-sign-yet' : 'nothing-to-look-for'
}
