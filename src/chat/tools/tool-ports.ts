import type { Alert } from '../../domain/alert.ts'
import type { AttackKnowledge } from '../../knowledge/attack-knowledge.ts'
import type { ImportedKnowledge } from '../../knowledge/imported-knowledge.ts'
import type { Database } from '../../lib/database.ts'
import type { AgentState } from '../../wazuh/agent-state.ts'
import type { Indexer } from '../../wazuh/indexer.ts'
import type { ChatData } from '../answer.ts'
import type { DocumentIndex } from '../documents/document-index.ts'

/** What a log line becomes in the rule engine: the names of Wazuh's alerts. */
export interface ExplainedLog {
  readonly decoder: string | null
  readonly fields: Readonly<Record<string, string>>
  readonly ruleId: string | null
  readonly level: number | null
  readonly description: string | null
  readonly groups: readonly string[]
  readonly mitre: readonly string[]
  readonly alert: boolean
}

export interface RuleText {
  readonly file: string
  readonly text: string
}

/** A file that a person handed to the assistant, as YARA sees it. */
export interface ScannedFile {
  readonly name: string
  readonly sizeBytes: number
  readonly sha256: string
  readonly matches: readonly {
    readonly rule: string
    readonly tags: readonly string[]
    readonly strings: number
  }[]
  readonly rules: number
  readonly problems: readonly string[]
}

/** What policy says of a text for each zone that a model could be in. */
export interface ExplainedPolicy {
  readonly zone: string
  readonly decision: string
  readonly rule: string
  readonly classes: Readonly<Record<string, number>>
  readonly reasons: readonly string[]
}

/**
 * What the tools read from. `alerts`, `rankTechniques` and `documents` are always there; each of the others brings its
 * tools with it, and without it they are not offered. Built in main/.
 */
export interface ToolPorts {
  readonly alerts: {
    /** In order of time. */
    current(): Promise<readonly Alert[]>
    ofCase(caseId: string): Promise<readonly Alert[]>
  }
  readonly rankTechniques: ChatData['rankTechniques']
  readonly documents: DocumentIndex
  /** ATT&CK as it is known here; what ships where nothing is said. */
  readonly attack?: AttackKnowledge
  /** ATT&CK bundles and D3FEND's table, where they were imported. */
  readonly imported?: ImportedKnowledge
  readonly database?: Database
  readonly agents?: AgentState
  readonly indexer?: Indexer
  readonly ruleEngine?: {
    explainLog(line: string, location: string, signal: AbortSignal): Promise<readonly ExplainedLog[]>
    ruleText(id: string): RuleText | undefined
  }
  readonly explainPolicy?: (text: string, task: string) => Promise<readonly ExplainedPolicy[]>
  /** A file of an earlier upload, by its id; the asking person's own. */
  readonly scanUpload?: (id: string, signal: AbortSignal) => Promise<ScannedFile | undefined>
}
