import type { JudgedClaim } from '../../domain/claim.ts'
import { type EvidenceDraft, type EvidenceItem, numberEvidence } from '../../domain/evidence.ts'
import type { Answer, AnswerSentence, ToolCall } from '../answer.ts'
import { answerByCode, answerOf, readQuestion } from '../answer-question.ts'
import { questionToQuery } from '../search/question-to-query.ts'
import { runTool, type ToolFinding, toolsFor } from '../tools/tool.ts'
import { planQuestion } from './plan-question.ts'
import { readFindings, withoutVerdict } from './read-findings.ts'
import { routeQuestion, wantsReasoning } from './route-question.ts'
import type { PlannedStep, TakenStep, TurnAnswer, TurnEvent, TurnPorts, TurnRequest } from './turn.ts'

const rowsTold = 10

const draftWords = {
  steps:
    'These steps can be prepared for this case. A draft does nothing until a person submits it and others approve it.',
  rule: 'A rule can be drafted. It is your draft: it is tested, submitted and approved before it is deployed.',
} as const

const help = `Ask in words, or: /attack WORDS or ID · /ioc VALUE · /host NAME · /query WORDS · /explain RULE, TECHNIQUE or LOG LINE · /draft (on a case) · /draft rule WORDS.`

/**
 * One question and its answer. Code answers what it knows, in milliseconds; a model plans and reads only where code does
 * not, or where the person asks for it. Without a model, or where policy, the budget or the verification says no, what
 * the searches found is told by code. Throws only when cancelled.
 */
export async function takeTurn(
  request: TurnRequest,
  ports: TurnPorts,
  emit: (event: TurnEvent) => void,
  signal: AbortSignal,
): Promise<TurnAnswer> {
  const tools = toolsFor(ports.tools, request.asker)
  const offered = new Set(tools.map(tool => tool.name))
  const byCode = await codeAnswer(request, ports, offered, emit, signal)
  const { model } = ports
  const askModel =
    model !== undefined &&
    (request.mode === 'model' ||
      (request.mode === 'auto' &&
        !request.text.startsWith('/') &&
        (byCode === undefined || wantsReasoning(request.text))))
  if (!askModel) {
    if (byCode !== undefined)
      return { ...byCode, canAskModel: model !== undefined && !request.text.startsWith('/') }
    return { ...(await notFound(request, ports, emit, signal)), canAskModel: model !== undefined }
  }
  emit({
    kind: 'route',
    route: 'model',
    why: byCode === undefined ? 'code does not know this kind of question' : 'it asks for more than a fact',
  })
  const plan = await planQuestion(request, model, tools, ports.clock.now(), signal)
  const planned = plan.kind === 'planned' ? plan.steps : fallbackSteps(request, offered)
  emit({ kind: 'plan', steps: planned })
  const { steps, findings } = await carryOut(planned, request, ports, emit, signal)
  const known = byCode === undefined ? [] : byCode.evidence.map(({ id: _number, ...draft }) => draft)
  const evidence = numberEvidence(distinct([...known, ...findings.flatMap(finding => finding.evidence)]))
  if (evidence.length === 0) {
    const reason = plan.kind === 'failed' ? plan.reason : null
    return {
      ...(byCode ?? (await notFound(request, ports, emit, signal))),
      steps,
      modelReason: reason,
      canAskModel: false,
    }
  }
  const revealing: Promise<void>[] = []
  const onClaim = (claim: JudgedClaim) => {
    revealing.push(
      model
        .reveal(request.asker.tenant, request.chatId, claim)
        .then(revealed => emit({ kind: 'sentence', claim: revealed })),
    )
  }
  const read = await readFindings(request, evidence, model, onClaim, signal)
  await Promise.all(revealing)
  const told = toldByCode(byCode, findings, evidence)
  const base = {
    evidence,
    techniques: byCode?.techniques ?? [],
    toolCalls: callsOf(steps),
    steps,
    canAskModel: false,
    query: null,
  }
  if (read.kind !== 'answered' || read.claims.length === 0) {
    const reason = read.kind === 'answered' ? 'the model found no answer in what was found' : read.reason
    return {
      ...base,
      ...joined(told),
      route: 'deterministic',
      model: null,
      problems: [],
      modelReason: reason,
    }
  }
  const claims = await model.reveal(request.asker.tenant, request.chatId, read.claims.map(withoutVerdict))
  const sentences = claims.map(
    (claim): AnswerSentence => ({
      text: claim.text,
      evidence: [...new Set(claim.evidence.map(citation => citation.id))],
      status: claim.status,
      ...(claim.reasons.length === 0 ? {} : { reasons: claim.reasons }),
    }),
  )
  return { ...base, ...joined(sentences), route: 'model', model: read.model, problems: [], modelReason: null }
}

