import { z } from 'zod'
import type { GovernanceSetting } from '../setting.ts'

export const trainingConsentSchema = z.strictObject({
  /** Whether training data may be made of this organisation's cases at all. */
  allowed: z.boolean(),
  /** Why it is lawful, and for what: it stands in the data card. */
  basis: z.string().trim().max(2000),
})
export type TrainingConsent = Readonly<z.infer<typeof trainingConsentSchema>>

/** Nothing becomes training data before a named person has said so. */
export const trainingConsent: GovernanceSetting<TrainingConsent> = {
  name: 'training-consent',
  schema: trainingConsentSchema,
  initial: { allowed: false, basis: '' },
}
