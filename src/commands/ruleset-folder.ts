import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { AppError } from '../lib/app-error.ts'
import { fileTrouble } from '../lib/file-trouble.ts'
import type { RulesetFile, RulesetFiles } from '../wazuh-rules/ruleset.ts'

/** What Wazuh's own configuration leaves out (`<rule_exclude>`): rules on working hours that few want. */
const standardExclusions: readonly string[] = ['0215-policy_rules.xml']

/** Reads a folder with `decoders/`, `rules/` and `lists/`, files by name as Wazuh loads them. Throws `unreadable-input`. */
export function readRulesetFolder(
  folder: string,
  excluded: readonly string[] = standardExclusions,
): RulesetFiles {
  const decoders = filesOf(folder, 'decoders', '.xml')
  const rules = filesOf(folder, 'rules', '.xml').filter(file => !excluded.includes(file.name))
  if (decoders.length + rules.length === 0)
    throw new AppError('unreadable-input', `${folder} has no decoders/*.xml and no rules/*.xml`)
  return { decoders, rules, lists: filesOf(folder, 'lists', '') }
}

function filesOf(folder: string, kind: string, ending: string): RulesetFile[] {
  const root = join(folder, kind)
  try {
    return readdirSync(root, { recursive: true, withFileTypes: true })
      .filter(entry => entry.isFile() && entry.name.endsWith(ending) && !entry.name.endsWith('.cdb'))
      .map(entry => relative(root, join(entry.parentPath, entry.name)))
      .sort()
      .map(name => ({ name, text: readFileSync(join(root, name), 'utf8') }))
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    throw new AppError('unreadable-input', `cannot read ${root}: ${fileTrouble(error)}`, { cause: error })
  }
}
