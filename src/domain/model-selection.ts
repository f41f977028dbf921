import { z } from 'zod'
import { entityTypes } from './alert.ts'

/**
 * Which cases get a model brief. Empty lists ask for nothing; a case that meets any one of the conditions is wanted.
 * What a day may cost is the gateway's budget, not this.
 */
export const modelSelectionSchema = z.strictObject({
  ruleIds: z.array(z.string()).default([]),
  groups: z.array(z.string()).default([]),
  /** From this Wazuh level on; 17 for never. */
  minLevel: z.number().int().min(0).max(17).default(12),
  /**
   * From this probability on that the case needs a person; above 1 for never. A little over even: what is as likely
   * noise (a single odd web request) is not worth a call.
   */
  minProbability: z.number().min(0).max(1.1).default(0.6),
  /** `host:dc-01`, `user:ceo`: cases that name one of these. */
  entities: z.array(z.string().regex(new RegExp(`^(?:${entityTypes.join('|')}):.+$`))).default([]),
})

export type ModelSelection = Readonly<z.infer<typeof modelSelectionSchema>>
