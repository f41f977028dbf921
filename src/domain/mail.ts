import type { Problem } from '../lib/problem.ts'

/** What a mail turned out to be. `suspicious`, `phishing`, `bec` and `malware` are flagged; `spam` is told apart. */
export const mailVerdicts = ['legitimate', 'spam', 'suspicious', 'phishing', 'bec', 'malware'] as const
export type MailVerdict = (typeof mailVerdicts)[number]

/** The verdicts that mean harm: a person should look, or a gateway act. */
export const flaggedMailVerdicts: readonly MailVerdict[] = ['suspicious', 'phishing', 'bec', 'malware']

/** A range of bytes in the message as received. `part` is the IMAP section number (`1.2`), or `header`. */
export interface MailRange {
  readonly part: string
  readonly start: number
  readonly end: number
}

/** One reason for or against, with the place in the message that shows it. */
export interface MailSignal {
  /** Kebab-case and stable: `link-text-mismatch`. */
  readonly id: string
  /** Log-odds towards harm; negative speaks for the mail. */
  readonly weight: number
  /** For a person; quotes the message where it can. */
  readonly text: string
  readonly where: MailRange
}

export const mailIndicatorTypes = [
  'url',
  'domain',
  'email',
  'ipv4',
  'sha256',
  'md5',
  'crypto',
  'phone',
] as const
export type MailIndicatorType = (typeof mailIndicatorTypes)[number]

export interface MailIndicator {
  readonly type: MailIndicatorType
  readonly value: string
}

/** The whole judgement of one message: the record that `tocsin mail --json` prints. */
export interface MailReport {
  readonly file: string
  /** Position within the file: 0 but for mailboxes. */
  readonly index: number
  readonly message_id: string | null
  readonly verdict: MailVerdict
  /** 0 to 1, calibrated: that it is phishing, BEC or malware. */
  readonly probability: number
  /** By falling absolute weight. */
  readonly signals: readonly MailSignal[]
  readonly indicators: readonly MailIndicator[]
  /** Equal for near-duplicates within one run; stable for one message. */
  readonly campaign: string
  readonly problems: readonly Problem[]
}

/** Someone whose name an impostor would borrow. */
export interface MailPerson {
  readonly name: string
  readonly addresses: readonly string[]
}

export interface MailBrand {
  readonly name: string
  /** Registrable domains that the brand really sends from and links to. */
  readonly domains: readonly string[]
}

/** What an organisation knows about itself: sharpens impersonation and look-alike checks. */
export interface MailOrganisation {
  readonly domains: readonly string[]
  readonly people: readonly MailPerson[]
  readonly brands: readonly MailBrand[]
  /** authserv-ids whose Authentication-Results are believed (RFC 8601, section 5). Empty: none is. */
  readonly receivers: readonly string[]
  /** Public keys of signers (RFC 6376), by the name of their DNS record: signatures are checked against these, never looked up. */
  readonly dkimKeys?: Readonly<Record<string, string>>
}

export const emptyMailOrganisation: MailOrganisation = { domains: [], people: [], brands: [], receivers: [] }
