import { z } from 'zod'
import { trustZones } from '../domain/data-class.ts'

const line = z.string().trim().max(300)
const named = line.min(1)
const text = z.string().trim().max(5000)
const long = z.string().trim().min(1).max(50_000)
const documentState = z.enum(['draft', 'in-use', 'retired'])
const day = z.string().regex(/^\d{4}-\d{2}-\d{2}$/, 'a date as 2026-06-30')

/** The registers that people keep, and what a record of each holds. All dates are days in UTC. */
export const recordKinds = {
  /** Who provides models, on what terms. `provider` is the kind in models.yaml. */
  supplier: z.strictObject({
    name: named,
    provider: named,
    licence: line,
    terms: line,
    region: line,
    retention: line,
    trainingUse: z.enum(['no', 'opt-out', 'yes', 'unknown']),
    zone: z.enum(trustZones),
    reviewDue: day,
    notes: text,
  }),
  /** Members of the AI working group. */
  member: z.strictObject({
    name: named,
    function: named,
    since: day,
    until: day.or(z.literal('')),
    notes: text,
  }),
  decision: z.strictObject({
    title: named,
    decided: day,
    decision: text.min(1),
    reasons: text,
    reviewDue: day.or(z.literal('')),
  }),
  risk: z.strictObject({
    title: named,
    likelihood: z.enum(['low', 'medium', 'high']),
    impact: z.enum(['low', 'medium', 'high']),
    owner: named,
    treatment: text,
    state: z.enum(['open', 'treated', 'accepted', 'closed']),
    reviewDue: day,
  }),
  /** An AI failure: what happened, what was done, what was learned. */
  incident: z
    .strictObject({
      title: named,
      severity: z.enum(['low', 'medium', 'high', 'critical']),
      noticed: day,
      state: z.enum(['open', 'contained', 'resolved', 'reported']),
      what: text.min(1),
      containment: text,
      cause: text,
      lesson: text,
    })
    // Each step of the process says what it takes: nothing is over before somebody knows why it happened.
    .refine(({ state, containment }) => state === 'open' || containment !== '', {
      path: ['containment'],
      message: 'say what was done at once: a model taken out, an action taken back',
    })
    .refine(
      ({ state, cause, lesson }) =>
        !['resolved', 'reported'].includes(state) || (cause !== '' && lesson !== ''),
      {
        path: ['cause'],
        message: 'say the cause and what was learned before it is resolved',
      },
    ),
  /** How to work on cases of a rule; and a case to practise on. Without names: they are read by whoever learns. */
  runbook: z.strictObject({ title: named, ruleId: named, state: documentState, text: long }),
  exercise: z.strictObject({ title: named, ruleId: named, state: documentState, text: long, answer: long }),
  /** One only: what people agree to before they work with models. */
  policy: z.strictObject({ title: named, text: z.string().trim().min(1).max(50_000) }),
  /** One only: what the working group is for. */
  charter: z.strictObject({ title: named, text: z.string().trim().min(1).max(50_000) }),
  /**
   * What the organisation says itself of a control, for a time: beside what is counted, never instead of it. Who says so is
   * who wrote the version.
   */
  statement: z
    .strictObject({
      framework: named,
      control: named,
      owner: line,
      gap: text,
      statement: text,
      reference: line,
      expires: day.or(z.literal('')),
    })
    .refine(({ statement, expires }) => statement === '' || expires !== '', {
      path: ['expires'],
      message: 'say until when the statement holds',
    }),
} as const
export type RecordKind = keyof typeof recordKinds

const recordKindNames = Object.keys(recordKinds) as [RecordKind, ...RecordKind[]] // Not empty: see above.

/** Those that are read and written as lists. A statement belongs to a control, and is kept with it (`own-statement.ts`). */
export const registerNames = recordKindNames.filter(kind => kind !== 'statement')

/** Kinds of which there is one record at most. */
export const singleKinds: readonly RecordKind[] = ['policy', 'charter']
