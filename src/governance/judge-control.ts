import type { EvidenceCount } from '../store/compliance-evidence.ts'
import type { Control, EvidenceName } from './control.ts'
import { evidenceTitle, evidenceWords } from './evidence-titles.ts'
import type { OwnStatement } from './own-statement.ts'

/** How far the records speak for a control. Never "met": that is for an auditor to say. */
export const controlStatuses = ['evidence', 'partial', 'no evidence'] as const
export type ControlStatus = (typeof controlStatuses)[number]

/** What was found for one control. */
export interface JudgedControl {
  readonly id: string
  readonly topic: string
  readonly earlier_ids: readonly string[]
  /** Whom the organisation named, or the function that the mapping proposes. */
  readonly owner: string
  readonly status: ControlStatus
  /** False: nothing that Tocsin keeps can speak of it, whatever is done. */
  readonly addressed: boolean
  readonly evidence: readonly FoundEvidence[]
  /** What is missing or speaks against it, then what must be shown by other means. */
  readonly gaps: readonly string[]
  /** What the organisation says itself. No part of the status. */
  readonly own: OwnStatement | null
}

export interface FoundEvidence {
  readonly name: EvidenceName
  readonly title: string
  readonly count: number
  /** ISO 8601; null where there is none, or where the records carry no time. */
  readonly latest: string | null
  readonly speaks: 'for' | 'against'
}

export type EvidenceCounts = ReadonlyMap<EvidenceName, EvidenceCount>

/**
 * `evidence`: every kind of record that the mapping names exists, and none speaks against. `partial`: some exist, or
 * something speaks against. `no evidence`: none exists, or Tocsin cannot see this control at all. What the organisation
 * states goes along and changes nothing.
 */
export function judgeControl(
  control: Control,
  counts: EvidenceCounts,
  own: OwnStatement | null = null,
): JudgedControl {
  const speaking = control.evidence.map(name => found(name, 'for', counts))
  const against = (control.contrary ?? []).map(name => found(name, 'against', counts))
  const missing = speaking.filter(each => each.count === 0)
  const contradicted = against.filter(each => each.count > 0)
  return {
    id: control.id,
    topic: control.topic,
    earlier_ids: control.earlierIds ?? [],
    owner: own?.owner || control.owner,
    status: statusOf(speaking.length, missing.length, contradicted.length),
    addressed: speaking.length > 0,
    evidence: [...speaking, ...against],
    gaps: [
      ...missing.map(each =>
        each.name.startsWith('setting-') ? `Not set: ${each.title}.` : `No record: ${each.title}.`,
      ),
      ...contradicted.map(each => `Speaks against it: ${evidenceWords(each.name, each.count)}.`),
      speaking.length === 0
        ? `Not addressed here; to be shown by other means: ${control.beyond}`
        : `Outside these records: ${control.beyond}`,
    ],
    own,
  }
}

function statusOf(kinds: number, missing: number, contradicted: number): ControlStatus {
  if (missing === kinds) return 'no evidence'
  return missing === 0 && contradicted === 0 ? 'evidence' : 'partial'
}

function found(name: EvidenceName, speaks: FoundEvidence['speaks'], counts: EvidenceCounts): FoundEvidence {
  const { count, latestMs } = counts.get(name) ?? { count: 0, latestMs: null }
  const latest = latestMs === null ? null : new Date(latestMs).toISOString()
  return { name, title: evidenceTitle(name, count), count, latest, speaks }
}
