import { ImapFlow } from 'imapflow'
import { pause } from '../../lib/abort.ts'
import type { Secret } from '../../lib/secret.ts'
import type { IncomingMail } from '../receive-mail.ts'
import { largestMessageBytes } from './intake.ts'

export interface ImapOptions {
  readonly host: string
  readonly port: number
  /** TLS from the first byte (993); otherwise STARTTLS is demanded. */
  readonly secure: boolean
  readonly user: string
  /** A password, or an OAuth2 access token (RFC 7628), read anew at each connection. */
  readonly credential: () => Promise<{ readonly kind: 'password' | 'token'; readonly secret: Secret }>
  /** The server did not take it: an access token may have been revoked before its time. */
  readonly onRefused?: () => void
  readonly folder: string
  /** Only for tests against a server on this machine. */
  readonly allowPlain?: boolean
  readonly onFailure: (error: unknown) => void
}

const firstRetryMs = 5_000
const longestRetryMs = 5 * 60_000
/** Servers drop an idle connection after 30 minutes (RFC 2177); and a look now and then costs nothing. */
const longestIdleMs = 9 * 60_000
/** ImapFlow waits 15 seconds before IDLE by default: so long a reported mail would lie there unseen. */
const idleAfterMs = 500

/** Takes a mail over: it is marked read once this resolves. */
export type TakeUnread = (incoming: IncomingMail) => Promise<unknown>

/** Watches a mailbox until the signal fires: unread mails are taken over, then marked read. Reconnects by itself. */
export async function watchImapMailbox(
  take: TakeUnread,
  options: ImapOptions,
  signal: AbortSignal,
): Promise<void> {
  let retryMs = firstRetryMs
  while (!signal.aborted) {
    try {
      await watchOnce(take, options, signal, () => {
        retryMs = firstRetryMs
      })
    } catch (error) {
      if (signal.aborted) return
      options.onFailure(error)
    }
    await pause(retryMs, signal)
    retryMs = Math.min(retryMs * 2, longestRetryMs)
  }
}

async function watchOnce(
  take: TakeUnread,
  options: ImapOptions,
  signal: AbortSignal,
  onWorking: () => void,
): Promise<void> {
  const { kind, secret } = await options.credential()
  const client = new ImapFlow({
    host: options.host,
    port: options.port,
    secure: options.secure,
    doSTARTTLS: options.secure || options.allowPlain ? undefined : true,
    auth:
      kind === 'password'
        ? { user: options.user, pass: secret.expose() }
        : { user: options.user, accessToken: secret.expose() },
    logger: false,
    autoIdleDelay: idleAfterMs,
  })
  client.on('error', options.onFailure)
  const stop = () => client.close()
  signal.addEventListener('abort', stop, { once: true })
  try {
    await client.connect().catch((error: unknown) => {
      // ImapFlow's own member, set where it was the sign-in that failed.
      if ((error as { authenticationFailed?: boolean }).authenticationFailed) options.onRefused?.()
      throw error
    })
    await client.mailboxOpen(options.folder)
    while (!signal.aborted) {
      // Listens before it looks: what arrives while mails are being taken must not wait for the next look.
      const news = listenForNews(client)
      try {
        await takeUnread(client, take, options)
        onWorking()
        await news.wait(signal)
      } finally {
        news.close()
      }
      if (!client.usable) throw new Error('the mail server closed the connection')
    }
  } finally {
    signal.removeEventListener('abort', stop)
    client.close()
  }
}

/** A mail is marked read only once it is stored: what fails is met again. */
async function takeUnread(client: ImapFlow, take: TakeUnread, options: ImapOptions): Promise<void> {
  const unread = await client.search({ seen: false }, { uid: true })
  for (const uid of unread || []) {
    const message = await client.fetchOne(
      String(uid),
      { source: { maxLength: largestMessageBytes }, envelope: true },
      { uid: true },
    )
    if (!message || message.source === undefined) continue
    try {
      const reporter = message.envelope?.from?.[0]?.address ?? null
      await take({ bytes: message.source, source: 'imap', reporter })
      await client.messageFlagsAdd(String(uid), ['\\Seen'], { uid: true })
    } catch (error) {
      options.onFailure(error)
    }
  }
}

interface News {
  /** Resolves when the server has told of a new mail (IDLE) or is gone, or after a while. */
  wait(signal: AbortSignal): Promise<void>
  close(): void
}

function listenForNews(client: ImapFlow): News {
  const heard = new AbortController()
  const wake = () => heard.abort()
  client.on('exists', wake)
  client.on('close', wake)
  return {
    // Woken on purpose.
    wait: signal => pause(longestIdleMs, AbortSignal.any([signal, heard.signal])),
    close() {
      client.off('exists', wake)
      client.off('close', wake)
    },
  }
}
