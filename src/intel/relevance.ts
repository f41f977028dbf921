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
  if (facts.techniques > 0) {
    const blind = facts.techniques - facts.techniquesSeen
    reasons.push(
      `It describes ${facts.techniques} techniques; our alerts have carried ${facts.techniquesSeen} of them, ${blind} never.`,
    )
  }
  return { answer: answerOf(facts), reasons }
}

function answerOf(facts: RelevanceFacts): Relevance['answer'] {
  if (facts.sightings > 0) return 'seen-here'
  if (facts.sharedVulnerabilities.length > 0) return 'exposed'
  return facts.indicators > 0 || facts.techniques > 0 ? 'no-sign-yet' : 'nothing-to-look-for'
}
