import type { Measurement } from '../../src/http/contract-rule-measurement.ts'
import type {
  DeadRules,
  NewRuleBody,
  NoisyRules,
  RuleCandidates,
  RuleComparison,
  RuleCoverage,
  RuleDecisionBody,
  RuleDraftBody,
  RuleDraftList,
  RuleDraftReply,
  RuleKind,
} from '../../src/http/contract-rules.ts'
import { toBase64 } from '../text/base64.ts'
import { getJson, sendJson } from './request.ts'

const draftPath = (id: string) => `/api/rule-drafts/${encodeURIComponent(id)}`

export function listRuleDrafts(signal: AbortSignal): Promise<RuleDraftList> {
  return getJson('/api/rule-drafts', signal)
}

export function readRuleCoverage(signal: AbortSignal): Promise<RuleCoverage> {
  return getJson('/api/rule-coverage', signal)
}

export function readRuleDraft(id: string, signal: AbortSignal): Promise<RuleDraftReply> {
  return getJson(draftPath(id), signal)
}

/** Checks rules and runs them on logs; nothing is kept. */
export function checkRuleDraft(
  content: Pick<RuleDraftBody, 'text' | 'cases'> & { readonly kind: RuleKind },
  signal: AbortSignal,
): Promise<{ measurement: Measurement }> {
  return sendJson('POST', '/api/rule-drafts/check', content, signal)
}

export function createRuleDraft(content: NewRuleBody): Promise<RuleDraftReply> {
  return sendJson('POST', '/api/rule-drafts', content)
}

/** Keeps the content, then measures it. */
export async function saveRuleDraft(id: string, content: RuleDraftBody): Promise<RuleDraftReply> {
  await sendJson('PUT', draftPath(id), content)
  return sendJson('POST', `${draftPath(id)}/measure`)
}

/** Lets a model draft it in the background: read it again until `drafting` no longer waits. */
export function draftRule(id: string, request: string): Promise<RuleDraftReply> {
  return sendJson('POST', `${draftPath(id)}/draft`, { request })
}

export function submitRuleDraft(id: string, reason: string): Promise<RuleDraftReply> {
  return sendJson('POST', `${draftPath(id)}/submit`, { reason })
}

export function decideRuleDraft(id: string, body: RuleDecisionBody): Promise<RuleDraftReply> {
  return sendJson('POST', `${draftPath(id)}/decision`, body)
}

export function deployRuleDraft(id: string): Promise<RuleDraftReply> {
  return sendJson('POST', `${draftPath(id)}/deploy`)
}

export function rollBackRuleDraft(id: string): Promise<RuleDraftReply> {
  return sendJson('POST', `${draftPath(id)}/roll-back`)
}

/** Rules that can never fire. */
export function readDeadRules(signal: AbortSignal): Promise<DeadRules> {
  return getJson('/api/dead-rules', signal)
}

/** Rules whose alerts people called noise. */
export function readNoisyRules(signal: AbortSignal): Promise<NoisyRules> {
  return getJson('/api/noisy-rules', signal)
}

export async function addRuleSample(id: string, file: File, mustMatch: boolean): Promise<RuleDraftReply> {
  const contentBase64 = toBase64(new Uint8Array(await file.arrayBuffer()))
  return sendJson('POST', `${draftPath(id)}/samples`, { name: file.name, contentBase64, mustMatch })
}

export function removeRuleSample(id: string, sampleId: string): Promise<RuleDraftReply> {
  return sendJson('DELETE', `${draftPath(id)}/samples/${encodeURIComponent(sampleId)}`)
}

/** Draws strings from the samples; takes up to half a minute. */
export function drawCandidates(id: string): Promise<RuleCandidates> {
  return sendJson('POST', `${draftPath(id)}/candidates`)
}

/** Asks the manager's logtest about the draft's logs. */
export function compareRuleDraft(id: string): Promise<RuleComparison> {
  return sendJson('POST', `${draftPath(id)}/logtest`)
}
