import { z } from 'zod'
import { draftPlaybook } from '../../chat/playbooks/draft-playbook.ts'
import { examplePlaybooks } from '../../chat/playbooks/example-playbooks.ts'
import {
  caseParameter,
  fillStep,
  type PlaybookStep,
  playbookProblems,
} from '../../chat/playbooks/playbook.ts'
import { takeSteps, takeTurn } from '../../chat/turn/take-turn.ts'
import type { TurnPorts, TurnRequest } from '../../chat/turn/turn.ts'
import { includesRole, type Role, roles } from '../../domain/role.ts'
import type { Clock } from '../../lib/clock.ts'
import type { Database } from '../../lib/database.ts'
import type { IdSource } from '../../lib/ids.ts'
import { caseEntities, findCase } from '../../store/case-read.ts'
import { chatMessages, findChat } from '../../store/chats.ts'
import { peopleByIds } from '../../store/people.ts'
import {
  deletePlaybook,
  findPlaybook,
  findPlaybookRun,
  insertPlaybookRun,
  insertPlaybookRunStep,
  listPlaybookRuns,
  listPlaybooks,
  type PlaybookRow,
  type PlaybookRunRow,
  playbookRunSteps,
  savePlaybook,
} from '../../store/playbooks.ts'
import { wasDone } from '../contract.ts'
import { turnAnswer } from '../contract-assistant.ts'
import {
  type PlaybookContent,
  type PlaybookRunView,
  type PlaybookStepView,
  type PlaybookView,
  playbookContent,
  playbookEndpoints,
} from '../contract-playbooks.ts'
import { RequestError } from '../http-error.ts'
import { type Caller, type Route, route } from '../route.ts'
import { branchOf, turnView } from './assistant-routes.ts'
import { askerOf } from './chat-routes.ts'
import { requireHypothesis } from './learning-mode.ts'
import { personView } from './person-view.ts'
import type { RunningAnswers } from './running-answers.ts'
import { actorId, personOf } from './session-routes.ts'

export interface PlaybookRouteParts {
  readonly database: Database
  readonly tenant: string
  readonly clock: Clock
  readonly ids: IdSource
  readonly turn: TurnPorts
  readonly running: RunningAnswers
  /** Fires when the server stops: running steps end. */
  readonly stopping: AbortSignal
}

