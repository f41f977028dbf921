import type { KeyObject } from 'node:crypto'
import { keyFingerprint, publicKeyPem } from '../ledger/checkpoint.ts'
import { canonicalJson } from '../lib/canonical-json.ts'
import type { ComplianceReport } from './compliance-report.ts'
import { reportHtml } from './report-html.ts'
import { reportOscal } from './report-oscal.ts'
import { reportPdf } from './report-pdf.ts'
import { signDocument } from './sign-document.ts'

export const reportFormats = ['json', 'html', 'pdf', 'oscal'] as const
export type ReportFormat = (typeof reportFormats)[number]

/** A report as it is handed over, and the signature over exactly its bytes. */
export interface RenderedReport {
  readonly bytes: Buffer
  /** Ed25519, base64. */
  readonly signature: string
  /** Names the key: see `keyFingerprint`. */
  readonly key: string
}

/** Writes the report in one format and signs it. JSON also carries a signature over its other members inside. */
export async function renderReport(
  report: ComplianceReport,
  format: ReportFormat,
  signingKey: KeyObject,
): Promise<RenderedReport> {
  const bytes = format === 'pdf' ? await reportPdf(report) : Buffer.from(textOf(report, format, signingKey))
  return {
    bytes,
    signature: signDocument(bytes, signingKey),
    key: keyFingerprint(publicKeyPem(signingKey)),
  }
}

function textOf(
  report: ComplianceReport,
  format: Exclude<ReportFormat, 'pdf'>,
  signingKey: KeyObject,
): string {
  switch (format) {
    case 'json': {
      const statement = { ...report, key: keyFingerprint(publicKeyPem(signingKey)) }
      return `${canonicalJson({ ...statement, signature: signDocument(canonicalJson(statement), signingKey) })}\n`
    }
    case 'html':
      return reportHtml(report)
    case 'oscal':
      return `${JSON.stringify(reportOscal(report), null, 2)}\n`
  }
}
