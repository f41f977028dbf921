import { z } from 'zod'
import type { GovernanceSetting } from '../setting.ts'

export const driftSettingsSchema = z.strictObject({
  /** The days that are held against those before them. */
  recentDays: z.int().min(1).max(90),
  baselineDays: z.int().min(7).max(730),
  /** Fewer judgements than this on either side say nothing. */
  leastDecided: z.int().min(5).max(100_000),
  /** The least rise of the share of disagreement that is told, … */
  rise: z.number().min(0.01).max(1),
  /** … and how unlikely it must be to be chance (Fisher's exact test, one-sided). */
  p: z.number().min(0.0001).max(0.2),
  /** The largest calibration error that is not told. */
  calibrationError: z.number().min(0.01).max(1),
  /** Groups of analysts by person (a shift, a site); who is in none counts under their role. */
  groups: z.record(z.string().min(1).max(200), z.string().trim().min(1).max(60)),
})
export type DriftSettings = Readonly<z.infer<typeof driftSettingsSchema>>

export const driftSetting: GovernanceSetting<DriftSettings> = {
  name: 'drift',
  schema: driftSettingsSchema,
  initial: {
    recentDays: 14,
    baselineDays: 84,
    leastDecided: 20,
    rise: 0.1,
    p: 0.01,
    calibrationError: 0.2,
    groups: {},
  },
}
