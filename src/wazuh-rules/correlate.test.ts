import fc from 'fast-check'
import { expect, it } from 'vitest'
import { correlates } from './correlate.ts'
import { type StaticField, WazuhEvent } from './event.ts'
import { EventHistory } from './event-history.ts'
import type { Correlation } from './rule.ts'

interface Given {
  readonly atSeconds: number
  readonly agent: string
  readonly srcip: string | undefined
  readonly user: string | undefined
}

function eventOf({ atSeconds, agent, srcip, user }: Given, number: number): WazuhEvent {
  const log = `log ${number}`
  const event = new WazuhEvent(
    { fullLog: log, log, timestamp: undefined, hostname: undefined, programName: undefined },
    { arrivedAt: atSeconds, agentId: agent, location: 'l', locationLower: 'l', hostname: 'h' },
  )
  if (srcip !== undefined) event.fields.srcip = srcip
  if (user !== undefined) event.fields.dstuser = user
  return event
}

/** The search as the reference describes it: every earlier event is looked at, the latest first. */
function plainly(
  event: WazuhEvent,
  earlier: readonly WazuhEvent[],
  rule: Correlation,
  level: number,
): boolean {
  const value = (of: WazuhEvent, field: string) => of.fields[field as StaticField]
  let counted = 0
  let latest: WazuhEvent | undefined
  for (const other of earlier.toReversed()) {
    if (event.arrivedAt - other.arrivedAt > rule.timeframeSeconds) return false
    if (!rule.acrossAgents && other.agentId !== event.agentId) continue
    if (
      rule.same.some(
        field => value(event, field) === undefined || value(event, field) !== value(other, field),
      )
    )
      continue
    if (
      rule.different.some(
        field => value(event, field) !== undefined && value(event, field) === value(other, field),
      )
    )
      continue
    if (other.consumedLevel >= level) return false
    if (counted >= rule.skip) {
      event.consumedLevel = level
      if (latest) latest.consumedLevel = level
      return true
    }
    counted++
    latest ??= other
  }
  return false
}

const some = <T>(...values: T[]) => fc.constantFrom(...values)
const given = fc.record({
  // Mostly forward; now and then a source's clock goes back.
  atSeconds: fc.oneof(
    { weight: 9, arbitrary: fc.nat(3) },
    { weight: 1, arbitrary: fc.integer({ min: -40, max: -1 }) },
  ),
  agent: some('000', '001'),
  srcip: some('10.0.0.1', '10.0.0.2', undefined),
  user: some('root', 'bob', undefined),
})
const correlation = fc.record({
  skip: fc.nat(4),
  timeframeSeconds: some(2, 10, 100),
  acrossAgents: fc.boolean(),
  same: some<StaticField[]>([], ['srcip'], ['srcip', 'dstuser'], ['dstuser']),
  different: some<StaticField[]>([], ['dstuser'], ['srcip']),
})

it('finds what a look at every earlier event finds, with histories that forget and clocks that go back', () => {
  fc.assert(
    fc.property(
      fc.array(given, { maxLength: 60 }),
      fc.array(fc.record({ correlation, level: fc.integer({ min: 3, max: 12 }) }), {
        minLength: 1,
        maxLength: 3,
      }),
      some(4, 12, 1000),
      (events, rules, kept) => {
        const history = new EventHistory()
        const plain: WazuhEvent[] = []
        let now = 1000
        for (const [number, one] of events.entries()) {
          now += one.atSeconds
          const [ours, theirs] = [
            eventOf({ ...one, atSeconds: now }, number),
            eventOf({ ...one, atSeconds: now }, number),
          ]
          for (const rule of rules) {
            const whole: Correlation = {
              ...rule.correlation,
              sameDynamic: [],
              differentDynamic: [],
              matchedRegex: undefined,
            }
            expect(correlates(ours, history, whole, 'sid', rule.level)).toBe(
              plainly(theirs, plain, whole, rule.level),
            )
            ours.previous = []
          }
          expect(ours.consumedLevel).toBe(theirs.consumedLevel)
          history.add(ours)
          plain.push(theirs)
          if (plain.length > kept) {
            history.dropOldest()
            plain.shift()
          }
        }
      },
    ),
    { seed: 11, numRuns: 400 },
  )
})
