import type { ModelTask, TrustZone } from '../domain/data-class.ts'
import type { EvidenceItem } from '../domain/evidence.ts'
import type { Inventory } from '../domain/inventory.ts'
import type { ModelQuestion } from '../domain/model-question.ts'
import { dataClassOf, type ValueClass } from '../domain/value-class.ts'
import { AppError } from '../lib/app-error.ts'
import type { Problem } from '../lib/problem.ts'
import type { CompletionRequest } from '../llm/completion.ts'
import { type ClassCount, classesPresent } from '../policy/classes-present.ts'
import { decide, mustReplace, type Policy, type PolicyDecision } from '../policy/policy.ts'
import type { RedactionRules } from '../redact/redact.ts'
import type { Vault } from '../redact/vault.ts'
import type { SentItem } from '../verify/sent-item.ts'
import { markData } from './data-marking.ts'
import { type PromptItem, systemPrompt, userPrompt } from './prompt.ts'
import { classesIn, redactTogether, type SearchedTexts, searchTogether } from './redact-together.ts'
import { strictSchema } from './strict-schema.ts'

/** What decides how a question may be put, and to whom. */
export interface RequestRules {
  readonly policy: Policy
  readonly redaction: RedactionRules
}

/** What policy says of a question before anything is built. */
export interface QuestionDecision extends PolicyDecision {
  readonly zone: TrustZone
  /** What is in the question, before redaction. */
  readonly classes: readonly ClassCount[]
}

/** A request as it would be sent, and what is needed to check what comes back. */
export interface BuiltRequest {
  readonly completion: CompletionRequest
  /** The evidence as the model sees it, data marks taken out: what claims are verified against. */
  readonly evidence: readonly SentItem[]
  /** Placeholders that stand in it. */
  readonly placeholders: ReadonlySet<string>
  /** What we wrote ourselves, for the egress scan. */
  readonly constants: readonly string[]
  readonly problems: readonly Problem[]
  readonly replacedClasses: ReadonlySet<ValueClass>
}

/**
 * Whether a request that was built with `forbidden` may go where the decision says. The decision was made on what
 * redaction found: a secret that only the scan found may belong to a class that must not go there even as a placeholder.
 */
export function mayStillGo(
  { task }: Question,
  { replacedClasses }: BuiltRequest,
  { zone, classes }: QuestionDecision,
  { policy }: RequestRules,
): boolean {
  const present = [...classes.map(entry => entry.class), ...[...replacedClasses].map(dataClassOf)]
  const { decision } = decide(policy, { task, zone, classes: [...new Set(present)] })
  return decision === 'allow' || decision === 'pseudonymise' || (decision === 'local' && zone === 'local')
}

type Question = Omit<ModelQuestion<unknown>, 'claimsOf'>

/** Looks through everything of a question that would be sent, once. */
export function searchQuestion(question: Question, rules: RequestRules): SearchedTexts {
  return searchTogether(textsOf(question), rules.redaction)
}

/** Decides on a searched question for a zone. */
export function decideQuestion(
  { task }: Question,
  searched: SearchedTexts,
  zone: TrustZone,
  rules: RequestRules,
): QuestionDecision {
  const classes = classesPresent(classesIn(searched))
  const decision = decide(rules.policy, { task, zone, classes: classes.map(entry => entry.class) })
  return { ...decision, zone, classes }
}

/** Everything of a question that comes from data: label, quote and facts of each item, then the person's words. */
function textsOf({ evidence, request = '' }: Question): string[] {
  return [...evidence.flatMap(({ label, quote, facts }) => [label, quote, factsTextOf(facts)]), request]
}

/**
 * Builds the request that a decision was made on, replacing every class that policy does not allow in its zone as it
 * is. Adds to `vault`. `boundary` is new for each call and cannot be guessed by who wrote the data. With `forbidden`, what
 * the scan of the bytes would stop on is replaced, too: it costs several scans, and nearly no request needs it.
 */
export function buildRequest(
  question: Question,
  searched: SearchedTexts,
  decision: QuestionDecision,
  rules: RequestRules,
  vault: Vault,
  boundary: string,
  forbidden?: Inventory,
): BuiltRequest {
  const redaction = { ...rules.redaction, keep: keptFor(question.task, decision, rules) }
  const bounded = withoutBoundary(searched, boundary, rules)
  const { texts: clean, ...rest } = redactTogether(bounded, vault, redaction, forbidden)
  const textAt = (index: number) => {
    const text = clean[index]
    if (text === undefined) throw new AppError('unreachable', `text ${index} of a question was not redacted`)
    return text
  }
  const items = question.evidence.map((item, index): PromptItem => {
    const [label, quote, factsText] = [textAt(index * 3), textAt(index * 3 + 1), textAt(index * 3 + 2)]
    const markedQuote = item.trust === 'attacker-controlled' ? markData(quote) : quote
    return { ...item, label, quote, markedQuote, factsText: item.facts === undefined ? undefined : factsText }
  })
  const request = question.request === undefined ? undefined : textAt(question.evidence.length * 3)
  const schema = strictSchema(question.schema)
  const system = systemPrompt(question.instructions, boundary)
  const kinds = items.map(item => item.kind)
  return {
    completion: {
      system,
      messages: [{ role: 'user', text: userPrompt(items, request, boundary) }],
      schema,
      schemaName: question.task.replaceAll('-', '_'),
      maxOutputTokens: question.maxOutputTokens,
      temperature: 0,
    },
    evidence: items.map(sentItem),
    ...rest,
    constants: [system, JSON.stringify(schema), ...kinds],
  }
}

/** Nobody can guess the boundary; if it stands in the data all the same, it is taken out of it. */
function withoutBoundary(searched: SearchedTexts, boundary: string, rules: RequestRules): SearchedTexts {
  if (!searched.whole.text.includes(boundary)) return searched
  return searchTogether(
    searched.texts.map(text => text.replaceAll(boundary, '')),
    rules.redaction,
  )
}

function sentItem({ id, trust, label, quote, factsText }: PromptItem): SentItem {
  return { id, trust, label, quote, facts: factsText ?? '' }
}

/** Value classes that stay readable in a zone: those of policy, and those whose data class may go there as it is. */
function keptFor(task: ModelTask, { zone, classes }: QuestionDecision, rules: RequestRules): Set<string> {
  const present = classes.flatMap(({ values }) => values.map(value => value.class))
  const allowed = present.filter(
    valueClass => !mustReplace(rules.policy, { task, zone }, dataClassOf(valueClass)),
  )
  return new Set([...rules.policy.redaction.keep, ...allowed])
}

function factsTextOf(facts: EvidenceItem['facts']): string {
  return facts === undefined ? '' : JSON.stringify(facts)
}
