import { once } from 'node:events'
import { addNewsletter } from '../intel/newsletter.ts'
import { type ImapOptions, watchImapMailbox } from '../mail/intake/imap-mailbox.ts'
import type { TakeMail } from '../mail/intake/intake.ts'
import { journalServer } from '../mail/intake/journal-server.ts'
import { milterServer } from '../mail/intake/milter-server.ts'
import { oauthTokens } from '../mail/intake/oauth-token.ts'
import { receiveMail } from '../mail/receive-mail.ts'
import type { Application } from './application.ts'
import { intelPartsOf } from './intel-parts.ts'
import { serviceFetch } from './service-fetch.ts'

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
  const watching = imap ? watchFolders(app, imap, take, onFailure, signal) : undefined
  if (!signal.aborted) await once(signal, 'abort')
  await Promise.all([...servers.map(server => server.close()), watching])
}

type Imap = NonNullable<Application['config']['mail']['imap']>

/** The abuse mailbox, and beside it the folder of newsletters, where one is set. One token serves both. */
async function watchFolders(
  app: Application,
  imap: Imap,
  take: TakeMail,
  onFailure: (error: unknown) => void,
  signal: AbortSignal,
): Promise<void> {
  const options = { ...imap, ...signInOf(imap.credential, app), onFailure }
  const { reportsFolder } = imap
  await Promise.all([
    watchImapMailbox(take, options, signal),
    reportsFolder === undefined
      ? undefined
      : watchImapMailbox(
          ({ bytes }) => addNewsletter(intelPartsOf(app), bytes, signal),
          { ...options, folder: reportsFolder },
          signal,
        ),
  ])
}

/** How a sign-in to the mailbox gets its password or token; token endpoints are reached by an egress rule of their own. */
function signInOf(
  credential: Imap['credential'],
  { clock }: Application,
): Pick<ImapOptions, 'credential' | 'onRefused'> {
  if (credential.kind !== 'oauth') return { credential: async () => credential }
  const fetch = serviceFetch({ url: credential.tokenUrl, caFile: undefined })
  const tokens = oauthTokens({ ...credential, fetch, clock })
  return {
    credential: async () => ({ kind: 'token', secret: await tokens.get() }),
    onRefused: () => tokens.forget(),
  }
}
