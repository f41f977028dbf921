import type { Assessment } from '../assess/assess-alert.ts'
import type { Alert } from '../domain/alert.ts'
import type { CaseFile, VerdictDecision } from '../domain/case.ts'
import type { LessonFact } from '../domain/lesson.ts'
import type { AddedTechniques } from '../knowledge/attack-knowledge.ts'

/** How often something has been seen before the case, in what span. */
export interface HistoryFact {
  /** `rule 5710 on web-01`, `user alice`: what was counted. */
  readonly subject: string
  readonly alertsBefore: number
  /** Length of the history that was looked at, in milliseconds. */
  readonly overMs: number
  readonly lastSeenMs?: number
}

/** What is known of the host, from the Wazuh server or inventory. */
export interface AgentFact {
  readonly agentId: string
  readonly name: string
  readonly operatingSystem?: string
  readonly status?: string
  readonly groups?: readonly string[]
}

/** A decision of a person on a similar case. */
export interface PastVerdict extends VerdictDecision {
  readonly caseId: string
  /** `the same rule on the same host`. */
  readonly similarity: string
}

/** An indicator of a threat report that stands in an alert of the case. */
export interface SightingFact {
  readonly type: string
  readonly value: string
  readonly alertKey: string
  /** What part the report gives it: `command-and-control`, `victim`… */
  readonly role: string
  /** How sure it still is, 0 to 1, by its age and the report's source. */
  readonly confidence: number
  readonly reportId: string
  readonly reportTitle: string
  /** Admiralty grade of the report's source, A to F. */
  readonly trust: string
  readonly tlp: string | null
}

/** What the server's rule packs say about a YARA rule that an endpoint named. */
export interface YaraRuleFact {
  readonly rule: string
  /** Name and version of the pack. */
  readonly pack: string
  readonly tags: readonly string[]
  readonly meta: Readonly<Record<string, unknown>>
}

/** On which hosts a file, known by its hash, was reported, over all cases. */
export interface FilePrevalence {
  readonly sha256: string
  /** At most 20 names. */
  readonly hosts: readonly string[]
  readonly hostCount: number
  readonly firstSeenMs: number
}

/**
 * All that evidence is made from, loaded by the caller: the same code runs offline in `tocsin triage` (from the file
 * alone) and in the server (with what store, Wazuh and knowledge add). What is not known is simply absent.
 */
export interface CaseContext extends CaseFile {
  /** One per alert of the case, in the same order. */
  readonly assessments: readonly Assessment[]
  /** Alerts outside the case, of the same hosts, users or addresses, close in time. At most a few hundred. */
  readonly around: readonly Alert[]
  readonly history: readonly HistoryFact[]
  readonly agents: readonly AgentFact[]
  /** Rules and files of the case's YARA matches; absent where nothing is known of them. */
  readonly yaraRules?: readonly YaraRuleFact[]
  readonly prevalence?: readonly FilePrevalence[]
  readonly pastVerdicts: readonly PastVerdict[]
  readonly sightings?: readonly SightingFact[]
  /** Lessons in force whose scope holds the case, the narrowest first. */
  readonly lessons?: readonly LessonFact[]
  /** ATT&CK techniques that were imported beside those that ship; absent where nothing was. */
  readonly addedTechniques?: AddedTechniques
}