/** Playbooks: written, drafted from a chat, and run on a case one step after the other. */
export function playbookRoutes(parts: PlaybookRouteParts): Route[] {
  const { database, tenant, clock, ids } = parts
  const existing = async (id: string): Promise<PlaybookRow> => {
    const row = await findPlaybook(database, tenant, id)
    if (row === undefined) throw new RequestError('not-found', `there is no playbook ${id}`, 'params/id')
    return row
  }
  const save = async (id: string, content: PlaybookContent, by: string, createdMs: number) => {
    const [problem, ...more] = playbookProblems(content, parts.turn.tools)
    if (problem !== undefined)
      throw new RequestError('bad-request', [problem, ...more].slice(0, 5).join('; '), 'body/steps')
    const { name, description, parameters, steps } = content
    const body = { parameters, steps }
    await savePlaybook(database, tenant, {
      id,
      name,
      description,
      body,
      changedBy: by,
      createdMs,
      changedMs: clock.now(),
    })
    const [view] = await playbookViews(parts, [await existing(id)])
    if (view === undefined) throw new RequestError('not-found', `there is no playbook ${id}`)
    return view
  }
  const readable = async (id: string, caller: Caller): Promise<PlaybookRunRow> => {
    const run = await findPlaybookRun(database, tenant, id)
    if (run === undefined || !mayRead(run, caller))
      throw new RequestError('not-found', `there is no run ${id} that you may read`, 'params/id')
    return run
  }
  return [
    route(playbookEndpoints.listPlaybooks, async () => ({
      playbooks: await playbookViews(parts, await listPlaybooks(database, tenant)),
    })),
    route(playbookEndpoints.listExamplePlaybooks, async () => ({
      examples: examplePlaybooks.map(({ parameters, steps, ...example }) => ({
        ...example,
        parameters: [...parameters],
        steps: steps.map(viewOfStep),
      })),
    })),
    route(playbookEndpoints.createPlaybook, ({ body, caller }) =>
      save(ids.next('playbook'), body, actorId(caller), clock.now()),
    ),
    route(playbookEndpoints.changePlaybook, async ({ params, body, caller }) => {
      const { createdMs } = await existing(params.id)
      return save(params.id, body, actorId(caller), createdMs)
    }),
    route(playbookEndpoints.deletePlaybook, async ({ params }) => {
      if (!(await deletePlaybook(database, tenant, params.id)))
        throw new RequestError('not-found', `there is no playbook ${params.id}`, 'params/id')
      return wasDone
    }),
    route(playbookEndpoints.draftPlaybook, async ({ params, query, caller }) => {
      const chat = await findChat(database, tenant, actorId(caller), params.id)
      if (chat === undefined)
        throw new RequestError('not-found', `you have no chat ${params.id}`, 'params/id')
      const messages = await chatMessages(database, tenant, chat.id)
      const branch = branchOf(messages, query.messageId ?? messages.at(-1)?.id ?? null)
      const questions = branch.filter(message => message.kind === 'question').map(message => message.text)
      const entities = chat.caseId === null ? [] : await caseEntities(database, tenant, chat.caseId, 200)
      const { parameters, steps } = draftPlaybook(questions, { caseId: chat.caseId, entities })
      return { name: chat.title, parameters: [...parameters], steps: steps.map(viewOfStep) }
    }),
    route(playbookEndpoints.startRun, async ({ params, body, caller }) => {
      const person = personOf(caller).user
      const playbook = await existing(params.id)
      const found = await findCase(database, tenant, body.caseId)
      if (found === undefined)
        throw new RequestError('not-found', `there is no case ${body.caseId}`, 'body/caseId')
      await requireHypothesis(database, tenant, person.id, body.hypothesis)
      const { parameters } = storedContent(playbook.body)
      const missing = parameters.filter(({ name }) => (body.values[name] ?? '') === '')
      if (missing.length > 0)
        throw new RequestError(
          'bad-request',
          `give a value for ${missing.map(({ label }) => label).join(', ')}`,
          'body/values',
        )
      const values = Object.fromEntries(parameters.map(({ name }) => [name, body.values[name] ?? '']))
      const nowMs = clock.now()
      const run = {
        id: ids.next('run'),
        caseId: body.caseId,
        playbookId: playbook.id,
        name: playbook.name,
        body: playbook.body,
        input: { values, hypothesis: body.hypothesis ?? null },
        byId: person.id,
        byRole: person.role,
        createdMs: nowMs,
        changedMs: nowMs,
      }
      await insertPlaybookRun(database, tenant, run)
      return runView(parts, run)
    }),
    route(playbookEndpoints.listRuns, async ({ query, caller }) => {
      const rows = (await listPlaybookRuns(database, tenant, query.caseId)).filter(run =>
        mayRead(run, caller),
      )
      const names = await peopleByIds(database, tenant, [...new Set(rows.map(row => row.byId))])
      return {
        runs: rows.map(({ id, name, body, byId, taken, createdMs }) => {
          const by = names.find(each => each.id === byId)
          const steps = storedContent(body).steps.length
          return { id, name, by: personView(byId, by?.username, by?.displayName), steps, taken, createdMs }
        }),
      }
    }),
    route(playbookEndpoints.readRun, async ({ params, caller }) =>
      runView(parts, await readable(params.id, caller)),
    ),
    route(playbookEndpoints.takeStep, async ({ params, body, caller, signal }) => {
      const run = await readable(params.id, caller)
      if (run.byId !== actorId(caller))
        throw new RequestError('forbidden', 'a run goes on with the rights of the person who started it')
      const taken = (await playbookRunSteps(database, tenant, run.id)).length
      const { steps } = storedContent(run.body)
      if (body.step !== taken || steps[taken] === undefined)
        throw new RequestError(
          'conflict',
          taken >= steps.length
            ? 'every step of this run is behind it'
            : `step ${taken + 1} is next: another window may have gone on`,
          'body/step',
        )
      const answer = body.skip
        ? null
        : await parts.running.during(run.byId, () => answerStep(parts, run, taken, caller, signal))
      const row = { step: taken, state: body.skip ? 'skipped' : 'done', answer, atMs: clock.now() } as const
      if (!(await insertPlaybookRunStep(database, tenant, run.id, row)))
        throw new RequestError('conflict', `step ${taken + 1} has just been taken in another window`)
      return runView(parts, run)
    }),
  ]
}

