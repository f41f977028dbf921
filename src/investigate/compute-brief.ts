import type { Brief, BriefTechnique } from '../domain/brief.ts'
import type { EvidenceItem } from '../domain/evidence.ts'
import type { Verdict } from '../domain/verdict.ts'
import type { CaseContext } from '../evidence/case-context.ts'
import { techniqueOf } from '../evidence/technique.ts'
import { briefClaims } from './brief-claims.ts'
import type { CaseStory } from './case-story.ts'
import { type CitationFinder, citationFinder } from './citations.ts'
import { headline } from './headline.ts'
import { nextSteps } from './next-steps.ts'
import { unknowns } from './unknowns.ts'

/**
 * Brief 0: the account of a case that code can give from its evidence alone, without a model, in milliseconds. Each
 * claim says only what the evidence it cites says.
 */
export function computeBrief(
  context: CaseContext,
  story: CaseStory,
  evidence: readonly EvidenceItem[],
): Brief {
  const find = citationFinder(evidence)
  const { verdict, confidence } = caseVerdict(context)
  return {
    origin: { kind: 'computed' },
    headline: headline(context, story),
    claims: briefClaims(context, story, find),
    verdict,
    confidence,
    reasons: reasonsOf(story, find),
    techniques: techniquesOf(context, evidence, find),
    nextSteps: nextSteps(story),
    unknowns: unknowns(context, story),
  }
}

/** A case below this probability is called harmless. */
export const harmlessBelow = 0.4

/** The case is what its most serious alert is; past decisions of people are shown, not followed blindly. */
export function caseVerdict(context: CaseContext): { verdict: Verdict; confidence: number } {
  const probability = context.assessments.reduce((most, each) => Math.max(most, each.probability), 0)
  if (probability >= 0.6) return { verdict: 'true_positive', confidence: probability }
  if (probability >= harmlessBelow)
    return { verdict: 'undetermined', confidence: Math.max(probability, 1 - probability) }
  const explained = context.assessments.every(assessment => assessment.verdict === 'benign_true_positive')
  return { verdict: explained ? 'benign_true_positive' : 'false_positive', confidence: 1 - probability }
}

function reasonsOf(story: CaseStory, find: CitationFinder): Brief['reasons'] {
  const top = story.top
  if (top === undefined) return []
  return top.assessment.signals.map(signal => {
    const citation = find.field(top.alert.key, signal.pointer, signal.quote)
    return {
      text: signal.reason,
      weight: Math.round(signal.weight * 100) / 100,
      evidence: citation === undefined ? [] : [citation.id],
    }
  })
}

/**
 * Those that the alerts name and those that a matching YARA rule's metadata names; of pinned knowledge only: a name that
 * nobody checked is worse than none.
 */
function techniquesOf(
  context: CaseContext,
  evidence: readonly EvidenceItem[],
  find: CitationFinder,
): BriefTechnique[] {
  const cited = evidence.flatMap(item =>
    item.kind === 'technique' ? [item.source.replace('attack/', '')] : [],
  )
  return [...new Set([...context.case.techniques, ...cited])].flatMap(id => {
    const found = techniqueOf(context, id)
    const citation = find.kind('technique', `attack/${id}`)
    if (found === undefined || citation === undefined) return []
    return [
      {
        id,
        name: found.title,
        tactics: found.tactics.map(tactic => tactic.name),
        evidence: [citation.id],
      },
    ]
  })
}
