import {
  ArchiveX,
  BrainCircuit,
  Building2,
  ClipboardCheck,
  Coins,
  FileSearch,
  FlaskConical,
  GraduationCap,
  Grid3x3,
  Inbox,
  ListChecks,
  Mail,
  MessageCircleQuestion,
  Newspaper,
  Scale,
  ScanSearch,
  ScrollText,
  Settings,
  ShieldCheck,
  UserSearch,
} from 'lucide-react'
import type { ComponentType } from 'react'
import type { Role } from './api/session.ts'

/** A page of the console. One file in `pages/` that exports `Page`, and one entry in the list below: that is all. */
export interface PageEntry {
  /** As TanStack Router writes it: `/cases/$caseId`. Read parameters with `useRouteParameter`. */
  readonly path: string
  readonly title: string
  readonly icon: ComponentType<{ className?: string; 'aria-hidden'?: 'true' }>
  /** The heading under which the page stands in the navigation and the palette. Absent: reached by links only. */
  readonly section?: 'Triage' | 'Detect' | 'Respond' | 'Govern' | 'System'
  /** The second key of its `g …` shortcut. */
  readonly goKey?: string
  /** The least role that may see it; everyone when absent. The server decides again. */
  readonly role?: Role
  /** Shown only where this console is that of the operator of several tenants. */
  readonly forOperator?: true
  /** Loaded when first visited, so that no page slows the others. */
  readonly load: () => Promise<{ Page: ComponentType }>
}

export const pages: readonly PageEntry[] = [
  {
    path: '/',
    title: 'Queue',
    icon: Inbox,
    section: 'Triage',
    goKey: 'q',
    load: () => import('./pages/queue.tsx'),
  },
  { path: '/cases/$caseId', title: 'Case', icon: Inbox, load: () => import('./pages/case.tsx') },
  {
    path: '/entities/$type/$value',
    title: 'Entity',
    icon: UserSearch,
    load: () => import('./pages/entity.tsx'),
  },
  {
    path: '/rules',
    title: 'Rules',
    icon: ScanSearch,
    section: 'Detect',
    goKey: 'r',
    load: () => import('./pages/rules.tsx'),
  },
  {
    path: '/rule-coverage',
    title: 'ATT&CK coverage',
    icon: ScanSearch,
    load: () => import('./pages/rule-coverage.tsx'),
  },
  { path: '/rules/$ruleId', title: 'Rule', icon: ScanSearch, load: () => import('./pages/rule.tsx') },
  {
    path: '/yara',
    title: 'YARA',
    icon: FileSearch,
    section: 'Detect',
    goKey: 'y',
    load: () => import('./pages/yara.tsx'),
  },
  {
    path: '/approvals',
    title: 'Approvals',
    icon: ShieldCheck,
    section: 'Respond',
    goKey: 'a',
    load: () => import('./pages/approvals.tsx'),
  },
  {
    path: '/mail',
    title: 'Mail',
    icon: Mail,
    section: 'Triage',
    goKey: 'm',
    load: () => import('./pages/mail.tsx'),
  },
  { path: '/mail/$mailId', title: 'Mail', icon: Mail, load: () => import('./pages/mail-message.tsx') },
  {
    path: '/intel',
    title: 'Threat reports',
    icon: Newspaper,
    section: 'Detect',
    goKey: 'i',
    load: () => import('./pages/intel.tsx'),
  },
  {
    path: '/intel/matrix',
    title: 'ATT&CK matrix',
    icon: Grid3x3,
    section: 'Detect',
    goKey: 'x',
    load: () => import('./pages/intel-matrix.tsx'),
  },
  {
    path: '/intel/digest',
    title: 'Intelligence digest',
    icon: Newspaper,
    section: 'Detect',
    goKey: 'w',
    load: () => import('./pages/intel-digest.tsx'),
  },
  {
    path: '/intel/reports/$reportId',
    title: 'Threat report',
    icon: Newspaper,
    load: () => import('./pages/intel-report.tsx'),
  },
  {
    path: '/assistant',
    title: 'Assistant',
    icon: MessageCircleQuestion,
    section: 'Triage',
    goKey: 'h',
    load: () => import('./pages/assistant.tsx'),
  },
  {
    path: '/playbooks',
    title: 'Playbooks',
    icon: ListChecks,
    section: 'Triage',
    goKey: 'p',
    load: () => import('./pages/playbooks.tsx'),
  },
  { path: '/alert', title: 'Alert', icon: Inbox, load: () => import('./pages/alert.tsx') },
  {
    path: '/authorize',
    title: 'Give access',
    icon: MessageCircleQuestion,
    load: () => import('./pages/authorize.tsx'),
  },
  {
    path: '/ledger',
    title: 'Ledger',
    icon: ScrollText,
    section: 'Govern',
    goKey: 'l',
    role: 'analyst',
    load: () => import('./pages/ledger.tsx'),
  },
  {
    path: '/compliance',
    title: 'Compliance',
    icon: ClipboardCheck,
    section: 'Govern',
    goKey: 'c',
    role: 'approver',
    load: () => import('./pages/compliance.tsx'),
  },
  {
    path: '/models',
    title: 'Models',
    icon: BrainCircuit,
    section: 'Govern',
    goKey: 'o',
    role: 'approver',
    load: () => import('./pages/models.tsx'),
  },
  {
    path: '/evaluations',
    title: 'Evaluations',
    icon: FlaskConical,
    section: 'Govern',
    goKey: 'e',
    role: 'approver',
    load: () => import('./pages/evaluations.tsx'),
  },
  {
    path: '/learning',
    title: 'Learning',
    icon: GraduationCap,
    section: 'Govern',
    goKey: 'n',
    role: 'analyst',
    load: () => import('./pages/learning.tsx'),
  },
  {
    path: '/usage',
    title: 'Cost and usage',
    icon: Coins,
    section: 'Govern',
    goKey: 'u',
    role: 'approver',
    load: () => import('./pages/usage.tsx'),
  },
  {
    path: '/governance',
    title: 'Governance',
    icon: Scale,
    section: 'Govern',
    goKey: 'v',
    load: () => import('./pages/governance.tsx'),
  },
  {
    path: '/retention',
    title: 'Retention',
    icon: ArchiveX,
    section: 'Govern',
    goKey: 'd',
    role: 'approver',
    load: () => import('./pages/retention.tsx'),
  },
  {
    path: '/tenants',
    title: 'Tenants',
    icon: Building2,
    section: 'System',
    role: 'admin',
    forOperator: true,
    load: () => import('./pages/tenants.tsx'),
  },
  {
    path: '/settings',
    title: 'Settings',
    icon: Settings,
    section: 'System',
    goKey: 's',
    load: () => import('./pages/settings.tsx'),
  },
]
