import { connect } from 'node:net'
import { createTransport } from 'nodemailer'
import { AppError, messageOf } from '../../lib/app-error.ts'
import { type EgressRule, isLoopbackHost, lookupFor } from '../../lib/egress-fetch.ts'
import type { ChannelTarget } from '../target.ts'
import type { Message } from './channel.ts'

const timeoutMs = 20_000

/**
 * A mail by SMTP, in plain text. The connection is made to an address that the rule allows; nothing is said without TLS,
 * but to this very machine. The Message-ID is the same at each try. Throws `notice-not-sent`.
 */
export async function sendMail(
  target: Extract<ChannelTarget, { kind: 'email' }>,
  recipients: readonly string[],
  message: Message,
  rule: EgressRule,
  extraCa: readonly string[],
): Promise<void> {
  if (recipients.length === 0)
    throw new AppError(
      'notice-not-sent',
      'nobody to write to: no address is set, and nobody of the roles has one',
    )
  if (target.security === 'none' && !isLoopbackHost(target.host))
    throw new AppError(
      'notice-not-sent',
      'mail without TLS goes to this machine only: choose TLS or STARTTLS',
    )
  const transport = createTransport({
    host: target.host,
    port: target.port,
    secure: target.security === 'tls',
    requireTLS: target.security === 'starttls',
    ignoreTLS: target.security === 'none',
    ...(target.user === undefined ? {} : { auth: { user: target.user, pass: target.password ?? '' } }),
    tls: {
      rejectUnauthorized: true,
      servername: target.host,
      ...(extraCa.length > 0 ? { ca: [...extraCa] } : {}),
    },
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    disableFileAccess: true,
    disableUrlAccess: true,
    getSocket(_options: unknown, done: (error: Error | null, socket?: { connection: unknown }) => void) {
      const socket = connect({ host: target.host, port: target.port, lookup: lookupFor(rule) })
      socket.once('connect', () => done(null, { connection: socket }))
      socket.once('error', done)
    },
  } as Parameters<typeof createTransport>[0]) // `getSocket` is documented (Transports, "Custom sockets") and not declared.
  const { text } = message
  try {
    await transport.sendMail({
      from: target.from,
      to: [...recipients],
      subject: `[Tocsin] ${text.headline}`,
      messageId: `<${message.deliveryId}@tocsin>`,
      headers: { 'Auto-Submitted': 'auto-generated' },
      text: [
        text.headline,
        '',
        ...text.facts.map(([name, value]) => `${name}: ${value}`),
        ...(text.title === undefined ? [] : ['', text.title]),
        '',
        text.url,
        '',
      ].join('\n'),
    })
  } catch (error) {
    // A server may say again what it was sent.
    const said = messageOf(error).replaceAll(target.password || '\0', '[secret]')
    throw new AppError('notice-not-sent', `the mail server did not take it: ${said}`, {
      retryable: true,
      cause: error,
    })
  } finally {
    transport.close()
  }
}
