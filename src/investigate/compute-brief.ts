import type { Brief, BriefTechnique } from '../domain/brief.ts'
import type { Citation, JudgedClaim } from '../domain/claim.ts'
import type { EvidenceItem } from '../domain/evidence.ts'
import type { Verdict } from '../domain/verdict.ts'
import type { CaseContext } from '../evidence/case-context.ts'
import { currentTechnique, titleOf } from '../knowledge/attack-techniques.ts'
import { count, tellSpan, tellTime } from '../lib/tell-time.ts'
import { alertDetail, plain } from './alert-detail.ts'
import { type CaseStory, caseStory, type Episode } from './case-story.ts'
import { type CitationFinder, citationFinder } from './citations.ts'
import { headline } from './headline.ts'
import { nextSteps } from './next-steps.ts'
import { unknowns } from './unknowns.ts'

/**
 * Brief 0: the account of a case that code can give from its evidence alone, without a model, in milliseconds. Each
 * claim says only what the evidence it cites says.
 */
export function computeBrief(context: CaseContext, evidence: readonly EvidenceItem[]): Brief {
  const story = caseStory(context)
  const find = citationFinder(evidence)
  const probability = story.top?.assessment.probability ?? 0
  const { verdict, confidence } = caseVerdict(context, probability)
  return {
    origin: { kind: 'computed' },
    headline: headline(context, story),
    claims: [
      whatClaim(context, story, find),
      ...inOrder(story.episodes).map(episode => episodeClaim(episode, find)),
      againstClaim(story, find),
      ...howOftenClaims(context, story, find),
      ...techniqueClaims(context, find),
      ...pastClaims(context, find),
    ].flatMap(claim => claim ?? []),
    verdict,
    confidence,
    reasons: reasonsOf(story, find),
    techniques: techniquesOf(context, find),
    nextSteps: nextSteps(story),
    unknowns: unknowns(context, story),
  }
}

/** The strongest episodes, told in the order in which they happened. */
function inOrder(episodes: readonly Episode[]): Episode[] {
  return episodes.slice(0, maxEpisodes).sort((a, b) => a.firstSeenMs - b.firstSeenMs)
}

const maxEpisodes = 8

/** The case is what its most serious alert is; past decisions of people are shown, not followed blindly. */
function caseVerdict(context: CaseContext, probability: number): { verdict: Verdict; confidence: number } {
  if (probability >= 0.5) return { verdict: 'true_positive', confidence: probability }
  if (probability >= 0.4) return { verdict: 'undetermined', confidence: 1 - probability }
  const explained = context.assessments.every(assessment => assessment.verdict === 'benign_true_positive')
  return { verdict: explained ? 'benign_true_positive' : 'false_positive', confidence: 1 - probability }
}

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
      : `From ${tellTime(firstSeenMs)}, over ${tellSpan(lastSeenMs - firstSeenMs)},`
  const where = story.hosts.length === 0 ? '' : ` on ${story.hosts.slice(0, 3).join(', ')}`
  const rule =
    top === undefined ? '' : `; the most telling is rule ${top.rule.id}, "${top.rule.description.trim()}"`
  return claim(
    `${when} Wazuh raised ${count(alertCount, 'alert')}${where}, of level ${maxLevel} at most${rule}.`,
    [
      find.kind('related-alerts'),
      top === undefined ? undefined : find.field(top.key, ruleTextPointer(top.generation)),
    ],
  )
}

function ruleTextPointer(generation: 4 | 5): string {
  return generation === 5 ? '/wazuh/rule/title' : '/rule/description'
}

function episodeClaim(episode: Episode, find: CitationFinder): JudgedClaim | undefined {
  const { behaviour, signal, alert, alerts, firstSeenMs } = episode
  const happened = behaviour.happened.replaceAll('HOST', alert.agent.name)
  const detail = alertDetail(alert)
  const shown = signal.decoded === undefined ? detail?.text : `decoded: ${plain(signal.decoded)}`
  const what = shown === undefined || happened.includes(shown) ? '' : `: ${shown}`
  const times = alerts > 1 ? ` (${count(alerts, 'alert')})` : ''
  return claim(`${tellTime(firstSeenMs)}, ${alert.agent.name}: ${happened}${what}${times}.`, [
    find.field(alert.key, signal.pointer, signal.quote),
    detail === undefined || detail.pointer === signal.pointer
      ? undefined
      : find.field(alert.key, detail.pointer, detail.quote),
  ])
}

