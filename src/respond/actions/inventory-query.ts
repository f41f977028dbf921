import { z } from 'zod'
import { everyPlatform, responseAction } from '../action.ts'

const tables = ['processes', 'listening-ports', 'logged-in-users', 'scheduled-jobs'] as const

/** Asks an endpoint what is on it now. The tables are fixed: no query text travels. */
export const inventoryQuery = responseAction({
  name: 'inventory-query',
  title: 'Ask what is on the host now',
  schema: z.strictObject({ table: z.enum(tables) }),
  effect: 'reads',
  approvers: 1,
  stepUp: false,
  platforms: everyPlatform,
  touches: () => [],
  describe: (args, target) => `List ${args.table.replaceAll('-', ' ')} of ${target.agentName}.`,
  blastRadius: () => 'None: it reads.',
  undo: undefined,
  deliver: args => ({ kind: 'endpoint', fields: { action: 'inventory-query', table: args.table } }),
})
