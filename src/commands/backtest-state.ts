import { existsSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { z } from 'zod'
import type { Json } from '../lib/canonical-json.ts'
import { jsonOrNothing } from '../lib/json-or-nothing.ts'
import type { RuleTally } from '../wazuh-rules/rule-backtest.ts'

/** How far a run came, and what it counted. */
export interface Progress {
  readonly line: number
  readonly impossible: number
  readonly tallies: readonly RuleTally[]
  /** A place in the input before that line, far enough to warm up from; absent where only counting lines helps. */
  readonly from?: { readonly line: number; readonly place: Json } | undefined
}

const progressSchema = z.object({
  version: z.literal(1),
  key: z.string(),
  line: z.number(),
  impossible: z.number(),
  from: z.object({ line: z.number(), place: z.json() }).optional(),
  tallies: z.array(
    z.object({
      rule_id: z.string(),
      level: z.number(),
      description: z.string(),
      hits: z.number(),
      by_host: z.record(z.string(), z.number()),
      by_day: z.record(z.string(), z.number()),
      against: z.record(z.string(), z.number()),
      instead_of: z.record(z.string(), z.number()),
      examples: z.array(z.object({ source: z.string(), log: z.string() })),
    }),
  ),
})

export interface BacktestState {
  load(): Progress | undefined
  save(progress: Progress): void
}

/** Where a run keeps how far it came. A state of another input or draft is not gone on with. */
export function backtestState(
  path: string | undefined,
  input: string,
  drafts: readonly string[],
): BacktestState {
  const stamp = (file: string) =>
    existsSync(file) ? `${file}:${statSync(file).size}:${statSync(file).mtimeMs}` : file
  const key = [input, ...drafts.map(stamp)].join('|')
  return {
    load(): Progress | undefined {
      if (path === undefined || !existsSync(path)) return undefined
      const parsed = progressSchema.safeParse(jsonOrNothing(readFileSync(path, 'utf8')))
      return parsed.success && parsed.data.key === key ? parsed.data : undefined
    },
    save(progress: Progress): void {
      if (path === undefined) return
      writeFileSync(`${path}.new`, JSON.stringify({ version: 1, key, ...progress }))
      renameSync(`${path}.new`, path)
    },
  }
}
