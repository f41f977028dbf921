import type { Proposal } from '../domain/proposal.ts'

/** The version of the payload that the scripts in `deploy/wazuh/active-response` read. */
const payloadVersion = '1'

/**
 * What the endpoint's script gets, as one token of base64url: lines `name:BASE64`. Wazuh splits active-response
 * arguments at spaces and scripts have no JSON parser, so names with spaces, quotes or newlines travel only like this.
 */
export function endpointPayload(proposal: Proposal, fields: Readonly<Record<string, string>>): string {
  const all = {
    version: payloadVersion,
    proposal: proposal.id,
    nonce: proposal.content.nonce,
    agent: proposal.content.target.agentId,
    expires: String(Math.floor(proposal.content.expiresAtMs / 1000)),
    ...fields,
  }
  const lines = Object.entries(all).map(
    ([name, value]) => `${name}:${Buffer.from(value, 'utf8').toString('base64')}\n`,
  )
  return Buffer.from(lines.join(''), 'ascii').toString('base64url')
}
