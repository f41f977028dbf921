import type { z } from 'zod'
import type { Platform, ResponseTarget } from '../domain/proposal.ts'
import type { TicketDestination } from '../domain/response-settings.ts'
import type { Json } from '../lib/canonical-json.ts'

/** Something that an action touches, for protected assets and for the reader. */
export interface Touched {
  readonly kind: 'path' | 'account' | 'address' | 'host' | 'process' | 'mail-address' | 'mail-domain'
  readonly value: string
}

/** How an action reaches its target. */
export type Delivery =
  /** Our own active-response script on the endpoint, which reads these fields and nothing else. */
  | { readonly kind: 'endpoint'; readonly fields: Readonly<Record<string, string>> }
  | { readonly kind: 'restart-agent' }
  /** The organisation's own connector to its mail system. */
  | {
      readonly kind: 'mail-gateway'
      readonly operation: string
      readonly arguments: { readonly [name: string]: Json }
    }
  /** A command that an admin allow-listed. */
  | { readonly kind: 'custom'; readonly command: string; readonly arguments: readonly string[] }
  /** A receiver outside that an admin allow-listed. */
  | {
      readonly kind: 'ticket'
      readonly destination: TicketDestination
      readonly summary: string
      readonly description: string
    }

/** One response action that Tocsin can carry out. One file each, one line in `actions.ts`. */
export interface ResponseAction<Arguments extends Json = Json> {
  readonly name: string
  readonly title: string
  readonly schema: z.ZodType<Arguments>
  /** Whether it changes the endpoint, and whether that can be undone. */
  readonly effect: 'reads' | 'reversible' | 'irreversible'
  /** How many distinct people must approve, the requester not counted. */
  readonly approvers: number
  /** Whether each approver must prove who they are anew. */
  readonly stepUp: boolean
  readonly platforms: readonly Platform[]
  /** `outside`: nothing is done to the host, it is only what the message is about. Absent: the endpoint. */
  readonly reaches?: 'outside'
  /** Digest of what an admin defined. It is part of what people approve: a changed definition is another proposal. */
  readonly definition?: string
  readonly touches: (args: Arguments, target: ResponseTarget) => readonly Touched[]
  /** The exact thing that will happen, in words made by code. */
  readonly describe: (args: Arguments, target: ResponseTarget) => string
  /** What else suffers. */
  readonly blastRadius: (args: Arguments, target: ResponseTarget) => string
  readonly undo: ((args: Arguments) => { readonly action: string; readonly arguments: Json }) | undefined
  readonly deliver: (args: Arguments) => Delivery
}

/** Keeps the exact argument type while an action is written, and forgets it in the list. */
export function responseAction<Arguments extends Json>(action: ResponseAction<Arguments>): ResponseAction {
  // Every caller parses with the action's own schema before it calls anything else, so the arguments are the right ones.
  return action as unknown as ResponseAction
}

/** Where an action on an endpoint can be done. */
export const everyPlatform: readonly Platform[] = ['linux', 'macos', 'windows']

/** Where an action on mail can be done. */
export const mailPlatform: readonly Platform[] = ['mail']
