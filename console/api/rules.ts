import type {
  Measurement,
  RuleCoverage,
  RuleDecisionBody,
  RuleDraftBody,
  RuleDraftList,
  RuleDraftReply,
} from '../../src/http/contract-rules.ts'
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
  content: Pick<RuleDraftBody, 'text' | 'cases'>,
  signal: AbortSignal,
): Promise<{ measurement: Measurement }> {
  return sendJson('POST', '/api/rule-drafts/check', content, signal)
}

export function createRuleDraft(content: RuleDraftBody): Promise<RuleDraftReply> {
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
