import type { ReactNode } from 'react'
import { useMay } from '../api/session.ts'
import { Link } from '../components/link.tsx'
import { PageHeading } from '../components/page-heading.tsx'
import { AiPolicySection } from '../governance/ai-policy.tsx'
import { OversightSection } from '../governance/oversight-section.tsx'
import { RegisterSection } from '../governance/register-section.tsx'
import { registers } from '../governance/registers.ts'
import { useSearchValues } from '../router.tsx'

const tabs: readonly { readonly id: string; readonly title: string; readonly body: () => ReactNode }[] = [
  { id: 'oversight', title: 'Oversight', body: () => <OversightSection /> },
  { id: 'policy', title: 'AI policy', body: () => <AiPolicySection /> },
  {
    id: 'group',
    title: 'Working group',
    body: () => (
      <>
        <RegisterSection register={registers.charter} single />
        <RegisterSection register={registers.member} />
        <RegisterSection register={registers.decision} />
        <RegisterSection register={registers.audit} />
      </>
    ),
  },
  { id: 'suppliers', title: 'Suppliers', body: () => <RegisterSection register={registers.supplier} /> },
  { id: 'risks', title: 'Risks', body: () => <RegisterSection register={registers.risk} /> },
  { id: 'incidents', title: 'Incidents', body: () => <RegisterSection register={registers.incident} /> },
]

/** How AI is governed here: who decides, on what terms, and whether people really look. */
export function Page() {
  const [search] = useSearchValues()
  const mayKeep = useMay('approver')
  const shown = tabs.filter(({ id }) => mayKeep || id === 'policy')
  const tab = shown.find(({ id }) => id === search.tab) ?? shown[0]
  return (
    <>
      <PageHeading title="Governance">
        <nav aria-label="Parts of governance" className="flex flex-wrap gap-1">
          {shown.map(({ id, title }) => (
            <Link
              key={id}
              href={`/governance?tab=${id}`}
              current={tab?.id === id}
              className={`rounded px-2 py-1 ${tab?.id === id ? 'bg-selected font-semibold' : 'text-muted hover:bg-selected'}`}
            >
              {title}
            </Link>
          ))}
        </nav>
      </PageHeading>
      <div className="grid max-w-5xl grid-cols-1 gap-8 px-4 pb-8">{tab?.body()}</div>
    </>
  )
}
