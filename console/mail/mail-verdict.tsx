import { Ban, Bug, CircleCheck, CircleHelp, Fish, Landmark } from 'lucide-react'
import type { MailVerdict } from '../api/mail.ts'

/** Word, icon and colour; the worst first, as in the filter. */
export const mailVerdictLooks: Readonly<
  Record<MailVerdict, { readonly word: string; readonly color: string; readonly Icon: typeof Bug }>
> = {
  malware: { word: 'Malware', color: 'text-critical', Icon: Bug },
  bec: { word: 'BEC', color: 'text-critical', Icon: Landmark },
  phishing: { word: 'Phishing', color: 'text-high', Icon: Fish },
  suspicious: { word: 'Suspicious', color: 'text-medium', Icon: CircleHelp },
  spam: { word: 'Spam', color: 'text-muted', Icon: Ban },
  legitimate: { word: 'Legitimate', color: 'text-good', Icon: CircleCheck },
}

export const mailVerdictOrder = Object.keys(mailVerdictLooks) as readonly MailVerdict[] // The keys of the literal above.

/** Whether a verdict means harm, and so a case. */
export function isFlagged(verdict: MailVerdict): boolean {
  return verdict !== 'legitimate' && verdict !== 'spam'
}

/** A verdict of ours, or one that a person set (`decided`). */
export function MailVerdictLabel({ verdict, decided = false }: { verdict: MailVerdict; decided?: boolean }) {
  const { word, color, Icon } = mailVerdictLooks[verdict]
  return (
    <span className={`inline-flex items-center gap-1.5 whitespace-nowrap ${color}`}>
      <Icon aria-hidden="true" className="size-3.5 shrink-0" strokeWidth={decided ? 2.5 : 1.75} />
      <span className={decided ? 'font-semibold' : ''}>{word}</span>
      {decided && <span className="sr-only">(set by a person)</span>}
    </span>
  )
}
