import { z } from 'zod'
import { lessonScopes, lessonSources, lessonStates } from '../domain/lesson.ts'
import { verdicts } from '../domain/verdict.ts'
import { driftSettingsSchema } from '../governance/drift/drift-settings.ts'
import { lessonContent } from '../governance/lessons/lesson-life.ts'
import { trainingConsentSchema } from '../governance/training/training-consent.ts'
import { driftTasks } from '../store/drift.ts'
import { done, idParams, person } from './contract.ts'
import { endpoint } from './endpoint.ts'

const verdict = z.enum(verdicts)
const finding = z.object({ kind: z.enum(['refused', 'second-person', 'note']), text: z.string() })
const reason = z.string().trim().min(3).max(500)

/** Something that people teach about the cases of a scope. */
export const lesson = z.object({
  id: z.string(),
  caseId: z.string().nullable(),
  source: z.enum(lessonSources),
  scope: z.enum(lessonScopes),
  scopeValue: z.string(),
  text: z.string(),
  verdict: verdict.nullable(),
  state: z.enum(lessonStates),
  findings: z.array(finding),
  createdBy: person.nullable(),
  createdMs: z.number(),
  decidedBy: person.nullable(),
  decidedMs: z.number().nullable(),
  reason: z.string(),
  expiresMs: z.number(),
  /** What the person who asks may do with it. */
  mayApprove: z.boolean(),
  mayRevoke: z.boolean(),
})
export type LessonView = z.infer<typeof lesson>

const lessonPreview = z.object({
  findings: z.array(finding),
  /** Exactly as later investigations tell it. */
  told: z.string(),
  reach: z.object({
    cases: z.number().int(),
    allCases: z.number().int(),
    truePositive: z.number().int(),
    harmless: z.number().int(),
    grave: z.number().int(),
    sample: z.array(z.object({ id: z.string(), title: z.string(), verdict: verdict.nullable() })),
  }),
  state: z.enum(['refused', 'waiting', 'active']),
  /** Send it back to save what was seen. */
  digest: z.string(),
})
export type LessonPreviewView = z.infer<typeof lessonPreview>
export type LessonDraft = z.infer<typeof lessonContent>

export const feedback = z.object({
  kind: z.enum(['verdict', 'correction', 'rating']),
  caseId: z.string(),
  title: z.string(),
  by: person.nullable(),
  atMs: z.number(),
  verdict: verdict.nullable(),
  proposed: verdict.nullable(),
  reason: z.string(),
  lessons: z.number().int(),
})
export type FeedbackView = z.infer<typeof feedback>

const share = z.object({ decided: z.number().int(), disagreed: z.number().int() })

/** Whether people disagree more with what is proposed than they did, and whether it is as sure as it should be. */
const driftReport = z.object({
  fromMs: z.number(),
  recentFromMs: z.number(),
  toMs: z.number(),
  tasks: z.array(
    z.object({
      task: z.enum(driftTasks),
      recent: share,
      baseline: share,
      p: z.number(),
      byWeek: z.array(share.extend({ weekMs: z.number() })),
      /** `before`: the same group in the days before. */
      byGroup: z.array(share.extend({ group: z.string(), before: share, alarm: z.string().nullable() })),
      alarm: z.string().nullable(),
    }),
  ),
  calibration: z.array(
    z.object({
      task: z.enum(['triage-code', 'case-brief']),
      proposals: z.number().int(),
      error: z.number(),
      brier: z.number(),
      tenths: z.array(
        z.object({
          tenth: z.number().int(),
          proposals: z.number().int(),
          meanConfidence: z.number(),
          right: z.number().int(),
        }),
      ),
      alarm: z.string().nullable(),
    }),
  ),
  settings: driftSettingsSchema,
  people: z.array(person),
})
export type DriftReport = z.infer<typeof driftReport>

const evaluationCase = z.object({
  id: z.string(),
  kind: z.enum(['case', 'mail', 'question']),
  title: z.string(),
  /** A verdict, or the words that an answer must hold. */
  expected: z.union([z.string(), z.array(z.string())]),
  corrected: z.boolean(),
  atMs: z.number(),
  withdrawn: z.boolean(),
  reason: z.string(),
})
export type EvaluationCaseView = z.infer<typeof evaluationCase>

