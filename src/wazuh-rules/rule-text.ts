import type { RulesetFiles } from './ruleset.ts'

/** Where a rule stands, with its text; undefined where no file has it. The last definition counts (`overwrite`). */
export function ruleTextOf(base: RulesetFiles, id: string): { file: string; text: string } | undefined {
  const pattern = new RegExp(`<rule[^>]*\\bid\\s*=\\s*["']${id}["'][^]*?</rule>`)
  return base.rules
    .map(({ name, text }) => ({ file: name, text: pattern.exec(text)?.[0] ?? '' }))
    .findLast(found => found.text !== '')
}