/** What code alone makes of it: a slash command, live state, or one of the answerers. */
async function codeAnswer(
  request: TurnRequest,
  ports: TurnPorts,
  offered: ReadonlySet<string>,
  emit: (event: TurnEvent) => void,
  signal: AbortSignal,
): Promise<TurnAnswer | undefined> {
  const route = routeQuestion(request.text, request.context, offered)
  const code = (why: string) => emit({ kind: 'route', route: 'code', why })
  if (route?.kind === 'help') return plain(answerOf({ sentences: [{ text: help, evidence: [] }] }))
  if (route?.kind === 'draft')
    return plain(
      answerOf({
        sentences: [
          {
            text: draftWords[route.of],
            evidence: [],
          },
        ],
      }),
    )
  const { caseId } = request.context
  const alerts = () => (caseId === undefined ? ports.data.alerts.current() : ports.data.alerts.ofCase(caseId))
  const data = async () => ({
    alerts: await alerts(),
    rankTechniques: ports.data.rankTechniques,
    ...(ports.data.attack && { attack: ports.data.attack }),
    nowMs: ports.clock.now(),
  })
  if (route?.kind === 'query') {
    const understood = questionToQuery(readQuestion(route.text), await data())
    const words = Object.entries(understood.understood).map(([name, value]) => `${name} ${value}`)
    const text = `I understood: ${words.length === 0 ? 'all alerts' : words.join(', ')}. The search is below: look at it, change it, and run it.`
    return { ...plain(answerOf({ sentences: [{ text, evidence: [] }] })), query: understood }
  }
  if (route !== undefined) {
    code('it asks for live state')
    return takeSteps(route.steps, request, ports, emit, signal)
  }
  const found = answerByCode(request.text, await data())
  if (found === undefined) return undefined
  code('code knows this kind of question')
  return plain(found)
}

/** Takes these searches with the rights of the asker, and tells by code what they found. No model is asked. */
export async function takeSteps(
  planned: readonly PlannedStep[],
  request: TurnRequest,
  ports: TurnPorts,
  emit: (event: TurnEvent) => void,
  signal: AbortSignal,
): Promise<TurnAnswer> {
  emit({ kind: 'plan', steps: planned })
  const { steps, findings } = await carryOut(planned, request, ports, emit, signal)
  const evidence = numberEvidence(distinct(findings.flatMap(finding => finding.evidence)))
  const failures = steps
    .filter(step => step.failed)
    .map((step): AnswerSentence => ({ text: step.summary, evidence: [], status: 'computed' }))
  const told = joined([...toldByCode(undefined, findings, evidence), ...failures])
  return { ...plain({ ...emptyAnswer, ...told, evidence, toolCalls: callsOf(steps) }), steps }
}

/** Nothing answers it: the documentation may, and else that is said. */
async function notFound(
  request: TurnRequest,
  ports: TurnPorts,
  emit: (event: TurnEvent) => void,
  signal: AbortSignal,
): Promise<TurnAnswer> {
  const aboutUs = /\btocsin\b|\b(how do i|how can i|where (?:is|can i)|setting|configure|install)\b/i.test(
    request.text,
  )
  if (aboutUs) {
    const steps = [{ tool: 'search_documents', input: { text: request.text.slice(0, 500), limit: 3 } }]
    const taken = await carryOut(steps, request, ports, emit, signal)
    const evidence = numberEvidence(distinct(taken.findings.flatMap(finding => finding.evidence)))
    if (evidence.length > 0)
      return {
        ...plain({ ...emptyAnswer, ...joined(toldByCode(undefined, taken.findings, evidence)), evidence }),
        steps: taken.steps,
      }
  }
  const text = `I could not find it. ${help}`
  return plain(answerOf({ sentences: [{ text, evidence: [] }] }))
}

const emptyAnswer: Answer = {
  answer: '',
  sentences: [],
  evidence: [],
  route: 'deterministic',
  techniques: [],
  toolCalls: [],
  model: null,
  problems: [],
}

function plain(answer: Answer): TurnAnswer {
  return { ...answer, steps: [], modelReason: null, canAskModel: false, query: null }
}

