import { createTransport } from 'nodemailer'
import type { Config } from '../config.ts'

/** Sends one mail through the organisation's own relay. Throws where it was not taken. */
export type SmtpRelay = (mail: {
  readonly to: string
  readonly subject: string
  readonly text: string
}) => Promise<void>

/** The relay that the settings name, or none. TLS is demanded unless the relay is on this machine. */
export function openSmtpRelay({ mail }: Config): SmtpRelay | undefined {
  const { relay } = mail
  if (relay === undefined) return undefined
  const { host, port, secure, user, password, from } = relay
  const isLocal = host === 'localhost' || host.startsWith('127.') || host === '::1'
  const transport = createTransport({
    host,
    port,
    secure,
    ...(isLocal ? { ignoreTLS: !secure } : { requireTLS: true }),
    ...(user === undefined || password === undefined ? {} : { auth: { user, pass: password.expose() } }),
    disableFileAccess: true,
    disableUrlAccess: true,
    connectionTimeout: 15_000,
    socketTimeout: 30_000,
  })
  return async ({ to, subject, text }) => {
    await transport.sendMail({ from, to: { name: '', address: to }, subject, text })
  }
}
