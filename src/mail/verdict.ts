import type { MailVerdict } from '../domain/mail.ts'
import type { WeightsFile } from './classifier/model.ts'
import type { Finding } from './signals/finding.ts'
import type { SignalId } from './signals/signal-kinds.ts'

const malwareSignals: readonly SignalId[] = [
  'attachment-program',
  'attachment-macro',
  'attachment-disguised',
  'attachment-remote-template',
  'attachment-bomb',
  'html-smuggling',
  'yara-match',
]

const fraudSignals: readonly SignalId[] = [
  'changes-payment',
  'orders-transfer',
  'gift-cards',
  'diverts-payroll',
  'probes-availability',
]

/** Names what the probability is of. `unwanted` is the probability that nobody wants the mail, harmful or not. */
export function verdictOf(
  probability: number,
  unwanted: number,
  findings: ReadonlyMap<SignalId, Finding>,
  clickable: number,
  thresholds: WeightsFile['thresholds'],
): MailVerdict {
  const has = (id: SignalId) => findings.has(id)
  if (probability < thresholds.suspicious) return unwanted >= 0.5 ? 'spam' : 'legitimate'
  const shortcut = findings.get('attachment-shortcut')?.strength ?? 0
  if (malwareSignals.some(has) || shortcut >= 1) return 'malware'
  // A bare conversation that steers to money is BEC; with a page to log in to it is phishing.
  const fraud = fraudSignals.filter(has)
  const baits =
    has('asks-credentials') || has('promises-reward') || has('parcel-trouble') || has('advance-fee')
  if (
    fraud.length > 0 &&
    clickable <= 1 &&
    !baits &&
    (fraud.length > 1 || !has('orders-transfer') || has('urgent-payment') || has('person-impersonated'))
  )
    return 'bec'
  return probability < thresholds.phishing ? 'suspicious' : 'phishing'
}
