import { z } from 'zod'

/** One mail address in the form that mail systems compare: lower case, and none of what some of them take as a wildcard. */
const mailAddress = z
  .string()
  .max(254)
  .regex(
    /^[\p{Ll}\p{Lo}\p{N}.!#$&'+/=?^_{|}~-]{1,64}@(?:[a-z0-9-]{1,63}\.)+[a-z0-9-]{2,63}$/u,
    'not one mail address in lower case',
  )

export const mailAddressArguments = z.strictObject({ address: mailAddress })

/** One registrable domain or a name under one; never a whole ending. */
export const mailDomainArguments = z.strictObject({
  domain: z
    .string()
    .max(253)
    .regex(/^(?:[a-z0-9-]{1,63}\.)+[a-z0-9-]{2,63}$/, 'not one domain in lower case'),
})

/** Message-IDs (RFC 5322, section 3.6.4) without their brackets, and who sent the mails. */
export const mailMessagesArguments = z.strictObject({
  messageIds: z
    .array(
      z
        .string()
        .min(3)
        .max(998)
        .regex(/^[^\s<>\p{C}]+$/u, 'not one Message-ID'),
    )
    .min(1)
    .max(200),
  sender: mailAddress,
})

export const mailWarningArguments = z.strictObject({
  recipients: z.array(mailAddress).min(1).max(200),
  text: z.string().min(1).max(4000),
})

/** A list for a sentence: the first few, and how many more. */
export function someOf(values: readonly string[]): string {
  const shown = values.slice(0, 5).join(', ')
  return values.length > 5 ? `${shown} and ${values.length - 5} more` : shown
}
