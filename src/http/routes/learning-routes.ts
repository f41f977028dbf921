import { z } from 'zod'
import { includesRole } from '../../domain/role.ts'
import { driftSetting } from '../../governance/drift/drift-settings.ts'
import { readDrift } from '../../governance/drift/judge-drift.ts'
import {
  decideOnLesson,
  type LessonParts,
  type LessonPerson,
  previewLesson,
  saveLesson,
} from '../../governance/lessons/lesson-life.ts'
import { changeSetting, readSetting } from '../../governance/setting.ts'
import { trainingConsent } from '../../governance/training/training-consent.ts'
import {
  keepQuestion,
  listFeedbackCases,
  teachableFeedback,
  withdrawEvaluationCase,
} from '../../store/feedback.ts'
import { listLessons } from '../../store/lessons.ts'
import { setTrainingConsent, trainingConsents } from '../../store/training.ts'
import { listUsers } from '../../store/users.ts'
import { wasDone } from '../contract.ts'
import { learningEndpoints, lesson } from '../contract-learning.ts'
import { RequestError } from '../http-error.ts'
import { namedPeople } from '../named-people.ts'
import { type Caller, type Route, route } from '../route.ts'
import { personOf } from './session-routes.ts'

const dayMs = 86_400_000
const shownFeedback = 100
const shownCases = 500

/** What people teach, how what they say is used to evaluate, and whether models drift away from them. */
export function learningRoutes(parts: LessonParts & { readonly tenant: string }): Route[] {
  const { database, tenant, clock, ids } = parts
  const nowMs = () => clock.now()
  return [
    route(learningEndpoints.listLessons, async ({ caller }) => {
      const rows = await listLessons(database, tenant)
      const me = whoIs(caller)
      const people = await namedPeople(
        database,
        tenant,
        rows.flatMap(row => [row.createdBy, row.decidedBy]),
      )
      const mayDecide = includesRole(me.role, 'approver')
      return {
        lessons: rows.map(({ createdBy, decidedBy, findings, ...row }) => ({
          ...row,
          findings: lesson.shape.findings.parse(findings),
          createdBy: people(createdBy),
          decidedBy: people(decidedBy),
          mayApprove: row.state === 'waiting' && mayDecide && createdBy !== me.id && row.expiresMs > nowMs(),
          mayRevoke: ['waiting', 'active'].includes(row.state) && (mayDecide || createdBy === me.id),
        })),
      }
    }),
    route(learningEndpoints.previewLesson, async ({ body, caller }) => {
      const { findings, reach, ...preview } = await previewLesson(parts, tenant, body, whoIs(caller))
      return { ...preview, findings: [...findings], reach: { ...reach, sample: [...reach.sample] } }
    }),
    route(learningEndpoints.saveLesson, ({ body, caller }) =>
      saveLesson(parts, tenant, body.content, body.digest, whoIs(caller)),
    ),
    route(learningEndpoints.decideLesson, async ({ params, body, caller }) => {
      await decideOnLesson(parts, tenant, params.id, body, whoIs(caller))
      return wasDone
    }),
    route(learningEndpoints.listFeedback, async () => {
      const rows = await teachableFeedback(database, tenant, shownFeedback)
      const people = await namedPeople(
        database,
        tenant,
        rows.map(({ byId }) => byId),
      )
      return { feedback: rows.map(({ byId, ...row }) => ({ ...row, by: people(byId) })) }
    }),
    route(learningEndpoints.readDrift, async () => {
      const { tasks, calibration, ...period } = await readDrift(database, tenant, nowMs())
      const { value: settings } = await readSetting(database, tenant, driftSetting)
      const people = (await listUsers(database, tenant)).filter(({ state }) => state === 'active')
      return {
        ...period,
        tasks: tasks.map(each => ({ ...each, byWeek: [...each.byWeek], byGroup: [...each.byGroup] })),
        calibration: calibration.map(each => ({ ...each, tenths: [...each.tenths] })),
        settings,
        people: people.map(({ id, username, displayName }) => ({ id, username, displayName })),
      }
    }),
    route(learningEndpoints.changeDrift, async ({ body, caller }) => {
      await changeSetting(database, tenant, driftSetting, body, personOf(caller).user.id, nowMs())
      return wasDone
    }),
    route(learningEndpoints.listEvaluationCases, async ({ query }) => {
      const cases = await listFeedbackCases(database, tenant, nowMs() - query.days * dayMs, shownCases)
      const expected = z.union([z.string(), z.array(z.string())])
      return { cases: cases.map(each => ({ ...each, expected: expected.parse(each.expected) })) }
    }),
    route(learningEndpoints.keepQuestion, async ({ body, caller }) => {
      const id = ids.next('question')
      await keepQuestion(
        database,
        tenant,
        { ...body, id, caseId: null, by: personOf(caller).user.id },
        nowMs(),
      )
      return { id }
    }),
    route(learningEndpoints.readTraining, async ({ caller }) => {
      const { value, changed } = await readSetting(database, tenant, trainingConsent)
      const people = await namedPeople(database, tenant, [changed?.by ?? null])
      const consents = await trainingConsents(database, tenant, personOf(caller).user.id)
      return {
        ...value,
        ...consents,
        changed: changed && { by: people(changed.by), atMs: changed.atMs },
      }
    }),
    route(learningEndpoints.allowTraining, async ({ body, caller }) => {
      if (body.allowed && body.basis.length < 10)
        throw new RequestError('bad-request', 'say on what basis: it stands in the data card', 'body/basis')
      await changeSetting(database, tenant, trainingConsent, body, personOf(caller).user.id, nowMs())
      return wasDone
    }),
    route(learningEndpoints.agreeToTraining, async ({ body, caller }) => {
      await setTrainingConsent(database, tenant, personOf(caller).user.id, body.agreed, nowMs())
      return wasDone
    }),
    route(learningEndpoints.withdrawEvaluationCase, async ({ params, body, caller }) => {
      await withdrawEvaluationCase(
        database,
        tenant,
        params.id,
        { ...body, by: personOf(caller).user.id },
        nowMs(),
      )
      return wasDone
    }),
  ]
}

function whoIs(caller: Caller): LessonPerson {
  const { id, displayName, role } = personOf(caller).user
  return { id, displayName, role }
}
