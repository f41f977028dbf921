import { AppError } from '../lib/app-error.ts'
import type { Secret } from '../lib/secret.ts'
import type { Settings } from './settings.ts'

/** The ways by which mails come in, where they are set. */
export interface MailDoors {
  readonly imap:
    | {
        readonly host: string
        readonly port: number
        readonly secure: boolean
        readonly user: string
        readonly folder: string
        /** Where newsletters about threats are; they become reports. */
        readonly reportsFolder: string | undefined
        readonly credential:
          | { readonly kind: 'password' | 'token'; readonly secret: Secret }
          | {
              readonly kind: 'oauth'
              readonly tokenUrl: string
              readonly clientId: string
              readonly clientSecret: Secret | undefined
              readonly refreshToken: Secret | undefined
              readonly scope: string | undefined
            }
      }
    | undefined
  readonly yaraRules: string | undefined
  /** Carries approved actions on mail out; nothing can be sent without it. */
  readonly gateway:
    | { readonly url: string; readonly secret: Secret; readonly caFile: string | undefined }
    | undefined
  /** Sends replies to reporters. */
  readonly relay:
    | {
        readonly host: string
        readonly port: number
        readonly secure: boolean
        readonly user: string | undefined
        readonly password: Secret | undefined
        readonly from: string
      }
    | undefined
  readonly host: string
  readonly journalPort: number | undefined
  readonly milterPort: number | undefined
  readonly unavailable: 'deliver' | 'defer'
}

/** The mail part of the settings. Throws `bad-usage` where one is set without what it needs. */
export function mailDoors(values: Settings): MailDoors {
  const { TOCSIN_MAIL_IMAP_URL: address } = values
  const doors = {
    yaraRules: values.TOCSIN_MAIL_YARA,
    gateway: mailGatewayOf(values),
    relay: mailRelayOf(values),
    host: values.TOCSIN_MAIL_HOST,
    journalPort: values.TOCSIN_MAIL_JOURNAL_PORT,
    milterPort: values.TOCSIN_MAIL_MILTER_PORT,
    unavailable: values.TOCSIN_MAIL_UNAVAILABLE,
  }
  if (address === undefined) {
    if (values.TOCSIN_MAIL_IMAP_REPORTS_FOLDER !== undefined)
      throw new AppError('bad-usage', 'TOCSIN_MAIL_IMAP_REPORTS_FOLDER is set: set TOCSIN_MAIL_IMAP_URL too')
    return { ...doors, imap: undefined }
  }
  const url = new URL(address)
  const user = decodeURIComponent(url.username)
  const credential = imapCredential(values)
  if (user === '' || credential === undefined)
    throw new AppError(
      'bad-usage',
      'TOCSIN_MAIL_IMAP_URL is set: name the user in it (imaps://user@host/INBOX), and set TOCSIN_MAIL_IMAP_PASSWORD, _TOKEN, or _OAUTH_URL and _OAUTH_CLIENT with _OAUTH_SECRET or _OAUTH_REFRESH',
    )
  const secure = url.protocol === 'imaps:'
  return {
    ...doors,
    imap: {
      host: url.hostname,
      port: url.port === '' ? (secure ? 993 : 143) : Number(url.port),
      secure,
      user,
      folder: decodeURIComponent(url.pathname.slice(1)) || 'INBOX',
      reportsFolder: values.TOCSIN_MAIL_IMAP_REPORTS_FOLDER,
      credential,
    },
  }
}

function mailGatewayOf(values: Settings): MailDoors['gateway'] {
  const {
    TOCSIN_MAIL_GATEWAY_URL: url,
    TOCSIN_MAIL_GATEWAY_SECRET: held,
    TOCSIN_MAIL_GATEWAY_CA: caFile,
  } = values
  if (url === undefined) return undefined
  if (held === undefined || held.expose().length < 16)
    throw new AppError(
      'bad-usage',
      'TOCSIN_MAIL_GATEWAY_URL is set: set TOCSIN_MAIL_GATEWAY_SECRET too, 16 characters or more, the same as the connector has',
    )
  return { url, secret: held, caFile }
}

function mailRelayOf(values: Settings): MailDoors['relay'] {
  const {
    TOCSIN_MAIL_SMTP_URL: address,
    TOCSIN_MAIL_SMTP_PASSWORD: password,
    TOCSIN_MAIL_FROM: from,
  } = values
  if (address === undefined) return undefined
  if (from === undefined)
    throw new AppError(
      'bad-usage',
      'TOCSIN_MAIL_SMTP_URL is set: set TOCSIN_MAIL_FROM too, the address that replies come from',
    )
  const url = new URL(address)
  const secure = url.protocol === 'smtps:'
  return {
    host: url.hostname,
    port: url.port === '' ? (secure ? 465 : 587) : Number(url.port),
    secure,
    user: url.username === '' ? undefined : decodeURIComponent(url.username),
    password,
    from,
  }
}

type ImapCredential = NonNullable<MailDoors['imap']>['credential']

function imapCredential(values: Settings): ImapCredential | undefined {
  const {
    TOCSIN_MAIL_IMAP_OAUTH_URL: tokenUrl,
    TOCSIN_MAIL_IMAP_OAUTH_CLIENT: clientId,
    TOCSIN_MAIL_IMAP_OAUTH_SECRET: clientSecret,
    TOCSIN_MAIL_IMAP_OAUTH_REFRESH: refreshToken,
    TOCSIN_MAIL_IMAP_TOKEN: token,
    TOCSIN_MAIL_IMAP_PASSWORD: password,
  } = values
  if (tokenUrl !== undefined) {
    if (clientId === undefined || (clientSecret === undefined && refreshToken === undefined)) return undefined
    const scope = values.TOCSIN_MAIL_IMAP_OAUTH_SCOPE
    return { kind: 'oauth', tokenUrl, clientId, clientSecret, refreshToken, scope }
  }
  if (token !== undefined) return { kind: 'token', secret: token }
  return password && { kind: 'password', secret: password }
}
