import { readFile } from 'node:fs/promises'
import { emptyInventory, type Inventory } from '../domain/inventory.ts'
import { AppError, messageOf } from '../lib/app-error.ts'
import type { Parsed } from '../lib/problem.ts'
import { defaultPolicy } from '../policy/default-policy.ts'
import { type Policy, parsePolicy } from '../policy/policy.ts'
import { parseInventory } from '../redact/parse-inventory.ts'

/** The inventory of a file, or an empty one. One that cannot be read ends the command: it would leak. */
export async function readInventory(path: string | undefined): Promise<Parsed<Inventory>> {
  return path === undefined ? { value: emptyInventory, problems: [] } : parseInventory(await readText(path))
}

/** The policy of a file, or the default one. A policy that does not hold ends the command. */
export async function readPolicy(path: string | undefined): Promise<Policy> {
  if (path === undefined) return defaultPolicy
  const text = await readText(path)
  try {
    return parsePolicy(text)
  } catch (error) {
    throw new AppError('unreadable-input', `${path}: ${messageOf(error)}`, { cause: error })
  }
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    throw new AppError('unreadable-input', `cannot read ${path}: ${messageOf(error)}`, { cause: error })
  }
}
