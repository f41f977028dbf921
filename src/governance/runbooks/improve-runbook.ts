import { z } from 'zod'
import { struckStatuses } from '../../domain/claim.ts'
import { type EvidenceDraft, numberEvidence } from '../../domain/evidence.ts'
import type { Inventory } from '../../domain/inventory.ts'
import type { AskModel } from '../../domain/model-question.ts'
import type { DecidedCase } from '../../store/closed-cases.ts'
import { redactForReuse } from '../redact-for-reuse.ts'
import type { RunbookSubject } from './draft-runbook.ts'

export const runbookPrompt = 'runbook-1'

const sentence = z.object({
  text: z.string().max(400),
  evidence: z.array(z.object({ id: z.string().max(8), quote: z.string().max(300) })).max(4),
})
const answerSchema = z.object({ steps: z.array(sentence).min(1).max(10) })

const instructions = `You help a small security team to keep a runbook for one detection rule. The evidence holds the runbook as
it is and what people decided about cases of the rule since. Propose steps or remarks that the runbook lacks: what to look at,
what tells an attack from an innocent cause, when to escalate. Each is one short sentence that the evidence bears out. Do not
repeat what the runbook says already.`

export type ImprovedRunbook =
  | { readonly kind: 'improved'; readonly text: string; readonly model: string; readonly added: number }
  | { readonly kind: 'not-improved'; readonly reason: string }

const mostCases = 30

/**
 * Asks a model what a runbook lacks. It is sent the runbook and the decided cases without names, so that a model for public data
 * may be asked; what comes back stands under a heading of its own, only sentences that the evidence bore out, for a person to
 * take over or leave.
 */
export async function improveRunbook(
  parts: { readonly ask: AskModel; readonly tenant: string; readonly inventory: Inventory },
  subject: RunbookSubject & { readonly text: string },
  cases: readonly DecidedCase[],
  signal: AbortSignal,
): Promise<ImprovedRunbook> {
  const { clean, refuseLeak } = redactForReuse(parts.inventory, `runbook ${subject.ruleId}`, [instructions])
  const item = (kind: string, quote: string, label: string): EvidenceDraft => ({
    kind,
    source: 'runbook',
    pointer: '',
    quote,
    trust: 'human',
    label,
  })
  const evidence = numberEvidence([
    ...clean(subject.text)
      .split('\n')
      .filter(line => line.trim() !== '')
      .slice(0, 60)
      .map(line => item('runbook-line', line.slice(0, 400), 'A line of the runbook')),
    ...cases
      .slice(0, mostCases)
      .map(({ verdict, reason, actions }) =>
        item(
          'decided-case',
          `decided ${verdict}: ${clean(reason).slice(0, 300)}${actions.length === 0 ? '' : `; done: ${actions.join(', ')}`}`,
          'What people decided about a case of the rule',
        ),
      ),
  ])
  refuseLeak(
    evidence.map(({ quote }) => quote).join('\n'),
    'runbook-leak',
    `what would be sent of rule ${subject.ruleId}`,
  )
  const answer = await parts.ask(
    {
      task: 'runbook',
      tenant: parts.tenant,
      caseId: `runbook-${subject.ruleId}`,
      instructions,
      promptVersion: runbookPrompt,
      evidence,
      schema: answerSchema,
      claimsOf: ({ steps }) => steps,
      maxOutputTokens: 1200,
    },
    signal,
  )
  if (answer.kind !== 'answered') return { kind: 'not-improved', reason: answer.reason }
  const held = answer.claims.filter(({ status }) => !struckStatuses.includes(status)).map(({ text }) => text)
  if (held.length === 0)
    return {
      kind: 'not-improved',
      reason: 'nothing that the model proposed is borne out by what people decided',
    }
  const text = `${subject.text.trimEnd()}\n\n## Proposed by ${answer.model}\n\n${held.map(line => `- ${line}`).join('\n')}\n`
  return { kind: 'improved', text, model: answer.model, added: held.length }
}
