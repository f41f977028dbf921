import { useMay } from '../api/session.ts'
import { type PageTab, PageTabs } from '../components/page-tabs.tsx'
import { AiPolicySection } from '../governance/ai-policy.tsx'
import { AuditSection } from '../governance/audit-section.tsx'
import { OversightSection } from '../governance/oversight-section.tsx'
import { RegisterSection } from '../governance/register-section.tsx'
import { registers } from '../governance/registers.ts'
import { SeededSection } from '../governance/seeded-section.tsx'

const tabs: readonly PageTab[] = [
  {
    id: 'oversight',
    title: 'Oversight',
    body: () => (
      <>
        <OversightSection />
        <SeededSection />
      </>
    ),
  },
  { id: 'audits', title: 'Output audits', body: () => <AuditSection /> },
  { id: 'policy', title: 'AI policy', body: () => <AiPolicySection /> },
  {
    id: 'group',
    title: 'Working group',
    body: () => (
      <>
        <RegisterSection register={registers.charter} single />
        <RegisterSection register={registers.member} />
        <RegisterSection register={registers.decision} />
      </>
    ),
  },
  { id: 'suppliers', title: 'Suppliers', body: () => <RegisterSection register={registers.supplier} /> },
  { id: 'risks', title: 'Risks', body: () => <RegisterSection register={registers.risk} /> },
  { id: 'incidents', title: 'Incidents', body: () => <RegisterSection register={registers.incident} /> },
]

/** How AI is governed here: who decides, on what terms, and whether people really look. */
export function Page() {
  const mayKeep = useMay('approver')
  const mayAudit = useMay('analyst')
  return (
    <PageTabs
      title="Governance"
      path="/governance"
      tabs={tabs.filter(({ id }) => mayKeep || id === 'policy' || (mayAudit && id === 'audits'))}
    />
  )
}