/** What a run found is for those who could have found it themselves. */
function mayRead(run: Pick<PlaybookRunRow, 'byId' | 'byRole'>, caller: Caller): boolean {
  const { id, role } = personOf(caller).user
  const needed = roles.find((each): each is Role => each === run.byRole)
  return run.byId === id || (needed !== undefined && includesRole(role, needed))
}

async function answerStep(
  { turn, stopping, tenant }: PlaybookRouteParts,
  run: PlaybookRunRow,
  index: number,
  caller: Caller,
  signal: AbortSignal,
) {
  const steps = filledSteps(run)
  const step = steps[index]
  if (step === undefined) throw new RequestError('conflict', 'every step of this run is behind it')
  const request: TurnRequest = {
    asker: askerOf(caller, tenant),
    chatId: run.id,
    text: step.kind === 'question' ? step.text : step.tool,
    mode: 'auto',
    context: { caseId: run.caseId, page: 'case' },
    earlier: steps.slice(0, index).flatMap(each => (each.kind === 'question' ? [each.text] : [])),
    files: [],
  }
  const stop = AbortSignal.any([signal, stopping])
  const answer =
    step.kind === 'question'
      ? await takeTurn(request, turn, nobodyListens, stop)
      : await takeSteps([{ tool: step.tool, input: step.input }], request, turn, nobodyListens, stop)
  return turnView(answer)
}

const nobodyListens = () => undefined

async function playbookViews(
  { database, tenant }: PlaybookRouteParts,
  rows: readonly PlaybookRow[],
): Promise<PlaybookView[]> {
  const people = await peopleByIds(database, tenant, [...new Set(rows.map(row => row.changedBy))])
  return rows.map(({ id, name, description, body, changedBy, changedMs }) => {
    const by = people.find(each => each.id === changedBy)
    return {
      id,
      name,
      description,
      ...storedContent(body),
      changedBy: personView(changedBy, by?.username, by?.displayName),
      changedMs,
    }
  })
}

async function runView(
  { database, tenant }: PlaybookRouteParts,
  run: PlaybookRunRow,
): Promise<PlaybookRunView> {
  const [rows, [by]] = await Promise.all([
    playbookRunSteps(database, tenant, run.id),
    peopleByIds(database, tenant, [run.byId]),
  ])
  const { values, hypothesis } = storedInput.parse(run.input)
  return {
    id: run.id,
    name: run.name,
    caseId: run.caseId,
    by: personView(run.byId, by?.username, by?.displayName),
    values,
    hypothesis,
    taken: rows.length,
    createdMs: run.createdMs,
    steps: filledSteps(run).map((step, index) => {
      const row = rows.find(each => each.step === index)
      const answer = row?.state === 'done' ? turnAnswer.safeParse(row.answer) : undefined
      return {
        step: viewOfStep(step),
        state: row?.state ?? 'waiting',
        answer: answer?.success ? answer.data : null,
        atMs: row?.atMs ?? null,
      }
    }),
  }
}

function filledSteps(run: PlaybookRunRow) {
  const { values } = storedInput.parse(run.input)
  const all = { ...values, [caseParameter]: run.caseId }
  return storedContent(run.body).steps.map(step => fillStep(step, all))
}

const storedInput = z.object({ values: z.record(z.string(), z.string()), hypothesis: z.string().nullable() })
const storedParts = playbookContent.pick({ parameters: true, steps: true })

/** As it was saved: through the very same schema. */
function storedContent(body: unknown) {
  return storedParts.parse(body)
}

function viewOfStep(step: PlaybookStep): PlaybookStepView {
  // JSON that came through the contract's schema; only the declared type is narrower.
  return step as PlaybookStepView
}
