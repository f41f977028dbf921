import type { Config } from '../config.ts'
import { AppError } from '../lib/app-error.ts'

/** Where people reach the console: what the links in alerts, notices, tickets and mails lead to. */
export interface ConsoleAddress {
  /** Without a slash at its end. Throws `bad-usage` where nobody can know it yet. */
  url(): string
  /** The page of a case. */
  caseUrl(caseId: string): string
  /** With `TOCSIN_PORT=0` the system chooses the port, which is known once the server listens. */
  listensOn(port: number): void
}

/** `TOCSIN_PUBLIC_URL`, or this machine at the port that is listened on. Never a link to port 0. */
export function consoleAddress({ publicUrl, port }: Pick<Config, 'publicUrl' | 'port'>): ConsoleAddress {
  let known = port
  const url = () => {
    if (publicUrl !== undefined) return publicUrl.replace(/\/+$/, '')
    if (known === 0)
      throw new AppError(
        'bad-usage',
        'TOCSIN_PORT=0 leaves the port to the system, and nothing listens here yet: set TOCSIN_PUBLIC_URL, or the port of the server',
      )
    return `http://127.0.0.1:${known}`
  }
  return {
    url,
    caseUrl: caseId => `${url()}/cases/${encodeURIComponent(caseId)}`,
    listensOn(listening) {
      known = listening
    },
  }
}
