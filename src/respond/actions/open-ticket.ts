import { z } from 'zod'
import type { TicketDestination } from '../../domain/response-settings.ts'
import { digestOf } from '../../lib/canonical-json.ts'
import { everyPlatform, type ResponseAction, responseAction } from '../action.ts'

const ticketName = (name: string) => `ticket:${name}`

/** Tells a ticket system, or another receiver that an admin allow-listed, about a case. */
export function openTicketAction(destination: TicketDestination): ResponseAction {
  const host = new URL(destination.url).host
  return responseAction<{ readonly summary: string; readonly description: string }>({
    name: ticketName(destination.name),
    title: destination.title,
    schema: z.strictObject({
      summary: z.string().trim().min(1).max(200),
      description: z.string().trim().max(8000),
    }),
    effect: 'irreversible',
    approvers: destination.approvers,
    stepUp: false,
    platforms: everyPlatform,
    reaches: 'outside',
    definition: digestOf(destination),
    touches: () => [],
    describe: args => `Send the ticket “${args.summary}” to ${host}.`,
    blastRadius: args =>
      `Its text (${args.description.length} characters), the case’s title and number leave Tocsin for ${host}, and are not taken back.`,
    undo: undefined,
    deliver: args => ({
      kind: 'ticket',
      destination,
      summary: args.summary,
      description: args.description,
    }),
  })
}