/** Whether training data may be made of what people decided. */
const trainingConsentView = trainingConsentSchema.extend({
  changed: z.object({ by: person.nullable(), atMs: z.number() }).nullable(),
  /** How many people agreed that their verdicts and reasons are used. */
  agreed: z.number().int(),
  /** Whether the person who asks did. */
  mine: z.boolean(),
})
export type TrainingConsentView = z.infer<typeof trainingConsentView>

const analyst = { kind: 'role', role: 'analyst' } as const
const approver = { kind: 'role', role: 'approver' } as const

export const learningEndpoints = {
  listLessons: endpoint({
    method: 'GET',
    path: '/api/lessons',
    summary:
      'What people taught: lessons that wait for a second person, are told, expired or were taken back.',
    access: analyst,
    reply: z.object({ lessons: z.array(lesson) }),
  }),
  previewLesson: endpoint({
    method: 'POST',
    path: '/api/lessons/preview',
    summary: 'What a lesson would reach and what the checks say. Saves nothing.',
    access: analyst,
    body: lessonContent,
    reply: lessonPreview,
  }),
  saveLesson: endpoint({
    method: 'POST',
    path: '/api/lessons',
    summary:
      'Saves a lesson as it was previewed: told at once, or after a second person where it reaches far.',
    access: analyst,
    body: z.object({ content: lessonContent, digest: z.string().length(64) }),
    reply: z.object({ id: z.string(), state: z.enum(lessonStates) }),
  }),
  decideLesson: endpoint({
    method: 'POST',
    path: '/api/lessons/:id/decision',
    summary: 'A second person lets a lesson be told or refuses it; its author or an approver revokes it.',
    access: analyst,
    params: idParams,
    body: z.object({ to: z.enum(['active', 'refused', 'revoked']), reason }),
    reply: done,
  }),
  listFeedback: endpoint({
    method: 'GET',
    path: '/api/feedback',
    summary: 'Corrections, verdicts with reasons and reviews, as what could be taught.',
    access: analyst,
    reply: z.object({ feedback: z.array(feedback) }),
  }),
  readDrift: endpoint({
    method: 'GET',
    path: '/api/drift',
    summary:
      'Disagreement between people and what is proposed, over time, by task and group; calibration; alarms.',
    access: approver,
    reply: driftReport,
  }),
  changeDrift: endpoint({
    method: 'PUT',
    path: '/api/drift',
    summary: 'Sets when people are told, and who is in which group. Written to the ledger.',
    access: approver,
    body: driftSettingsSchema,
    reply: done,
  }),
  listEvaluationCases: endpoint({
    method: 'GET',
    path: '/api/evaluation-cases',
    summary: 'What people decided, as the suite `feedback` asks it.',
    access: approver,
    query: z.object({ days: z.coerce.number().int().min(1).max(3650).default(365) }),
    reply: z.object({ cases: z.array(evaluationCase) }),
  }),
  keepQuestion: endpoint({
    method: 'POST',
    path: '/api/evaluation-cases',
    summary:
      'Keeps a question with the words that a right answer holds: a rated answer as an evaluation case.',
    access: analyst,
    body: z.object({
      question: z.string().trim().min(5).max(2000),
      expected: z.array(z.string().trim().min(1).max(200)).min(1).max(20),
    }),
    reply: z.object({ id: z.string() }),
  }),
  readTraining: endpoint({
    method: 'GET',
    path: '/api/training-consent',
    summary:
      'Whether training data may be made of what people decided, on what basis, and whether you agreed.',
    access: analyst,
    reply: trainingConsentView,
  }),
  allowTraining: endpoint({
    method: 'PUT',
    path: '/api/training-consent',
    summary: 'Allows or forbids it for the organisation, with the basis. Written to the ledger.',
    access: approver,
    body: trainingConsentSchema,
    reply: done,
  }),
  agreeToTraining: endpoint({
    method: 'POST',
    path: '/api/training-consent/mine',
    summary: 'Agrees that your own verdicts and reasons become training data, or takes that back.',
    access: analyst,
    body: z.object({ agreed: z.boolean() }),
    reply: done,
  }),
  withdrawEvaluationCase: endpoint({
    method: 'PUT',
    path: '/api/evaluation-cases/:id',
    summary: 'Takes something out of evaluation, or back in: a verdict that nobody would stand by.',
    access: approver,
    params: idParams,
    body: z.object({ withdrawn: z.boolean(), reason }),
    reply: done,
  }),
}
