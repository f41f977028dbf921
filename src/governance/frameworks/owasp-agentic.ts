import type { Framework } from '../control.ts'
import { numbered } from './identifiers.ts'

/** OWASP Top 10 for Agentic Applications 2026: here agents propose, and never act without a named approval. */
export const owaspAgentic: Framework = {
  id: 'owasp-agentic-2026',
  name: 'OWASP Top 10 for Agentic Applications',
  version: '2026',
  mappingVersion: '2026-11-28',
  source: 'https://genai.owasp.org/resource/owasp-top-10-for-agentic-applications-for-2026/',
  identifiers: { unit: 'risks', all: numbered('ASI', 10, 2) },
  controls: [
    {
      id: 'ASI01',
      topic: 'Goals of an agent turned by what it reads',
      owner: 'SOC lead',
      evidence: ['claims-checked', 'injection-evaluations'],
      beyond: 'Results of the injection suite on the model in use.',
    },
    {
      id: 'ASI02',
      topic: 'Tools misused',
      owner: 'SOC lead',
      evidence: ['proposals', 'approvals', 'actions-confirmed'],
      contrary: ['own-approvals'],
      beyond: 'Review of the list of actions and their arguments.',
    },
    {
      id: 'ASI03',
      topic: 'Identity and privilege abused',
      owner: 'platform engineer',
      evidence: ['accounts', 'approvers', 'account-changes'],
      contrary: ['own-approvals'],
      beyond: 'Review of tokens and of the rights of the Wazuh account.',
    },
    {
      id: 'ASI04',
      topic: 'Supply chain of agents, tools and models',
      owner: 'platform engineer',
      evidence: ['suppliers', 'model-moves'],
      beyond: 'Software bill of materials, origin of each model file.',
    },
    {
      id: 'ASI05',
      topic: 'Code executed unexpectedly',
      owner: 'platform engineer',
      evidence: ['proposals'],
      beyond: 'Endpoint scripts take fixed actions only; their review.',
    },
    {
      id: 'ASI06',
      topic: 'Memory and context poisoned',
      owner: 'detection engineer',
      evidence: ['quarantined', 'claims-checked', 'lessons-decided'],
      beyond: 'Review of lessons, playbooks and reports that models are shown.',
    },
    {
      id: 'ASI07',
      topic: 'Communication between agents',
      owner: 'platform engineer',
      evidence: ['ledger-verified'],
      beyond: 'Access control of the assistant interface for other agents.',
    },
    {
      id: 'ASI08',
      topic: 'Failures that cascade',
      owner: 'platform engineer',
      evidence: ['model-moves', 'model-answers'],
      contrary: ['model-failures'],
      beyond: 'Exercise: the model fails for a day.',
    },
    {
      id: 'ASI09',
      topic: 'Trust between people and agents exploited',
      owner: 'SOC lead',
      evidence: ['verdicts', 'brief-reviews', 'acknowledgements', 'output-audits', 'seeded-suggestions'],
      beyond: 'How often people follow the proposal, and how quickly.',
    },
    {
      id: 'ASI10',
      topic: 'Agents that no longer do what they were let in for',
      owner: 'SOC lead',
      evidence: ['evaluations', 'model-moves', 'model-calls'],
      beyond: 'Drift reviewed at set times.',
    },
  ],
}
