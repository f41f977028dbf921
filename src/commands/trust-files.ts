import { readFile } from 'node:fs/promises'
import { emptyInventory, type Inventory } from '../domain/inventory.ts'
import { AppError, messageOf } from '../lib/app-error.ts'
import { fileTrouble } from '../lib/file-trouble.ts'
import type { Parsed } from '../lib/problem.ts'
import { defaultPolicy } from '../policy/default-policy.ts'
import { type Policy, parsePolicy } from '../policy/policy.ts'
import { parseInventory } from '../redact/parse-inventory.ts'

/** The inventory of a file, or an empty one. One that cannot be read ends the command: it would leak. */
export async function readInventory(path: string | undefined): Promise<Parsed<Inventory>> {
  if (path === undefined) return { value: emptyInventory, problems: [] }
  return parsed(path, parseInventory, await readText(path))
}

/** The policy of a file, or the default one. A policy that does not hold ends the command. */
export async function readPolicy(path: string | undefined): Promise<Policy> {
  if (path === undefined) return defaultPolicy
  return parsed(path, parsePolicy, await readText(path))
}

/** What was wrong with the text is told with the file's name. */
function parsed<Value>(path: string, parse: (text: string) => Value, text: string): Value {
  try {
    return parse(text)
  } catch (error) {
    throw new AppError('unreadable-input', `${path}: ${messageOf(error)}`, { cause: error })
  }
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    throw new AppError('unreadable-input', `cannot read ${path}: ${fileTrouble(error)}`, { cause: error })
  }
}
