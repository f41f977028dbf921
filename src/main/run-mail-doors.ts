import { once } from 'node:events'
import { watchImapMailbox } from '../mail/intake/imap-mailbox.ts'
import type { TakeMail } from '../mail/intake/intake.ts'
import { journalServer } from '../mail/intake/journal-server.ts'
import { milterServer } from '../mail/intake/milter-server.ts'
import { receiveMail } from '../mail/receive-mail.ts'
import type { Application } from './application.ts'

/** Opens the ways by which mails come in, as far as they are set, until the signal fires. */
export async function runMailDoors(app: Application, signal: AbortSignal): Promise<void> {
  const { imap, host, journalPort, milterPort, unavailable } = app.config.mail
  const take: TakeMail = incoming => receiveMail(app.mail, incoming)
  const onFailure = (error: unknown) => app.logger.error({ err: error }, 'taking a mail in failed')
  const servers = [
    ...(journalPort === undefined ? [] : [await journalServer(take, { host, port: journalPort, onFailure })]),
    ...(milterPort === undefined
      ? []
      : [await milterServer(take, { host, port: milterPort, unavailable, onFailure })]),
  ]
  const watching =
    imap && watchImapMailbox(take, { ...imap, credential: async () => imap.credential, onFailure }, signal)
  if (!signal.aborted) await once(signal, 'abort')
  await Promise.all([...servers.map(server => server.close()), watching])
}
