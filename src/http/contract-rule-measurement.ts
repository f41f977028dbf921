import { z } from 'zod'

/** PostgreSQL keeps no NUL, and no rule needs one. */
export const storable = (longest: number) =>
  z
    .string()
    .max(longest)
    .refine(text => text.isWellFormed() && !text.includes('\0'), 'must be text without NUL')

export const draftCase = z.object({ log: storable(20_000).min(1), fires: z.boolean() })

const finding = z.object({
  code: z.string(),
  message: z.string(),
  where: z.string().optional(),
  severity: z.enum(['error', 'warning']),
})
export type RuleFinding = z.infer<typeof finding>

export const counts = z.record(z.string(), z.number())

const tally = z.object({
  rule_id: z.string(),
  level: z.number(),
  description: z.string(),
  hits: z.number(),
  by_host: counts,
  by_day: counts,
  /** Hits by the verdict that people gave; `unjudged` where nobody has. */
  against: counts,
  /** Which rule fired on the same alerts before (`none`: no rule did). */
  instead_of: counts,
  examples: z.array(z.object({ source: z.string(), log: z.string() })),
})

/** What is known of a draft because it was run. */
export const measurement = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('refused'),
    findings: z.array(finding),
    /** Where the draft could be read: the lines of the findings are of this text. */
    text: z.string().optional(),
  }),
  z.object({
    kind: z.literal('proven'),
    /** The draft as it would be deployed. */
    text: z.string(),
    ruleIds: z.array(z.number()),
    findings: z.array(finding),
    proof: z.object({
      cases: z.array(
        draftCase.extend({
          rule: z.string().optional(),
          pass: z.boolean(),
          /** For decoders: the fields that were found. */
          fields: z.array(z.object({ name: z.string(), value: z.string() })).optional(),
        }),
      ),
      tallies: z.array(tally),
      pastEvents: z.number(),
      cutShort: z.boolean(),
      samples: z
        .array(
          z.object({
            name: z.string(),
            sha256: z.string(),
            mustMatch: z.boolean(),
            rules: z.array(z.string()),
            pass: z.boolean(),
            trouble: z.string().optional(),
          }),
        )
        .optional(),
      /** What a YARA rule matches among files that are known to be clean. */
      corpus: z
        .object({
          folders: z.array(z.string()),
          files: z.number(),
          sizeBytes: z.number(),
          hits: z.array(
            z.object({
              rule: z.string(),
              files: z.number(),
              examples: z.array(z.object({ file: z.string(), strings: z.array(z.string()) })),
            }),
          ),
          cutShort: z.boolean(),
          milliseconds: z.number(),
        })
        .optional(),
    }),
  }),
])
export type Measurement = z.infer<typeof measurement>
