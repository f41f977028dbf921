import { once } from 'node:events'
import { SMTPServer } from 'smtp-server'

/** A relay that keeps what it is given. */
export interface SmtpRelay {
  readonly port: number
  readonly mails: string[]
  close(): Promise<void>
}

export async function startSmtpRelay(): Promise<SmtpRelay> {
  const mails: string[] = []
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['AUTH', 'STARTTLS'],
    onData(stream, _session, answer) {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        mails.push(Buffer.concat(chunks).toString())
        answer()
      })
    },
  })
  const listener = server.listen(0, '127.0.0.1')
  await once(listener, 'listening')
  const address = listener.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    mails,
    close: () => new Promise(resolve => server.close(() => resolve())),
  }
}
