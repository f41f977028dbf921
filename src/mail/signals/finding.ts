import type { MailOrganisation, MailRange } from '../../domain/mail.ts'
import type { FoldedText } from '../content/folded-text.ts'
import type { Mail } from '../read-mail.ts'
import type { BrandWord } from '../sender/brands.ts'
import type { SignalId } from './signal-kinds.ts'

/** Something noticed, before it is weighed. */
export interface Finding {
  readonly id: SignalId
  /** 0 to 1: how strongly. */
  readonly strength: number
  /** For a person; quotes the mail. */
  readonly text: string
  /** Computed when asked for: most findings of most mails are never shown. */
  readonly where: () => MailRange
}

/** What every detector gets. */
export interface Examined {
  readonly mail: Mail
  readonly organisation: MailOrganisation
  readonly brands: readonly BrandWord[]
  /** Subject and visible body, folded. */
  readonly subject: FoldedText
  readonly body: FoldedText
}

/** A quote that is safe in one line of output: no control characters, no line ends, at most 120 characters. */
export function quote(text: string): string {
  const flat = text
    .replace(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]+/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
  return `"${flat.length > 120 ? `${flat.slice(0, 119)}…` : flat}"`
}
