import type { IncomingMail, ReceivedMail } from '../receive-mail.ts'

/** Takes a message over: resolves once it is stored. */
export type TakeMail = (incoming: IncomingMail) => Promise<ReceivedMail>

/** The largest message that any door takes. */
export const largestMessageBytes = 60 * 1024 * 1024
