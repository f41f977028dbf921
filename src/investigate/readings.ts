import type { Signal } from '../assess/signal.ts'
import type { Alert } from '../domain/alert.ts'
import type { EvidenceDraft } from '../domain/evidence.ts'
import { alertTrust } from '../evidence/alert-trust.ts'
import type { CaseContext } from '../evidence/case-context.ts'
import { placeOf } from '../evidence/place.ts'
import { readPointer } from '../lib/json-pointer.ts'
import { tellTime } from '../lib/tell-time.ts'
import type { CaseStory, Episode } from './case-story.ts'
import { actorToTell, memberPointers, targetOf, whatHappened } from './fill-words.ts'
import { type Shown, shownWith } from './shown-with.ts'

/** Episodes that are told, and so read. */
export const maxEpisodes = 8

/**
 * What code concludes from the alerts, as evidence of its own: which behaviour, how often, from when, where, and what
 * an encoded command says. Without it a sentence such as "a shell was opened over the network" would have nothing to
 * point at but the command line, which does not say so. A conclusion from text of an attacker is worth no more than
 * that text, and keeps its trust.
 */
export function readings(
  context: CaseContext,
  story: CaseStory,
  collected: readonly EvidenceDraft[],
): EvidenceDraft[] {
  const quoted = new Set(collected.map(item => `${item.source}#${item.pointer}`))
  return [
    ...mostTelling(context, story),
    ...story.episodes
      .slice(0, maxEpisodes)
      .map((episode, index) => episodeReading(context, story, episode, index, quoted)),
    ...whatSpeaksAgainst(context, story),
  ]
}

const kind = 'reading'

export const mostTellingSource = (context: CaseContext): string =>
  `case/${context.case.id}/most-telling-alert`
export const episodeSource = (context: CaseContext, index: number): string =>
  `case/${context.case.id}/behaviour/${index + 1}`
export const againstSource = (context: CaseContext): string => `case/${context.case.id}/other-side`

function mostTelling(context: CaseContext, story: CaseStory): EvidenceDraft[] {
  const alert = story.top?.alert
  if (alert === undefined) return []
  const { id, level, description } = alert.rule
  const times = firedTimesOf(context, alert)
  const numbers =
    times === undefined || times.first === times.last
      ? `alert ${times?.first}`
      : `alerts ${times.first} to ${times.last}`
  const fired = times === undefined ? '' : `, ${numbers} of rule ${id} in that hour over all hosts`
  return [
    {
      kind,
      source: mostTellingSource(context),
      pointer: '',
      quote: `${id === '' ? 'rule' : `rule ${id}`}, level ${level}: ${description.trim()}; host ${placeOf(alert) || 'not named'}, ${tellTime(alert.timestampMs)}${fired}`,
      trust: alertTrust(alert, '/rule/description'),
      label: 'The most telling alert of the case',
    },
  ]
}

/**
 * Wazuh counts within the hour how often a rule fired, over all hosts: the numbers of this rule's alerts in the case, where
 * they are of one hour, else that of the alert itself.
 */
export function firedTimesOf(
  context: CaseContext,
  alert: Alert,
): { readonly first: number; readonly last: number } | undefined {
  const own = alert.rule.firedTimes
  if (own === undefined) return undefined
  const times = context.alerts
    .filter(each => each.rule.id === alert.rule.id && each.timestampMs - alert.timestampMs < 3_600_000)
    .sort((a, b) => a.timestampMs - b.timestampMs)
    .flatMap(each => each.rule.firedTimes ?? [])
  const isCounting = times.every((time, index) => index === 0 || time >= (times[index - 1] ?? 0))
  return isCounting ? { first: times[0] ?? own, last: times.at(-1) ?? own } : { first: own, last: own }
}

/** `quoted` are the places that are evidence already; of others, and of encoded text, the words are repeated here. */
function episodeReading(
  context: CaseContext,
  story: CaseStory,
  episode: Episode,
  index: number,
  quoted: ReadonlySet<string>,
): EvidenceDraft {
  const { signal, alert, alerts, firstSeenMs } = episode
  const shown = shownWith(episode)
  const actor = actorToTell(story, episode)
  return {
    kind,
    source: episodeSource(context, index),
    pointer: '',
    quote: [
      whatHappened(episode),
      `alerts: ${alerts}`,
      `first: ${tellTime(firstSeenMs)}`,
      `host: ${placeOf(alert)}`,
      ...(actor === undefined ? [] : [`by: ${actor.value}`]),
      ...(shown !== undefined &&
      (signal.decoded !== undefined ||
        shown.text.startsWith('decoded: ') ||
        !isQuoted(episode, shown, quoted))
        ? [shown.text]
        : []),
    ].join('; '),
    trust: trustOf(alert, [
      signal.pointer,
      ...(shown?.parts ?? []).map(({ pointer }) => pointer),
      ...(actor === undefined ? [] : [actor.pointer]),
      ...(episode.behaviour.happened.includes('MEMBER') ? memberPointers : []),
      ...(episode.behaviour.happened.includes('TARGET') ? [targetOf(alert)?.pointer ?? signal.pointer] : []),
    ]),
    label: 'What code reads in the alerts',
  }
}

/** Fields that are told together are evidence together, too: each alone does not say what acted on what. */
function isQuoted({ alert, signal }: Episode, shown: Shown, quoted: ReadonlySet<string>): boolean {
  if (shown.parts.length > 1) return false
  const pointers = [signal.pointer, ...shown.parts.map(({ pointer }) => pointer)]
  // A sentence has one line: of a text with more, the line as it is told is evidence as well.
  return pointers.every(
    pointer =>
      quoted.has(`${alert.key}#${pointer}`) && !String(readPointer(alert.document, pointer)).includes('\n'),
  )
}

function whatSpeaksAgainst(context: CaseContext, story: CaseStory): EvidenceDraft[] {
  const found = otherSide(story)
  if (found === undefined) return []
  return [
    {
      kind,
      source: againstSource(context),
      pointer: '',
      quote: `speaks ${found.side} an attack: ${found.signal.reason}`,
      trust: trustOf(found.alert, [found.signal.pointer]),
      label: 'What code reads in the most telling alert',
    },
  ]
}

/** The best reason that speaks against the verdict, where there is a real one. */
export function otherSide(
  story: CaseStory,
): { readonly side: 'for' | 'against'; readonly signal: Signal; readonly alert: Alert } | undefined {
  if (story.top === undefined) return undefined
  const { alert, assessment } = story.top
  const direction = assessment.probability >= 0.5 ? 1 : -1
  const signal = assessment.signals.find(each => each.weight * direction <= -0.6)
  return signal === undefined ? undefined : { side: direction === 1 ? 'against' : 'for', signal, alert }
}

function trustOf(alert: Alert, pointers: readonly string[]): EvidenceDraft['trust'] {
  const trusts = pointers.map(pointer => alertTrust(alert, pointer))
  return trusts.includes('attacker-controlled') ? 'attacker-controlled' : 'observed'
}
