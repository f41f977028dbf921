import { once } from 'node:events'
import { SMTPServer } from 'smtp-server'
import { messageOf } from '../../lib/app-error.ts'
import type { IncomingMail } from '../receive-mail.ts'
import { largestMessageBytes, type TakeMail } from './intake.ts'
import { journalRecipients } from './journal-report.ts'

export interface JournalOptions {
  readonly host: string
  /** 0: any free one. */
  readonly port: number
  readonly onFailure: (error: unknown) => void
}

/** A running journal address. */
export interface JournalServer {
  readonly port: number
  close(): Promise<void>
}

/**
 * An SMTP address for journaling and for reports: whatever is sent to it is analysed. It answers 250 only once the message
 * is stored, and 451 otherwise, so that the sending server keeps it and tries again. It relays nothing, knows no accounts and
 * speaks no TLS: it listens on one machine, or behind the organisation's own relay.
 */
export async function journalServer(take: TakeMail, options: JournalOptions): Promise<JournalServer> {
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    size: largestMessageBytes,
    maxClients: 20,
    banner: 'Tocsin journal',
    onData(stream, session, answer) {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => {
        // Past the limit the stream is read to its end and dropped, as SMTP wants it.
        if (!stream.sizeExceeded) chunks.push(chunk)
      })
      stream.on('end', () => {
        if (stream.sizeExceeded) return answer(smtpError(552, 'the message is larger than the limit'))
        const bytes = Buffer.concat(chunks)
        const recipients = journalRecipients(bytes)
        const sender = session.envelope.mailFrom
        // A journal report is the mail server's own: nobody reported anything.
        const reporter = sender && recipients === undefined ? sender.address : null
        const incoming: IncomingMail = { bytes, source: 'journal', reporter }
        take(recipients === undefined ? incoming : { ...incoming, recipients }).then(
          ({ id }) => answer(null, `kept as ${id}`),
          error => {
            options.onFailure(error)
            answer(smtpError(451, 'not kept: try again later'))
          },
        )
      })
    },
  })
  server.on('error', error => options.onFailure(new Error(`journal address: ${messageOf(error)}`)))
  const listener = server.listen(options.port, options.host)
  await once(listener, 'listening')
  const address = listener.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : options.port,
    close: () => new Promise(resolve => server.close(() => resolve())),
  }
}

function smtpError(responseCode: number, message: string): Error {
  return Object.assign(new Error(message), { responseCode })
}