/** The best reason that speaks against the verdict, where there is a real one: an honest note has both sides. */
function againstClaim(story: CaseStory, find: CitationFinder): JudgedClaim | undefined {
  const { top } = story
  if (top === undefined) return undefined
  const direction = top.assessment.probability >= 0.5 ? 1 : -1
  const against = top.assessment.signals.find(signal => signal.weight * direction <= -0.6)
  if (against === undefined) return undefined
  const side = direction === 1 ? 'Against an attack' : 'For an attack'
  return claim(`${side} speaks: ${against.reason}.`, [
    find.field(top.alert.key, against.pointer, against.quote),
  ])
}

function howOftenClaims(
  context: CaseContext,
  story: CaseStory,
  find: CitationFinder,
): (JudgedClaim | undefined)[] {
  const top = story.top?.alert
  const fired = top?.rule.firedTimes
  return [
    top === undefined || fired === undefined
      ? undefined
      : claim(
          fired === 1
            ? `Over all hosts it was the first time in that hour that rule ${top.rule.id} fired.`
            : `Over all hosts it was time ${fired} in that hour that rule ${top.rule.id} fired.`,
          [find.field(top.key, '/rule/firedtimes')],
        ),
    context.around.length === 0
      ? undefined
      : claim(`Around it, the same hosts raised ${count(context.around.length, 'other alert')}.`, [
          find.kind('related-alerts', `case/${context.case.id}/alerts-around`),
        ]),
    ...context.history.map(fact =>
      claim(
        fact.alertsBefore === 0
          ? `Unusual: no alert of ${fact.subject} in the ${tellSpan(fact.overMs)} before.`
          : `Not new: ${count(fact.alertsBefore, 'alert')} of ${fact.subject} in the ${tellSpan(fact.overMs)} before.`,
        [find.kind('history', `history/${fact.subject}`)],
      ),
    ),
  ]
}

function techniqueClaims(context: CaseContext, find: CitationFinder): (JudgedClaim | undefined)[] {
  const known = context.case.techniques.flatMap(id => {
    const found = currentTechnique(id)
    return found === undefined ? [] : [{ id, title: titleOf(found) }]
  })
  if (known.length === 0) return []
  const named = known.slice(0, 4).map(({ id, title }) => `${id} ${title}`)
  return [
    claim(
      `The rules place it under ATT&CK ${named.join(', ')}${known.length > 4 ? ` and ${known.length - 4} more` : ''}.`,
      known.slice(0, 4).map(({ id }) => find.kind('technique', `attack/${id}`)),
    ),
  ]
}

function pastClaims(context: CaseContext, find: CitationFinder): (JudgedClaim | undefined)[] {
  return context.pastVerdicts.map(past =>
    claim(`An earlier case with ${past.similarity} was decided ${past.verdict.replaceAll('_', ' ')}.`, [
      find.kind('past-verdict', `case/${past.caseId}/verdict`),
    ]),
  )
}

function reasonsOf(story: CaseStory, find: CitationFinder): Brief['reasons'] {
  const top = story.top
  if (top === undefined) return []
  return top.assessment.signals.map(signal => {
    const citation = find.field(top.alert.key, signal.pointer, signal.quote)
    return {
      text: signal.reason,
      weight: signal.weight,
      evidence: citation === undefined ? [] : [citation.id],
    }
  })
}

/** Those of pinned knowledge only: a name that nobody checked is worse than none. */
function techniquesOf(context: CaseContext, find: CitationFinder): BriefTechnique[] {
  return context.case.techniques.flatMap(id => {
    const found = currentTechnique(id)
    const citation = find.kind('technique', `attack/${id}`)
    if (found === undefined || citation === undefined) return []
    return [
      {
        id,
        name: titleOf(found),
        tactics: found.tactics.map(tactic => tactic.name),
        evidence: [citation.id],
      },
    ]
  })
}
