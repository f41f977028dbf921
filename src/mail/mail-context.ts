import type { MailVerdict } from '../domain/mail.ts'
import type { SenderDecision } from './sender/sender-memory.ts'

/** A rule that matched a file of a mail. */
export interface FileMatch {
  /** Section number of the part that carries the file. */
  readonly part: string
  readonly file: string
  readonly rule: string
}

/** A stored mail that this one says it answers. */
export interface AnsweredMail {
  readonly messageId: string
  readonly senderName: string
  /** Registrable domains of whoever wrote it and whoever got it. */
  readonly domains: readonly string[]
}

/** What earlier mails tell about this one's sender. */
export interface MailHistory {
  /** Mails that are kept, and how many days they span: with little history nobody is new. */
  readonly mails: number
  readonly days: number
  /** Earlier mails of exactly this address, of its registrable domain, and since how many days. */
  readonly ofSender: number
  readonly ofDomain: number
  readonly senderDays: number
  /** Verdicts that earlier mails of this address got, a person's before ours. */
  readonly verdicts: readonly MailVerdict[]
  readonly answered: readonly AnsweredMail[]
}

/** What is known about a mail beyond its bytes. All of it may be missing: then the bytes alone decide. */
export interface MailContext {
  readonly decisions: readonly SenderDecision[]
  readonly history: MailHistory | undefined
  readonly fileMatches: readonly FileMatch[]
}

export const noContext: MailContext = { decisions: [], history: undefined, fileMatches: [] }
