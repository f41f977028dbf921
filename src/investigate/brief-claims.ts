import type { Alert } from '../domain/alert.ts'
import type { Citation, JudgedClaim } from '../domain/claim.ts'
import { scopeText } from '../domain/lesson.ts'
import { hasOwnText } from '../domain/rule-text.ts'
import type { CaseContext } from '../evidence/case-context.ts'
import { placeOf } from '../evidence/place.ts'
import { sightingText } from '../evidence/sighting.ts'
import { techniqueOf } from '../evidence/technique.ts'
import { named, quoted } from '../lib/quoted.ts'
import { count, tellSpan, tellTime } from '../lib/tell-time.ts'
import type { CaseStory, Episode } from './case-story.ts'
import type { CitationFinder } from './citations.ts'
import { actorToTell, whatHappened } from './fill-words.ts'
import {
  againstSource,
  episodeSource,
  firedTimesOf,
  maxEpisodes,
  mostTellingSource,
  otherSide,
} from './readings.ts'
import { type Shown, shownWith } from './shown-with.ts'

/** The sentences of brief 0: what, in which order, what speaks against, how usual, which techniques, what was before. */
export function briefClaims(context: CaseContext, story: CaseStory, find: CitationFinder): JudgedClaim[] {
  return [
    whatClaim(context, story, find),
    injectionClaim(find),
    ...episodeClaims(context, story, find),
    ...sequenceClaims(story, find),
    ...sightingClaims(context, find),
    againstClaim(context, story, find),
    ...howOftenClaims(context, story, find),
    ...techniqueClaims(context, find),
    ...pastClaims(context, find),
    ...lessonClaims(context, find),
  ].flatMap(claim => claim ?? [])
}

/** The strongest episodes, told in the order in which they happened. */
function inOrder(episodes: readonly Episode[]): Episode[] {
  return episodes.slice(0, maxEpisodes).sort((a, b) => a.firstSeenMs - b.firstSeenMs)
}

/** A sentence without evidence is not made. */
function claim(text: string, citations: readonly (Citation | undefined)[]): JudgedClaim | undefined {
  const evidence = citations.flatMap(citation => citation ?? [])
  return evidence.length === 0 ? undefined : { text, evidence, status: 'computed', reasons: [] }
}

function whatClaim(context: CaseContext, story: CaseStory, find: CitationFinder): JudgedClaim | undefined {
  const { alertCount, firstSeenMs, lastSeenMs, maxLevel } = context.case
  const top = story.top?.alert
  const when =
    lastSeenMs - firstSeenMs < 1000
      ? `At ${tellTime(firstSeenMs)}`
      : `From ${tellTime(firstSeenMs)}, within ${tellSpan(lastSeenMs - firstSeenMs)},`
  const where = story.hosts.length === 0 ? '' : ` on ${story.hosts.slice(0, 3).join(', ')}`
  const rule = top === undefined ? '' : ruleName(top)
  const told =
    alertCount === 1
      ? `an alert of level ${maxLevel}${where}${rule === '' ? '' : `: ${rule}`}`
      : `${count(alertCount, 'alert')}${where}, up to level ${maxLevel}${rule === '' ? '' : `; the most telling is ${rule}`}`
  return claim(`${when} Wazuh raised ${told}.`, [
    find.kind('related-alerts'),
    find.kind('reading', mostTellingSource(context)),
    top === undefined ? undefined : find.field(top.key, ruleTextPointer(top.generation)),
  ])
}

/** Rules of one's own may have no text, and then the number is all that there is. */
function ruleName({ rule }: Alert): string {
  if (rule.id === '') return 'a rule without id or text'
  return hasOwnText(rule)
    ? `rule ${named(rule.id)}, ${quoted(rule.description.trim().replace(/\.$/, ''), 1000)}`
    : `rule ${named(rule.id)}`
}

/** An attempt to talk to the model is told before anything that a model might have said. */
function injectionClaim(find: CitationFinder): JudgedClaim | undefined {
  const found = find.kind('suspected-injection')
  return claim(`Text in the alerts speaks to an AI instead of a person: ${found?.quote}.`, [found])
}

function ruleTextPointer(generation: 4 | 5): string {
  return generation === 5 ? '/wazuh/rule/title' : '/rule/description'
}

/** What the same alert shows is shown once. */
function episodeClaims(
  context: CaseContext,
  story: CaseStory,
  find: CitationFinder,
): (JudgedClaim | undefined)[] {
  const told = new Set<string>()
  return inOrder(story.episodes).map(episode => {
    const shown = shownWith(episode)
    const key = `${episode.alert.key} ${shown?.text}`
    const isNew = !told.has(key)
    told.add(key)
    return episodeClaim(context, story, episode, isNew ? shown : undefined, find)
  })
}

function episodeClaim(
  context: CaseContext,
  story: CaseStory,
  episode: Episode,
  shown: Shown | undefined,
  find: CitationFinder,
): JudgedClaim | undefined {
  const { signal, alert, alerts, firstSeenMs } = episode
  const happened = whatHappened(episode)
  const actor = actorToTell(story, episode)
  const isTold = shown === undefined || happened.includes(shown.text) || shown.text === actor?.value
  const what = isTold ? '' : `: ${shown.inSentence}`
  const times = alerts > 1 ? ` (${count(alerts, 'alert')})` : ''
  const by = actor === undefined ? '' : `, by ${named(actor.value)}`
  const text = `${happened}${by}${what}${times}.`
  // Of a single alert the first sentence has said when and where; a sentence that names nothing keeps the place.
  const isOnly = context.case.alertCount === 1
  const where = isOnly ? placeOf(alert) : `${tellTime(firstSeenMs)}, ${placeOf(alert)}`
  const told =
    isOnly && what !== '' ? capitalised(text) : where === '' ? capitalised(text) : `${where}: ${text}`
  return claim(told, [
    find.kind('reading', episodeSource(context, story.episodes.indexOf(episode))),
    find.field(alert.key, signal.pointer, signal.quote),
    ...(shown?.parts ?? [])
      .filter(({ pointer }) => pointer !== signal.pointer)
      .map(({ pointer, quote }) => find.field(alert.key, pointer, quote)),
  ])
}

