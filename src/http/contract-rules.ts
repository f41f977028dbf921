import { z } from 'zod'
import { ruleDraftStates, ruleKinds } from '../domain/rule-draft.ts'
import { attackDomain, idParams, person } from './contract.ts'
import { counts, draftCase, measurement, storable } from './contract-rule-measurement.ts'
import { endpoint } from './endpoint.ts'

const drafting = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('waiting'), request: z.string() }),
  z.object({ kind: z.literal('failed'), request: z.string(), reason: z.string() }),
  z.object({
    kind: z.literal('drafted'),
    request: z.string(),
    model: z.string(),
    rounds: z.number(),
    complaints: z.array(z.string()),
    /** The text that it took the place of. */
    before: z.string().optional(),
  }),
])

const ruleKind = z.enum(ruleKinds)
export type RuleKind = z.infer<typeof ruleKind>

const ruleDraftView = z.object({
  id: z.string(),
  kind: ruleKind,
  /** What it was started from: a case, a report, a noisy rule, a Sigma rule. */
  origin: z
    .object({
      kind: z.enum(['case', 'report', 'noisy-rule', 'conversion']),
      id: z.string(),
      title: z.string(),
    })
    .nullable(),
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

const newRuleBody = z.object({
  kind: ruleKind.default('wazuh'),
  title: storable(200).min(1),
  /** Absent: what it starts from, or a template. */
  text: storable(64 * 1024).optional(),
  cases: z.array(draftCase).max(100).default([]),
  from: z
    .object({
      kind: z.enum(['case', 'report', 'noisy-rule', 'conversion']),
      id: storable(200).min(1),
    })
    .optional(),
})
export type NewRuleBody = z.input<typeof newRuleBody>

/** Base64 of a file of 8 MB. */
const sampleBody = z.object({
  name: storable(300).min(1),
  contentBase64: z.base64().max(12 * 1024 * 1024),
  mustMatch: z.boolean(),
})

const ruleDecisionBody = z.object({
  digest: z.string().regex(/^[0-9a-f]{64}$/),
  decision: z.enum(['approve', 'reject']),
  reason: storable(2000).default(''),
})
export type RuleDecisionBody = z.input<typeof ruleDecisionBody>

const sample = z.object({
  id: z.string(),
  name: z.string(),
  sha256: z.string(),
  sizeBytes: z.number(),
  mustMatch: z.boolean(),
})
export type RuleSample = z.infer<typeof sample>

const reply = z.object({
  draft: ruleDraftView,
  samples: z.array(sample),
  modelConfigured: z.boolean(),
  /** Whether something is connected that takes rules of this kind. */
  deployable: z.boolean(),
  /** Whether the manager's logtest can be asked about it. */
  comparable: z.boolean(),
  /** Alerts of its rules since it was deployed, by what people said of their cases; null where it is not. */
  watch: z.object({ sinceMs: z.number(), alerts: z.number(), against: counts }).nullable(),
})
export type RuleDraftReply = z.infer<typeof reply>

const ruleDraftList = z.object({
  drafts: z.array(ruleDraftView),
  /** The kinds of rules that something is connected for. */
  deployable: z.array(ruleKind),
})
export type RuleDraftList = z.infer<typeof ruleDraftList>

const candidate = z.object({
  text: z.string(),
  encoding: z.enum(['ascii', 'wide']),
  samples: z.number(),
  score: z.number(),
  reasons: z.array(z.string()),
})
export type RuleCandidate = z.infer<typeof candidate>

const candidates = z.object({
  candidates: z.array(candidate),
  /** Strings of the samples that stand in clean files too. */
  inCleanFiles: z.number(),
  corpus: z.object({ files: z.number(), cutShort: z.boolean() }),
})
export type RuleCandidates = z.infer<typeof candidates>

const comparison = z.object({
  logs: z.number(),
  /** Where the manager's logtest and our engine do not agree. */
  differences: z.array(
    z.object({
      log: z.string(),
      part: z.enum(['rule', 'level', 'decoder']),
      ours: z.string(),
      manager: z.string(),
    }),
  ),
})
export type RuleComparison = z.infer<typeof comparison>

export const noisyRules = z.object({
  rules: z.array(
    z.object({ ruleId: z.string(), description: z.string(), alerts: z.number(), noise: z.number() }),
  ),
})
export type NoisyRules = z.infer<typeof noisyRules>

export const deadRules = z.object({
  /** Rules of one's own first. */
  rules: z.array(
    z.object({
      ruleId: z.string(),
      level: z.number(),
      description: z.string(),
      kind: z.enum(['shadowed', 'contradiction', 'missing-field']),
      reason: z.string(),
      where: z.string(),
      /** Past alerts on which it fired. */
      fired: z.number(),
      /** Past alerts that its conditions match and that the rule before it took. */
      passedOver: z.number(),
    }),
  ),
  pastEvents: z.number(),
})
export type DeadRules = z.infer<typeof deadRules>

export const ruleCoverage = z.object({
  domains: z.array(attackDomain),
  tactics: z.array(z.object({ shortName: z.string(), name: z.string() })),
  /** Gaps first, the most often reported before the others. */
  techniques: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      tactics: z.array(z.string()),
      rules: z.array(z.object({ source: ruleKind, id: z.string() })),
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
    body: ruleDraftBody.pick({ text: true, cases: true }).extend({ kind: ruleKind.default('wazuh') }),
    reply: z.object({ measurement }),
  }),
  createRuleDraft: endpoint({
    method: 'POST',
    path,
    summary: 'Start a rule draft, from nothing or from a case, a report, a noisy rule or a Sigma rule.',
    access: { kind: 'role', role: 'analyst', scope: 'triage' },
    body: newRuleBody,
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
  addRuleSample: endpoint({
    method: 'POST',
    path: `${path}/:id/samples`,
    summary:
      'Add a file that a YARA rule must, or must not, match. It is kept in the database and never run.',
    access: { kind: 'role', role: 'analyst' },
    params: idParams,
    body: sampleBody,
    reply,
  }),
  removeRuleSample: endpoint({
    method: 'DELETE',
    path: `${path}/:id/samples/:sampleId`,
    summary: 'Take a sample away.',
    access: { kind: 'role', role: 'analyst' },
    params: idParams.extend({ sampleId: z.string().max(100) }),
    reply,
  }),
  ruleCandidates: endpoint({
    method: 'POST',
    path: `${path}/:id/candidates`,
    summary: 'Strings of the samples that stand in no clean file, the most telling first.',
    access: { kind: 'role', role: 'analyst' },
    params: idParams,
    reply: candidates,
  }),
  compareRuleDraft: endpoint({
    method: 'POST',
    path: `${path}/:id/logtest`,
    summary:
      "Run the draft's logs through the manager's logtest, and say where our engine answers otherwise.",
    access: { kind: 'role', role: 'analyst' },
    params: idParams,
    reply: comparison,
  }),
  noisyRules: endpoint({
    method: 'GET',
    path: '/api/noisy-rules',
    summary: 'Rules whose alerts people called noise, worst first.',
    access: { kind: 'role', role: 'viewer', scope: 'read' },
    reply: noisyRules,
  }),
  deadRules: endpoint({
    method: 'GET',
    path: '/api/dead-rules',
    summary: 'Wazuh rules that can never fire, and how many past alerts each would have taken.',
    access: { kind: 'role', role: 'viewer', scope: 'read' },
    reply: deadRules,
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
