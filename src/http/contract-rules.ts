import { z } from 'zod'
import { ruleDraftStates } from '../domain/rule-draft.ts'
import { idParams, person } from './contract.ts'
import { endpoint } from './endpoint.ts'

/** PostgreSQL keeps no NUL, and no rule needs one. */
const storable = (longest: number) =>
  z
    .string()
    .max(longest)
    .refine(text => text.isWellFormed() && !text.includes('\0'), 'must be text without NUL')

const draftCase = z.object({ log: storable(20_000).min(1), fires: z.boolean() })

const finding = z.object({
  code: z.string(),
  message: z.string(),
  where: z.string().optional(),
  severity: z.enum(['error', 'warning']),
})
export type RuleFinding = z.infer<typeof finding>

const counts = z.record(z.string(), z.number())

const tally = z.object({
  rule_id: z.string(),
  level: z.number(),
  description: z.string(),
  hits: z.number(),
  by_host: counts,
  by_day: counts,
  /** Hits by the verdict that people gave; `unjudged` where nobody has. */
  against: counts,
  /** Which rule fired on the same alerts before (`none`: no rule did). */
  instead_of: counts,
  examples: z.array(z.object({ source: z.string(), log: z.string() })),
})

/** What is known of a draft because it was run. */
export const measurement = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('refused'),
    findings: z.array(finding),
    /** Where the draft could be read: the lines of the findings are of this text. */
    text: z.string().optional(),
  }),
  z.object({
    kind: z.literal('proven'),
    /** The draft as it would be deployed. */
    text: z.string(),
    ruleIds: z.array(z.number()),
    findings: z.array(finding),
    proof: z.object({
      cases: z.array(draftCase.extend({ rule: z.string().optional(), pass: z.boolean() })),
      tallies: z.array(tally),
      pastEvents: z.number(),
      cutShort: z.boolean(),
    }),
  }),
])
export type Measurement = z.infer<typeof measurement>

const drafting = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('waiting'), request: z.string() }),
  z.object({ kind: z.literal('failed'), request: z.string(), reason: z.string() }),
  z.object({
    kind: z.literal('drafted'),
    request: z.string(),
    model: z.string(),
    rounds: z.number(),
    complaints: z.array(z.string()),
  }),
])

export const ruleDraftView = z.object({
  id: z.string(),
  title: z.string(),
  fileName: z.string(),
  text: z.string(),
  cases: z.array(draftCase),
  state: z.enum(ruleDraftStates),
  proof: measurement.nullable(),
  /** What a model was asked for, and what came of it. */
  drafting: drafting.nullable(),
  digest: z.string().nullable(),
  /** The file that is deployed now under this name; null where there is none. */
  replaces: z.string().nullable(),
  changedBy: person.nullable(),
  requestedBy: person.nullable(),
  reason: z.string(),
  decidedBy: person.nullable(),
  decisionReason: z.string().nullable(),
  outcome: z.string().nullable(),
  createdAtMs: z.number(),
  changedAtMs: z.number(),
})
export type RuleDraftView = z.infer<typeof ruleDraftView>

export const ruleDraftBody = z.object({
  title: storable(200).min(1),
  text: storable(64 * 1024),
  cases: z.array(draftCase).max(100),
})
export type RuleDraftBody = z.infer<typeof ruleDraftBody>

export const ruleDecisionBody = z.object({
  digest: z.string().regex(/^[0-9a-f]{64}$/),
  decision: z.enum(['approve', 'reject']),
  reason: storable(2000).default(''),
})
export type RuleDecisionBody = z.input<typeof ruleDecisionBody>

const reply = z.object({ draft: ruleDraftView, modelConfigured: z.boolean() })
export type RuleDraftReply = z.infer<typeof reply>

export const ruleDraftList = z.object({
  drafts: z.array(ruleDraftView),
  /** Whether a Wazuh server is connected that rules can be deployed to. */
  connected: z.boolean(),
})
export type RuleDraftList = z.infer<typeof ruleDraftList>

