import type { DataClass, ModelTask, TrustZone } from '../domain/data-class.ts'
import type { EvidenceItem } from '../domain/evidence.ts'
import type { ModelQuestion } from '../domain/model-question.ts'
import { dataClassOf, type ValueClass } from '../domain/value-class.ts'
import type { Problem } from '../lib/problem.ts'
import type { CompletionRequest } from '../llm/completion.ts'
import { type ClassCount, classesPresent } from '../policy/classes-present.ts'
import { decide, mustReplace, type Policy, type PolicyDecision } from '../policy/policy.ts'
import { type RedactionRules, redact } from '../redact/redact.ts'
import { Vault } from '../redact/vault.ts'
import type { SentItem } from '../verify/sent-item.ts'
import { markData } from './data-marking.ts'
import { type PromptItem, systemPrompt, userPrompt } from './prompt.ts'
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
}

type Question = Omit<ModelQuestion<unknown>, 'claimsOf'>

/** Decides on a question for a zone. Looks at everything that would be sent; keeps nothing. */
export function decideQuestion(question: Question, zone: TrustZone, rules: RequestRules): QuestionDecision {
  const found = valueClassesOf(question, rules)
  const classes = classesPresent(found)
  const decision = decide(rules.policy, {
    task: question.task,
    zone,
    classes: classes.map(entry => entry.class),
  })
  return { ...decision, zone, classes }
}

/** Every sensitive value in a question, by class; none is kept readable here. */
function valueClassesOf(question: Question, rules: RequestRules): ValueClass[] {
  const scratch = new Vault(question.tenant, question.caseId)
  const all = { ...rules.redaction, keep: new Set<string>() }
  return textsOf(question).flatMap(text => redact(text, scratch, all).replacements.map(each => each.class))
}

function textsOf(question: Question): string[] {
  const items = question.evidence.flatMap(({ label, quote, facts }) => [label, quote, factsTextOf(facts)])
  return [...items, question.request ?? ''].filter(text => text !== '')
}

/**
 * Builds the request for a zone, replacing every class that policy does not allow there as it is. Adds to `vault`.
 * `boundary` is new for each call and cannot be guessed by who wrote the data.
 */
export function buildRequest(
  question: Question,
  zone: TrustZone,
  rules: RequestRules,
  vault: Vault,
  boundary: string,
): BuiltRequest {
  const redaction = { ...rules.redaction, keep: keptFor(question, zone, rules) }
  const placeholders = new Set<string>()
  const problems: Problem[] = []
  const clean = (text: string) => {
    const done = redact(text, vault, redaction)
    for (const { placeholder } of done.replacements) placeholders.add(placeholder)
    problems.push(...done.problems)
    return done.text
  }
  const items = question.evidence.map((item): PromptItem => {
    const quote = clean(item.quote.replaceAll(boundary, ''))
    const factsText = item.facts === undefined ? undefined : clean(factsTextOf(item.facts))
    const markedQuote = item.trust === 'attacker-controlled' ? markData(quote) : quote
    return { ...item, label: clean(item.label), quote, markedQuote, factsText }
  })
  const request = question.request === undefined ? undefined : clean(question.request)
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
    placeholders,
    constants: [system, JSON.stringify(schema), ...kinds],
    problems,
  }
}

function sentItem({ id, trust, label, quote, factsText }: PromptItem): SentItem {
  return { id, trust, label, quote, facts: factsText ?? '' }
}

/** Value classes that stay readable in a zone: those of policy, and those whose data class may go there as it is. */
function keptFor(
  question: { readonly task: ModelTask } & Question,
  zone: TrustZone,
  rules: RequestRules,
): Set<string> {
  const present = new Set(valueClassesOf(question, rules))
  const allowed = [...present].filter(
    valueClass => !mustReplace(rules.policy, { task: question.task, zone }, dataClass(valueClass)),
  )
  return new Set([...rules.policy.redaction.keep, ...allowed])
}

const dataClass = (valueClass: ValueClass): DataClass => dataClassOf(valueClass)

function factsTextOf(facts: EvidenceItem['facts']): string {
  return facts === undefined ? '' : JSON.stringify(facts)
}
