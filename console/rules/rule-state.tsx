import type { RuleDraftView } from '../../src/http/contract-rules.ts'

const words: Readonly<Record<RuleDraftView['state'], string>> = {
  draft: 'draft',
  awaiting: 'waits for approval',
  approved: 'approved, not deployed yet',
  rejected: 'rejected',
  deploying: 'on its way to Wazuh',
  deployed: 'deployed',
  'not-deployed': 'not deployed',
  'rolled-back': 'rolled back',
  broken: 'broken: look at Wazuh',
}

/** Where a draft stands, in words. */
export function RuleState({ state }: { state: RuleDraftView['state'] }) {
  return <span className={state === 'broken' ? 'font-semibold text-bad' : ''}>{words[state]}</span>
}