function capitalised(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`
}

/** Whether guessing succeeded, as far as Wazuh saw, for each source of the case. */
function sequenceClaims(story: CaseStory, find: CitationFinder): (JudgedClaim | undefined)[] {
  return story.sources.slice(0, 3).map(source => {
    const item = find.item('authentication-sequence', `authentication/${source}`)
    if (item === undefined) return undefined
    const { failures = 0, accounts = 0, successes = 0, entered = '' } = item.facts ?? {}
    const ending =
      Number(successes) > 0
        ? `${count(Number(successes), 'alert')} of a successful logon followed${entered === '' ? '' : ` (${String(entered).split(', ').map(named).join(', ')})`}`
        : 'no successful logon from there is among the alerts'
    const tried = `${count(Number(failures), 'alert')} of failed logons with ${count(Number(accounts), 'account')}`
    return claim(`From ${source}: ${tried}; ${ending}.`, [find.kind('authentication-sequence', item.source)])
  })
}

/** What threat reports say of values in the case. */
function sightingClaims(context: CaseContext, find: CitationFinder): (JudgedClaim | undefined)[] {
  return (context.sightings ?? [])
    .slice(0, maxSightings)
    .map(fact => claim(`${sightingText(fact)}.`, [find.sighting(fact.reportId, fact.value)]))
}

const maxSightings = 4

/** An honest note has both sides. */
function againstClaim(context: CaseContext, story: CaseStory, find: CitationFinder): JudgedClaim | undefined {
  const found = otherSide(story)
  if (found === undefined) return undefined
  const { side, signal, alert } = found
  return claim(`What speaks ${side} an attack: ${signal.reason}.`, [
    find.kind('reading', againstSource(context)),
    find.field(alert.key, signal.pointer, signal.quote),
  ])
}

function howOftenClaims(
  context: CaseContext,
  story: CaseStory,
  find: CitationFinder,
): (JudgedClaim | undefined)[] {
  const top = story.top?.alert
  const fired = top === undefined ? undefined : firedTimesOf(context, top)
  return [
    top === undefined || fired === undefined
      ? undefined
      : claim(
          fired.last > fired.first
            ? `They were alerts ${fired.first} to ${fired.last} of rule ${top.rule.id} in that hour, over all hosts.`
            : fired.first === 1
              ? `It was the first alert of rule ${top.rule.id} in that hour, over all hosts.`
              : `It was alert ${fired.first} of rule ${top.rule.id} in that hour, over all hosts.`,
          [find.kind('reading', mostTellingSource(context)), find.field(top.key, '/rule/firedtimes')],
        ),
    context.around.length === 0
      ? undefined
      : claim(`Around it, the same hosts raised ${count(context.around.length, 'other alert')}.`, [
          find.kind('related-alerts', `case/${context.case.id}/alerts-around`),
        ]),
    ...context.history.map(fact =>
      claim(
        fact.alertsBefore === 0
          ? `New here: no alert of ${fact.subject} in the ${tellSpan(fact.overMs)} before.`
          : `Seen before: ${count(fact.alertsBefore, 'alert')} of ${fact.subject} in the ${tellSpan(fact.overMs)} before.`,
        [find.kind('history', `history/${fact.subject}`)],
      ),
    ),
  ]
}

function techniqueClaims(context: CaseContext, find: CitationFinder): (JudgedClaim | undefined)[] {
  const known = context.case.techniques.flatMap(id => {
    const found = techniqueOf(context, id)
    return found === undefined ? [] : [{ id, title: found.title }]
  })
  if (known.length === 0) return []
  const named = known.slice(0, maxNamed).map(({ id, title }) => `${id} ${title}`)
  const others = known.slice(maxNamed).map(({ id }) => id)
  return [
    claim(
      `The rules place it under ATT&CK ${named.join(', ')}${others.length === 0 ? '' : `, and ${others.join(', ')}`}.`,
      known.map(({ id }) => find.kind('technique', `attack/${id}`)),
    ),
  ]
}

/** Techniques told by name; further ones by their id. */
const maxNamed = 4

function pastClaims(context: CaseContext, find: CitationFinder): (JudgedClaim | undefined)[] {
  return context.pastVerdicts.map(past =>
    claim(`An earlier case with ${past.similarity} was decided ${past.verdict.replaceAll('_', ' ')}.`, [
      find.kind('past-verdict', `case/${past.caseId}/verdict`),
    ]),
  )
}

/** Only that there is one: what it says is read where it stands, and settles nothing about this case. */
function lessonClaims(context: CaseContext, find: CitationFinder): (JudgedClaim | undefined)[] {
  return (context.lessons ?? []).map(each =>
    claim(`${each.by} left a lesson about ${scopeText(each)}.`, [find.kind('lesson', `lesson/${each.id}`)]),
  )
}
