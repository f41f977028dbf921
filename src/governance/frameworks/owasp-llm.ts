import type { Framework } from '../control.ts'
import { numbered } from './identifiers.ts'

/** OWASP Top 10 for LLM Applications 2025. */
export const owaspLlm: Framework = {
  id: 'owasp-llm-2025',
  name: 'OWASP Top 10 for LLM Applications',
  version: '2025',
  mappingVersion: '2026-11-28',
  source: 'https://genai.owasp.org/llm-top-10/',
  identifiers: { unit: 'risks', all: numbered('LLM', 10, 2).map(id => `${id}:2025`) },
  controls: [
    {
      id: 'LLM01:2025',
      topic: 'Prompt injection',
      owner: 'SOC lead',
      evidence: ['claims-checked', 'approvals', 'injection-evaluations'],
      contrary: ['own-approvals'],
      beyond: 'What the injection suite found, and red teams of people.',
    },
    {
      id: 'LLM02:2025',
      topic: 'Disclosure of sensitive information',
      owner: 'data protection officer',
      evidence: ['pseudonymised-calls', 'sealed-cases', 'setting-policy-file', 'leakage-evaluations'],
      beyond: 'What the leakage suite found, and red teams of people.',
    },
    {
      id: 'LLM03:2025',
      topic: 'Supply chain',
      owner: 'platform engineer',
      evidence: ['suppliers', 'model-moves'],
      beyond: 'Software bill of materials, origin and licence of each model.',
    },
    {
      id: 'LLM04:2025',
      topic: 'Poisoned data and models',
      owner: 'detection engineer',
      evidence: ['quarantined', 'lessons-decided'],
      beyond: 'Origin of training and knowledge data.',
    },
    {
      id: 'LLM05:2025',
      topic: 'Unsafe handling of output',
      owner: 'SOC lead',
      evidence: ['claims-checked'],
      beyond: 'Review of each place that shows output.',
    },
    {
      id: 'LLM06:2025',
      topic: 'Too much agency',
      owner: 'SOC lead',
      evidence: ['proposals', 'approvals', 'actions-taken'],
      contrary: ['own-approvals'],
      beyond: 'Rights of the accounts that carry actions out.',
    },
    {
      id: 'LLM07:2025',
      topic: 'Leakage of the system prompt',
      owner: 'CISO',
      evidence: ['leakage-evaluations'],
      beyond: 'That prompts hold no secret: review on each change.',
    },
    {
      id: 'LLM08:2025',
      topic: 'Weaknesses of vectors and embeddings',
      owner: 'detection engineer',
      evidence: [],
      beyond: 'No vector store is used; look again when one is.',
    },
    {
      id: 'LLM09:2025',
      topic: 'Misinformation',
      owner: 'SOC lead',
      evidence: ['claims-checked', 'brief-reviews', 'verdicts'],
      beyond: 'Errors in sentences that cite real evidence: sample and read.',
    },
    {
      id: 'LLM10:2025',
      topic: 'Unbounded consumption',
      owner: 'platform engineer',
      evidence: ['model-calls', 'model-answers'],
      beyond: 'Budgets and alarms of each provider.',
    },
  ],
}
