import { useMay } from '../api/session.ts'
import { type PageTab, PageTabs } from '../components/page-tabs.tsx'
import { DriftSection } from '../learning/drift-section.tsx'
import { EvaluationCasesSection } from '../learning/evaluation-cases-section.tsx'
import { LessonsSection } from '../learning/lessons-section.tsx'
import { RunbookSection } from '../learning/runbook-section.tsx'
import { TrainingSection } from '../learning/training-section.tsx'

const lessons: PageTab = { id: 'lessons', title: 'Lessons', body: () => <LessonsSection /> }
const runbooks: PageTab = {
  id: 'runbooks',
  title: 'Runbooks and exercises',
  body: () => <RunbookSection />,
}
const training: PageTab = { id: 'training', title: 'Training data', body: () => <TrainingSection /> }
const forLeads: readonly PageTab[] = [
  { id: 'drift', title: 'Drift and calibration', body: () => <DriftSection /> },
  { id: 'cases', title: 'Evaluation cases', body: () => <EvaluationCasesSection /> },
]

/** What Tocsin learns from people: lessons, questions with known answers, and whether models drift away from them. */
export function Page() {
  const lead = useMay('approver')
  return (
    <PageTabs
      title="Learning"
      path="/learning"
      tabs={lead ? [lessons, runbooks, ...forLeads, training] : [lessons, runbooks, training]}
    />
  )
}
