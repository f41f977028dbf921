import type { ManagerLogtest, RuleDeployment } from '../domain/rule-deployment.ts'
import type { RuleDraft, RuleKind } from '../domain/rule-draft.ts'
import type { FileStore } from '../files/file-store.ts'
import { digestOf } from '../lib/canonical-json.ts'
import type { Clock } from '../lib/clock.ts'
import type { Database } from '../lib/database.ts'
import type { IdSource } from '../lib/ids.ts'
import type { RulesetFiles } from '../wazuh-rules/ruleset.ts'
import type { DeploymentOptions } from './deploy-rules.ts'
import type { MeasureDraft, Measured } from './measure-draft.ts'

/** A draft with what measuring it gave. */
export type StoredDraft = RuleDraft<Measured>

/** What the life of a draft needs from outside. */
export interface DraftLifePorts {
  readonly database: Database
  readonly clock: Clock
  readonly ids: IdSource
  /** The decoders, rules and lists that a draft is added to; throws an AppError that says what to set where there are none. */
  readonly base: () => RulesetFiles
  readonly measure: MeasureDraft
  /** Where rules of each kind go; absent where nothing is connected that takes them. */
  readonly targets: Readonly<Partial<Record<RuleKind, RuleDeployment>>>
  /** The manager's own test tool; absent where no Wazuh server is connected. */
  readonly logtest: ManagerLogtest | undefined
  readonly deployment: DeploymentOptions
  /** Where samples are kept; by default in the database. */
  readonly files?: FileStore
}

/** Why a step was not taken; nothing was changed. */
export interface StepRefused {
  readonly kind: 'refused'
  readonly code: 'not-found' | 'conflict' | 'forbidden' | 'bad-request'
  readonly reason: string
}

export type StepResult = { readonly kind: 'done'; readonly draft: StoredDraft } | StepRefused

export function refuse(code: StepRefused['code'], reason: string): StepRefused {
  return { kind: 'refused', code, reason }
}

/** What people approve: this text, under this name, in place of exactly that. */
export function digestOfDraft({
  fileName,
  text,
  replaces,
}: Pick<StoredDraft, 'fileName' | 'text' | 'replaces'>): string {
  return digestOf({ kind: 'rule-deployment', fileName, text, replaces })
}