export const ruleCoverage = z.object({
  attackVersion: z.string(),
  /** Gaps first, the most often reported before the others. */
  techniques: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      tactics: z.array(z.string()),
      /** Ids of the rules that name it. */
      rules: z.array(z.string()),
      /** Threat reports that describe it. */
      reports: z.number(),
      state: z.enum(['covered', 'parent-only', 'gap']),
    }),
  ),
  /** Ids in rules that ATT&CK does not know. */
  unknown: z.array(z.string()),
})
export type RuleCoverage = z.infer<typeof ruleCoverage>

const path = '/api/rule-drafts'

/** Detection rules: written, measured, approved by a second person, deployed, rolled back. */
export const ruleEndpoints = {
  listRuleDrafts: endpoint({
    method: 'GET',
    path,
    summary: 'Rule drafts, latest change first.',
    access: { kind: 'role', role: 'viewer', scope: 'read' },
    reply: ruleDraftList,
  }),
  ruleCoverage: endpoint({
    method: 'GET',
    path: '/api/rule-coverage',
    summary: 'ATT&CK techniques that the alerting rules name, against those that threat reports describe.',
    access: { kind: 'role', role: 'viewer', scope: 'read' },
    reply: ruleCoverage,
  }),
  readRuleDraft: endpoint({
    method: 'GET',
    path: `${path}/:id`,
    summary: 'One rule draft with what was measured of it.',
    access: { kind: 'role', role: 'viewer', scope: 'read' },
    params: idParams,
    reply,
  }),
  checkRuleDraft: endpoint({
    method: 'POST',
    path: `${path}/check`,
    summary: 'Check rules and run them on logs, without keeping anything.',
    access: { kind: 'role', role: 'analyst' },
    body: ruleDraftBody.pick({ text: true, cases: true }),
    reply: z.object({ measurement }),
  }),
  createRuleDraft: endpoint({
    method: 'POST',
    path,
    summary: 'Start a rule draft.',
    access: { kind: 'role', role: 'analyst' },
    body: ruleDraftBody,
    reply,
  }),
  changeRuleDraft: endpoint({
    method: 'PUT',
    path: `${path}/:id`,
    summary: 'Change a draft. What was measured of it, and any approval, is void.',
    access: { kind: 'role', role: 'analyst' },
    params: idParams,
    body: ruleDraftBody,
    reply,
  }),
  draftRuleDraft: endpoint({
    method: 'POST',
    path: `${path}/:id/draft`,
    summary: 'Let a model draft it in the background. What it proposes is run before it is shown.',
    access: { kind: 'role', role: 'analyst' },
    params: idParams,
    body: z.object({ request: storable(4000).min(1) }),
    reply,
  }),
  measureRuleDraft: endpoint({
    method: 'POST',
    path: `${path}/:id/measure`,
    summary: 'Check the draft, run its cases, and run it over the newest alerts stored here.',
    access: { kind: 'role', role: 'analyst' },
    params: idParams,
    reply,
  }),
  submitRuleDraft: endpoint({
    method: 'POST',
    path: `${path}/:id/submit`,
    summary: 'Ask for a measured draft, all of whose cases pass, to be deployed.',
    access: { kind: 'role', role: 'analyst' },
    params: idParams,
    body: z.object({ reason: storable(2000).min(1) }),
    reply,
  }),
  decideRuleDraft: endpoint({
    method: 'POST',
    path: `${path}/:id/decision`,
    summary: 'Approve or reject exactly the draft with this digest. Not for who wrote it or asked for it.',
    access: { kind: 'role', role: 'approver' },
    params: idParams,
    body: ruleDecisionBody,
    reply,
  }),
  deployRuleDraft: endpoint({
    method: 'POST',
    path: `${path}/:id/deploy`,
    summary: 'Deploy an approved draft; answers when Wazuh runs with it or everything is as it was.',
    access: { kind: 'role', role: 'responder' },
    params: idParams,
    reply,
  }),
  rollBackRuleDraft: endpoint({
    method: 'POST',
    path: `${path}/:id/roll-back`,
    summary: 'Put back what a deployed draft replaced.',
    access: { kind: 'role', role: 'responder' },
    params: idParams,
    reply,
  }),
}
