import { isIP } from 'node:net'
import { AppError, messageOf } from '../../lib/app-error.ts'
import type { Secret } from '../../lib/secret.ts'
import type { Checkpoint } from '../checkpoint.ts'
import { fileTarget } from './file-target.ts'
import { s3Target } from './s3-target.ts'
import { syslogTarget } from './syslog-target.ts'

/** A place where checkpoints are kept out of reach of the ledger's keeper. */
export interface CheckpointTarget {
  /** For people: the URL without credentials. */
  readonly name: string
  /** Fewest marks: for a datagram that must not be cut. */
  readonly compact: boolean
  /** Resolves when the place has taken it. Throws `checkpoint-not-kept`. */
  keep(checkpoint: Checkpoint, signal: AbortSignal): Promise<void>
  /** Whether it would take one, found out without sending any; what is known of it then. Throws `checkpoint-not-kept`. */
  check(signal: AbortSignal): Promise<string>
}

export interface TargetOptions {
  /** `ACCESS_KEY_ID:SECRET_ACCESS_KEY[:SESSION_TOKEN]`, for object stores. */
  readonly s3Key: Secret | undefined
  /** A private certificate authority (PEM) to trust beside the built-in ones. */
  readonly extraCa: string | undefined
}

/**
 * The target that a URL names: `file:///path/checkpoints.ndjson` (appends), `syslog+udp://HOST[:514]`,
 * `syslog+tcp://HOST[:514]`, `syslog+tls://HOST[:6514]`, or `s3+https://ENDPOINT/BUCKET/PREFIX?region=REGION` of any
 * store that speaks S3. Throws `bad-usage`.
 */
export function checkpointTarget(text: string, options: TargetOptions): CheckpointTarget {
  let url: URL
  try {
    url = new URL(text)
  } catch (error) {
    throw new AppError('bad-usage', `a place for checkpoints is a URL, and '${text}' is none`, {
      cause: error,
    })
  }
  if (url.username !== '' || url.password !== '')
    throw new AppError('bad-usage', 'credentials do not belong in the URL of a place for checkpoints')
  switch (url.protocol) {
    case 'file:':
      return fileTarget(url)
    case 'syslog+udp:':
    case 'syslog+tcp:':
    case 'syslog+tls:':
      return syslogTarget(url, options.extraCa)
    case 's3+https:':
    case 's3+http:':
      return s3Target(url, options)
    default:
      throw new AppError(
        'bad-usage',
        `checkpoints go to file:, syslog+udp:, syslog+tcp:, syslog+tls: or s3+https:, not to ${url.protocol}`,
      )
  }
}

/** The error of a target that does not take checkpoints. */
export function notKept(target: string, error: unknown): AppError {
  return new AppError('checkpoint-not-kept', `${target} takes no checkpoint: ${messageOf(error)}`, {
    retryable: true,
    cause: error,
  })
}

/** The host of a URL as sockets want it: an IPv6 address without its brackets. */
export function hostOf(url: URL): string {
  const bare = url.hostname.replace(/^\[|\]$/g, '')
  return isIP(bare) === 6 ? bare : url.hostname
}
