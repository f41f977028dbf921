import type { Ledger } from '../ledger/ledger.ts'
import type { Sql } from '../lib/database.ts'
import { countEvidence, type EvidenceCount } from '../store/compliance-evidence.ts'
import { checkLedger, type LedgerState } from './check-ledger.ts'
import type { EvidenceName, Framework, SettingEvidence } from './control.ts'
import { type ControlStatus, controlStatuses, type JudgedControl, judgeControl } from './judge-control.ts'
import { readStatements } from './own-statement.ts'

/** What a report is made from. */
export interface ReportSources {
  readonly database: Sql
  readonly ledger: Pick<Ledger, 'read'>
  readonly tenant: string
  /** Which settings are on now. */
  readonly settings: Readonly<Record<SettingEvidence, boolean>>
  /** Of Tocsin. */
  readonly version: string
}

/** `toMs` is not in it. */
export interface Period {
  readonly fromMs: number
  readonly toMs: number
}

/** The evidence for each control in one period. Holds no time of its making: the same data give the same bytes. */
export interface ComplianceReport {
  readonly format: 'tocsin-compliance-1'
  readonly framework: {
    readonly id: string
    readonly name: string
    readonly version: string
    readonly mapping_version: string
    readonly source: string
  }
  readonly tenant: string
  readonly period: { readonly from: string; readonly to: string }
  readonly tocsin: string
  readonly ledger: { readonly verified: number; readonly first_bad: number | null; readonly head: string }
  readonly summary: Readonly<Record<ControlStatus, number>>
  /** How many of the framework's identifiers a kind of record is mapped to, and which it is not: those are listed too. */
  readonly coverage: Coverage
  /** Statements of the organisation itself: those that held at the end of the period, and those that had expired. */
  readonly own_statements: { readonly in_force: number; readonly expired: number }
  readonly controls: readonly JudgedControl[]
  readonly notice: string
}

export interface Coverage {
  readonly unit: string
  readonly of: number
  readonly mapped: number
  readonly not_mapped: readonly string[]
}

const notice =
  'Statuses count records; they do not judge. "evidence" means that every kind of record named for a control exists in the period, "partial" that some do or that one speaks against, "no evidence" that none does. A control that is not addressed has no kind of record here at all. What the organisation states itself stands apart, with who said it and until when; Tocsin has not checked it, and no status comes of it. Whether a control is met is for an auditor to say. Accounts, settings and keys are as of the making of the report; everything else is of the period.'

/** Counts the evidence of a period and judges every control of the framework by it. */
export async function complianceReport(
  sources: ReportSources,
  framework: Framework,
  period: Period,
  signal: AbortSignal,
): Promise<ComplianceReport> {
  const stored = await countEvidence(sources.database, sources.tenant, period)
  const ledger = await checkLedger(sources.ledger, period.toMs, signal)
  const counts = new Map<EvidenceName, EvidenceCount>([
    ...stored,
    ...settingCounts(sources.settings),
    ['ledger-verified', verifiedCount(ledger, stored.get('ledger-entries')?.count ?? 0)],
  ])
  const own = await readStatements(sources.database, sources.tenant, framework.id, period.toMs)
  const controls = framework.controls.map(control =>
    judgeControl(control, counts, own.get(control.id) ?? null),
  )
  return {
    format: 'tocsin-compliance-1',
    framework: {
      id: framework.id,
      name: framework.name,
      version: framework.version,
      mapping_version: framework.mappingVersion,
      source: framework.source,
    },
    tenant: sources.tenant,
    period: { from: new Date(period.fromMs).toISOString(), to: new Date(period.toMs).toISOString() },
    tocsin: sources.version,
    ledger: { verified: ledger.verified, first_bad: ledger.firstBadSeq, head: ledger.head },
    summary: summaryOf(controls),
    coverage: coverageOf(framework),
    own_statements: statementsOf(controls),
    controls,
    notice,
  }
}

function statementsOf(controls: readonly JudgedControl[]): ComplianceReport['own_statements'] {
  const stated = controls.flatMap(({ own }) => (own === null || own.statement === '' ? [] : [own]))
  const inForce = stated.filter(own => own.in_force).length
  return { in_force: inForce, expired: stated.length - inForce }
}

/** How much of a framework this mapping is about. */
export function coverageOf({ identifiers, controls }: Framework): Coverage {
  const mapped = new Set(controls.filter(({ evidence }) => evidence.length > 0).map(({ id }) => id))
  const { unit, all } = identifiers
  const missing = all.filter(id => !mapped.has(id))
  return { unit, of: all.length, mapped: all.length - missing.length, not_mapped: missing }
}

/**
 * A ledger that breaks anywhere is no evidence of anything, however many of its entries fit; nor is one in which nothing was
 * recorded in the period, for its first entry is there from the first start on.
 */
function verifiedCount(ledger: LedgerState, ofPeriod: number): EvidenceCount {
  const fits = ledger.firstBadSeq === null && ofPeriod > 0
  return { count: fits ? ledger.verified : 0, latestMs: null }
}

function settingCounts(settings: ReportSources['settings']): [EvidenceName, EvidenceCount][] {
  // The record's keys are exactly the names of settings.
  const entries = Object.entries(settings) as [SettingEvidence, boolean][]
  return entries.map(([name, on]) => [name, { count: on ? 1 : 0, latestMs: null }])
}

function summaryOf(controls: readonly JudgedControl[]): Record<ControlStatus, number> {
  const count = (status: ControlStatus) => controls.filter(control => control.status === status).length
  // Every status is a key.
  return Object.fromEntries(controlStatuses.map(status => [status, count(status)])) as Record<
    ControlStatus,
    number
  >
}
