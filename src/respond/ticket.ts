import { createHmac } from 'node:crypto'
import type { TicketDestination } from '../domain/response-settings.ts'
import { messageOf } from '../lib/app-error.ts'
import type { Json } from '../lib/canonical-json.ts'
import { createEgressFetch } from '../lib/egress-fetch.ts'
import { jsonOrNothing } from '../lib/json-or-nothing.ts'
import { readPointer } from '../lib/json-pointer.ts'
import { wasNeverSent } from '../lib/never-sent.ts'
import type { Secret } from '../lib/secret.ts'

/** What a receiver outside is told. */
export interface Ticket {
  readonly destination: TicketDestination
  readonly summary: string
  readonly description: string
  /** Identifies the request: a receiver that sees it twice has one ticket. */
  readonly proposalId: string
  readonly digest: string
  readonly caseId: string
  readonly caseUrl: string
  readonly host: string
}

export type TicketResult =
  | { readonly kind: 'done'; readonly reason: string }
  | { readonly kind: 'not-sent'; readonly reason: string; readonly retryable: boolean }
  | { readonly kind: 'unknown'; readonly reason: string }

export type SendTicket = (ticket: Ticket, signal: AbortSignal) => Promise<TicketResult>

export interface TicketParts {
  /** Reads a secret by the name of its variable. */
  readonly secret: (name: string) => Secret | undefined
  readonly now: () => number
  readonly timeoutMs: number
}

const replyLimit = 64 * 1024

/**
 * Sends tickets: one POST to exactly the host that the admin named, no redirects, TLS checked. With a signing key each
 * request carries `x-tocsin-timestamp` (seconds) and `x-tocsin-signature: sha256=HEX`, the HMAC-SHA-256 of
 * `timestamp.body`. A 2xx is done; what no answer came to may have arrived, so it is never tried again.
 */
export function openTickets({ secret, now, timeoutMs }: TicketParts): SendTicket {
  return async (ticket, signal) => {
    const { destination } = ticket
    const headers = headersOf(ticket, secret, now())
    if (headers.kind === 'missing')
      return {
        kind: 'not-sent',
        reason: `the variable ${headers.name} is not set: ${destination.title} cannot be spoken to`,
        retryable: false,
      }
    const url = new URL(destination.url)
    const client = createEgressFetch({
      maxAnswerBytes: 4 * 1024 * 1024,
      rules: [
        {
          host: url.hostname,
          port: Number(url.port) || (url.protocol === 'https:' ? 443 : 80),
          addresses: destination.networks,
        },
      ],
    })
    try {
      const response = await client.fetch(url, {
        method: 'POST',
        headers: headers.all,
        body: headers.body,
        signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
      })
      return readReply(response.status, (await response.text()).slice(0, replyLimit), destination)
    } catch (error) {
      if (wasNeverSent(error)) return { kind: 'not-sent', reason: messageOf(error), retryable: true }
      return {
        kind: 'unknown',
        reason: `${url.host} did not answer (${messageOf(error)}): the ticket may be there. Look before you ask again.`,
      }
    } finally {
      await client.close()
    }
  }
}

/** What is sent, as the approver sees it. */
export function ticketBody(ticket: Ticket): Json {
  const { destination, summary, description, caseUrl, caseId, host, proposalId, digest } = ticket
  const text = `${description}\n\nCase: ${caseUrl}\nHost: ${host}\nTocsin proposal: ${proposalId}`
  switch (destination.format) {
    case 'jira':
      return {
        fields: {
          ...(destination.project === undefined ? {} : { project: { key: destination.project } }),
          issuetype: { name: destination.issueType },
          summary,
          description: text,
        },
      }
    case 'servicenow':
      return { short_description: summary, description: text, correlation_id: proposalId }
    case 'json':
      return {
        event: 'ticket',
        summary,
        description,
        case_id: caseId,
        case_url: caseUrl,
        host,
        proposal: proposalId,
        digest,
      }
  }
}

function headersOf(ticket: Ticket, secret: TicketParts['secret'], nowMs: number) {
  const { destination } = ticket
  const body = JSON.stringify(ticketBody(ticket))
  const all: Record<string, string> = {
    'content-type': 'application/json',
    'idempotency-key': ticket.proposalId,
  }
  if (destination.authorization !== undefined) {
    const value = secret(destination.authorization)
    if (value === undefined) return { kind: 'missing', name: destination.authorization } as const
    all.authorization = value.expose()
  }
  if (destination.signingKey !== undefined) {
    const key = secret(destination.signingKey)
    if (key === undefined) return { kind: 'missing', name: destination.signingKey } as const
    const timestamp = String(Math.floor(nowMs / 1000))
    all['x-tocsin-timestamp'] = timestamp
    all['x-tocsin-signature'] =
      `sha256=${createHmac('sha256', key.expose()).update(`${timestamp}.${body}`).digest('hex')}`
  }
  return { kind: 'ready', all, body } as const
}

function readReply(status: number, text: string, { title }: TicketDestination): TicketResult {
  if (status >= 200 && status < 300) {
    const name = ticketNumber(text)
    return { kind: 'done', reason: `${title} took it${name === undefined ? '' : ` as ${name}`}` }
  }
  const reason = `${title} answered ${status}: ${text.replace(/\s+/g, ' ').slice(0, 200)}`
  return status >= 500 ? { kind: 'unknown', reason } : { kind: 'not-sent', reason, retryable: status === 429 }
}

/** What the ticket system calls the ticket: Jira's `key`, ServiceNow's `result.number`, else `id`. */
function ticketNumber(text: string): string | undefined {
  const reply = jsonOrNothing(text)
  const name = readPointer(reply, '/key') ?? readPointer(reply, '/result/number') ?? readPointer(reply, '/id')
  return typeof name === 'string' || typeof name === 'number'
    ? String(name)
        .replace(/[^\w.-]/g, '')
        .slice(0, 60) || undefined
    : undefined
}
