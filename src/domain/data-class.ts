/** How sensitive a value is. */
export const dataClasses = ['public', 'internal', 'confidential', 'secret'] as const
export type DataClass = (typeof dataClasses)[number]

/** How far a model is trusted. `local`: in this process or on this machine; then further and further away. */
export const trustZones = ['local', 'on-prem', 'contracted', 'public'] as const
export type TrustZone = (typeof trustZones)[number]

/** What a model is asked for. Policy, budgets, prompts and evaluation are all per task. */
export const modelTasks = [
  'case-brief',
  'remediation',
  'mail-judgement',
  'intel-context',
  'technique-mapping',
  'rule-draft',
  'yara-enrichment',
  'chat',
  'digest',
  'runbook',
] as const
export type ModelTask = (typeof modelTasks)[number]
