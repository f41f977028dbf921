import type { Claim } from '../../../src/domain/claim.ts'
import { type EvidenceItem, numberEvidence } from '../../../src/domain/evidence.ts'
import { type Mutation, mutationsOf } from './mutations.ts'
import { type Random, seededRandom } from './random.ts'
import type { Scenario } from './scenario.ts'
import { groupChange, sshGuessing, windowsLogon } from './scenarios-access.ts'
import { fileChange, processStart, weakness } from './scenarios-host.ts'
import { traffic, webRequests } from './scenarios-network.ts'
import { textOf } from './sentence.ts'
import { makeWorld, type World } from './world.ts'

/** A brief's worth of evidence with sentences whose truth is known. Shares no code with what judges them. */
export interface LabelledCase {
  readonly scenario: string
  readonly evidence: readonly EvidenceItem[]
  readonly claims: readonly {
    readonly claim: Claim
    readonly truth: 'true' | 'false'
    /** How it was made false. */
    readonly mutation?: string
  }[]
}

const makers: readonly ((world: World, random: Random) => Scenario)[] = [sshGuessing, windowsLogon, groupChange, fileChange, processStart, weakness, traffic, webRequests] // biome-ignore format: a list

/** `count` cases from a seed: every true sentence of a scenario, and every mutation of each. */
export function labelledCases(seed: number, count: number): LabelledCase[] {
  const random = seededRandom(seed)
  return Array.from({ length: count }, (_, index) => {
    const make = makers[index % makers.length]
    if (make === undefined) throw new Error('no scenario')
    return labelledCase(make(makeWorld(random), random), random)
  })
}

function labelledCase(scenario: Scenario, random: Random): LabelledCase {
  const names = random.some(Object.keys(scenario.items), 99)
  const evidence = numberEvidence(names.flatMap(name => scenario.items[name] ?? []))
  const claims = scenario.claims.flatMap(({ parts, cites }) => {
    const citations = cites.flatMap(name => {
      const item = evidence[names.indexOf(name)]
      return item ? [{ id: item.id, quote: partOf(item.quote, random) }] : []
    })
    const claim = (text: string): Claim => ({ text, evidence: citations })
    return [
      { claim: claim(textOf(parts)), truth: 'true' as const },
      ...mutationsOf(parts, random).map(({ text, kind }: Mutation) => ({
        claim: claim(text),
        truth: 'false' as const,
        mutation: kind,
      })),
    ]
  })
  return { scenario: scenario.name, evidence, claims }
}

/** A model quotes the whole of an item, or some words of it. */
function partOf(quote: string, random: Random): string {
  const words = quote.split(' ')
  if (words.length < 4 || random.below(2) === 0) return quote
  const start = random.below(words.length - 2)
  return words.slice(start, start + 2 + random.below(words.length - start - 1)).join(' ')
}