/** Where no plan could be had: the searches that fit most questions. */
function fallbackSteps(request: TurnRequest, offered: ReadonlySet<string>): PlannedStep[] {
  const { caseId, entity } = request.context
  return [
    ...(caseId === undefined ? [] : [{ tool: 'read_case', input: { case_id: caseId } }]),
    ...(entity === undefined ? [] : [{ tool: 'entity_timeline', input: { value: entity.value } }]),
    { tool: 'search_documents', input: { text: request.text.slice(0, 500) } },
  ].filter(step => offered.has(step.tool))
}

async function carryOut(
  planned: readonly PlannedStep[],
  request: TurnRequest,
  ports: TurnPorts,
  emit: (event: TurnEvent) => void,
  signal: AbortSignal,
): Promise<{ steps: TakenStep[]; findings: ToolFinding[] }> {
  const context = { asker: request.asker, nowMs: ports.clock.now(), signal }
  const findings: ToolFinding[] = []
  const steps: TakenStep[] = []
  for (const [index, step] of planned.entries()) {
    const outcome = await runTool(ports.tools, step.tool, step.input, context)
    if (outcome.kind === 'found') findings.push(outcome.finding)
    const summary =
      outcome.kind === 'found' ? outcome.finding.summary : `${step.tool} found nothing: ${outcome.reason}`
    const taken = { ...step, summary, failed: outcome.kind === 'failed' }
    steps.push(taken)
    emit({ kind: 'step', index, step: taken })
  }
  return { steps, findings }
}

/** Findings as sentences by code: the summary, then the first rows, each with its own evidence. */
function toldByCode(
  known: Answer | undefined,
  findings: readonly ToolFinding[],
  evidence: readonly EvidenceItem[],
): AnswerSentence[] {
  const idOf = (draft: EvidenceDraft) =>
    evidence.find(
      item => item.source === draft.source && item.pointer === draft.pointer && item.quote === draft.quote,
    )?.id
  const computed = 'computed' as const
  return [
    ...(known?.sentences ?? []),
    ...findings.flatMap(finding => {
      const [first] = finding.evidence
      const rows = rowsOf(finding)
      return [
        {
          text: finding.summary,
          evidence: first === undefined ? [] : idsOf([idOf(first)]),
          status: computed,
        },
        ...rows.map(({ text, drafts }) => ({ text, evidence: idsOf(drafts.map(idOf)), status: computed })),
        ...(finding.rows.length > 0 && rows.length === 0
          ? finding.rows.slice(0, rowsTold).map(row => ({
              text: Object.entries(row)
                .map(
                  ([name, value]) => `${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`,
                )
                .join(', '),
              evidence: first === undefined ? [] : idsOf([idOf(first)]),
              status: computed,
            }))
          : []),
      ]
    }),
  ]
}

/** What a finding holds, each thing once: an alert in one sentence, its log line one click away. */
function rowsOf(
  finding: ToolFinding,
): { readonly text: string; readonly drafts: readonly EvidenceDraft[] }[] {
  const groups = new Map<string, EvidenceDraft[]>()
  for (const draft of finding.evidence) {
    if (draft.kind === 'aggregate') continue
    // A pointer leads into an alert; other rows are whole by themselves.
    const key = draft.pointer.startsWith('/') ? draft.source : `${draft.source}\0${draft.quote}`
    groups.set(key, [...(groups.get(key) ?? []), draft])
  }
  return [...groups.values()].slice(0, rowsTold).flatMap(drafts => {
    const [first] = drafts
    if (first === undefined) return []
    return [{ text: first.pointer.startsWith('/') ? `${first.label}: ${first.quote}` : first.quote, drafts }]
  })
}

const idsOf = (ids: readonly (string | undefined)[]) => ids.filter(id => id !== undefined)

function distinct(drafts: readonly EvidenceDraft[]): EvidenceDraft[] {
  return [
    ...new Map(drafts.map(draft => [`${draft.source}\0${draft.pointer}\0${draft.quote}`, draft])).values(),
  ]
}

function joined(sentences: readonly AnswerSentence[]): Pick<Answer, 'answer' | 'sentences'> {
  return { answer: sentences.map(sentence => sentence.text).join(' '), sentences }
}

function callsOf(steps: readonly TakenStep[]): ToolCall[] {
  return steps.map(step => ({
    tool: step.tool,
    arguments: argumentsOf(step),
    rows: step.failed ? 0 : 1,
  }))
}

function argumentsOf(step: PlannedStep): Record<string, string | number> {
  return Object.fromEntries(
    Object.entries(step.input).map(([name, value]) => [
      name,
      typeof value === 'number' ? value : typeof value === 'string' ? value : JSON.stringify(value),
    ]),
  )
}
