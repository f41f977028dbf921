import type { ComponentType } from 'react'
import type { CaseDetail } from '../../src/http/contract-cases.ts'
import { AlertList } from './alert-list.tsx'
import { EntityList } from './entity-list.tsx'
import { HistoryList } from './history-list.tsx'
import { Notes } from './notes.tsx'
import { PlaybookSection } from './playbook-section.tsx'
import { ResponseSection } from './response-section.tsx'
import { Timeline } from './timeline.tsx'

/** What every section of the case page gets. */
export interface CaseSectionProps {
  readonly detail: CaseDetail
  /** Opens an alert as its source gave it, beside the page. */
  readonly onRaw: (alertKey: string) => void
}

/** A part of the case page below the brief (`main`) or below the verdict (`side`): one component and one line here. */
interface CaseSection {
  readonly id: string
  readonly title: (detail: CaseDetail) => string
  readonly place: 'main' | 'side'
  /** The key that leads there, registered by the component itself. */
  readonly keys?: string
  readonly Content: ComponentType<CaseSectionProps>
}

export const caseSections: readonly CaseSection[] = [
  { id: 'timeline', title: () => 'Timeline', place: 'main', Content: Timeline },
  { id: 'response', title: () => 'Response', place: 'main', Content: ResponseSection },
  { id: 'playbooks', title: () => 'Playbooks', place: 'main', Content: PlaybookSection },
  {
    id: 'alerts',
    title: detail => `Alerts (${detail.alerts.total.toLocaleString('en')})`,
    place: 'main',
    Content: AlertList,
  },
  { id: 'entities', title: () => 'Entities', place: 'side', Content: EntityList },
  { id: 'notes', title: () => 'Notes', place: 'side', keys: 'n', Content: Notes },
  { id: 'history', title: () => 'History', place: 'side', Content: HistoryList },
]
