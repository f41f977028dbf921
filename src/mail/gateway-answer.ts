import { flaggedMailVerdicts, type MailReport, type MailVerdict } from '../domain/mail.ts'

/** What a gateway should do. Nothing is ever dropped: a person can always find the mail. */
export interface GatewayAnswer {
  readonly action: 'accept' | 'tag' | 'quarantine'
  readonly header: { readonly name: string; readonly value: string }
  readonly verdict: MailVerdict
  readonly probability: number
}

const header = 'X-Tocsin-Verdict'

/** Harm that is all but certain is held back; what is doubtful or spam is tagged; the rest goes on, with its header. */
export function gatewayAnswer({ verdict, probability }: MailReport): GatewayAnswer {
  const certain = flaggedMailVerdicts.includes(verdict) && verdict !== 'suspicious'
  const action = certain ? 'quarantine' : verdict === 'legitimate' ? 'accept' : 'tag'
  return {
    action,
    header: { name: header, value: `${verdict}; probability=${probability.toFixed(3)}` },
    verdict,
    probability,
  }
}

/** The header of a mail that could not be analysed in time: delivered, and marked so. */
export const unavailableHeader = { name: header, value: 'unavailable' } as const
