import type { EvidenceDraft } from '../domain/evidence.ts'
import type { CaseContext } from './case-context.ts'

/** What Wazuh knows of the hosts of the case. */
export function agent(context: CaseContext): EvidenceDraft[] {
  return context.agents.map(fact => ({
    kind: 'agent',
    source: `agent/${fact.agentId}`,
    pointer: '',
    quote: [
      `agent ${fact.agentId} is ${fact.name}`,
      ...(fact.operatingSystem === undefined ? [] : [fact.operatingSystem]),
      ...(fact.status === undefined ? [] : [`status ${fact.status}`]),
      ...(fact.groups === undefined ? [] : [`groups ${fact.groups.join(', ')}`]),
    ].join(', '),
    trust: 'observed',
    label: `The host ${fact.name}`,
    facts: {
      agent: fact.agentId,
      host: fact.name,
      ...(fact.operatingSystem === undefined ? {} : { operating_system: fact.operatingSystem }),
      ...(fact.groups === undefined ? {} : { groups: fact.groups.join(', ') }),
    },
  }))
}
