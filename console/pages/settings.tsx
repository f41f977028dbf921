import { type ComponentType, useLayoutEffect, useRef } from 'react'
import { type Role, roleIncludes, usePerson } from '../api/session.ts'
import { Link } from '../components/link.tsx'
import { PageHeading } from '../components/page-heading.tsx'
import { useSearchValues } from '../router.tsx'
import { AuditSection } from '../settings/audit-section.tsx'
import { ConnectionsSection } from '../settings/connections-section.tsx'
import { InventorySection } from '../settings/inventory-section.tsx'
import { JobsSection } from '../settings/jobs-section.tsx'
import { LearningSection } from '../settings/learning-section.tsx'
import { ModelsSection } from '../settings/models-section.tsx'
import { NotificationsSection } from '../settings/notifications-section.tsx'
import { PolicySection } from '../settings/policy-section.tsx'
import { QuarantineSection } from '../settings/quarantine-section.tsx'
import { ResponseSection } from '../settings/response-section.tsx'
import { SessionsSection } from '../settings/sessions-section.tsx'
import { SignInRulesSection } from '../settings/sign-in-rules-section.tsx'
import { StandInsSection } from '../settings/stand-ins-section.tsx'
import { TokensSection } from '../settings/tokens-section.tsx'
import { UsersSection } from '../settings/users-section.tsx'

interface SettingsSection {
  readonly id: string
  readonly title: string
  readonly role: Role
  readonly Content: ComponentType
}

/** One file in `settings/` and one line here. */
const sections: readonly SettingsSection[] = [
  { id: 'connections', title: 'Connections', role: 'viewer', Content: ConnectionsSection },
  { id: 'models', title: 'Models', role: 'analyst', Content: ModelsSection },
  { id: 'policy', title: 'Data policy', role: 'viewer', Content: PolicySection },
  { id: 'inventory', title: 'Own names', role: 'analyst', Content: InventorySection },
  { id: 'quarantine', title: 'Quarantine', role: 'analyst', Content: QuarantineSection },
  { id: 'jobs', title: 'Jobs', role: 'analyst', Content: JobsSection },
  { id: 'response', title: 'Response', role: 'viewer', Content: ResponseSection },
  { id: 'stand-ins', title: 'Stand-ins', role: 'responder', Content: StandInsSection },
  { id: 'learning', title: 'Learning mode', role: 'approver', Content: LearningSection },
  { id: 'users', title: 'Accounts', role: 'admin', Content: UsersSection },
  { id: 'sign-in', title: 'Sign-in rules', role: 'admin', Content: SignInRulesSection },
  { id: 'notifications', title: 'Notifications', role: 'admin', Content: NotificationsSection },
  { id: 'tokens', title: 'API tokens', role: 'analyst', Content: TokensSection },
  { id: 'sessions', title: 'Your sign-in', role: 'viewer', Content: SessionsSection },
  { id: 'audit', title: 'Account log', role: 'admin', Content: AuditSection },
]

/** What is connected, and who may do what. `?section=` opens one part. */
export function Page() {
  const { role } = usePerson()
  const [search] = useSearchValues()
  const allowed = sections.filter(section => roleIncludes(role, section.role))
  const shown = allowed.find(section => section.id === search.section) ?? allowed[0]
  const tabs = useRef<HTMLElement>(null)
  // On a phone the parts scroll sideways, and the one that is shown may be far to the right.
  // biome-ignore lint/correctness/useExhaustiveDependencies: another part is shown
  useLayoutEffect(() => {
    const [nav, tab] = [tabs.current, tabs.current?.querySelector<HTMLElement>('[aria-current]')]
    if (nav && tab) nav.scrollLeft = tab.offsetLeft - (nav.clientWidth - tab.offsetWidth) / 2
  }, [shown])
  return (
    <>
      <PageHeading title="Settings" />
      <nav
        ref={tabs}
        aria-label="Settings"
        className="flex gap-1 relative border-b border-line px-4 pb-2 max-md:overflow-x-auto md:flex-wrap"
      >
        {allowed.map(section => (
          <Link
            key={section.id}
            href={`/settings?section=${section.id}`}
            current={section === shown}
            className={`whitespace-nowrap rounded px-2 py-1 max-sm:py-2 ${section === shown ? 'bg-selected font-semibold' : 'text-muted hover:bg-selected'}`}
          >
            {section.title}
          </Link>
        ))}
      </nav>
      <div className="max-w-5xl p-4">{shown !== undefined && <shown.Content />}</div>
    </>
  )
}
