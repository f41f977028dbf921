import { emptyInventory, type Inventory } from '../domain/inventory.ts'
import { AppError } from '../lib/app-error.ts'
import { type Parsed, type Problem, problem } from '../lib/problem.ts'

/**
 * Reads an inventory file: JSON with any of the lists `hosts`, `users`, `domains`, `addresses`, `groups`, `terms`.
 * Entries that are no text are problems. Throws `unreadable-input` for what is no JSON object: redacting with an
 * empty inventory by mistake would leak.
 */
export function parseInventory(text: string): Parsed<Inventory> {
  let document: unknown
  try {
    document = JSON.parse(text.replace(/^\ufeff/, ''))
  } catch (error) {
    throw new AppError('unreadable-input', 'the inventory is not JSON', { cause: error })
  }
  if (document === null || typeof document !== 'object' || Array.isArray(document)) {
    throw new AppError('unreadable-input', 'the inventory is not a JSON object of lists')
  }
  const problems: Problem[] = []
  const lists = new Map<string, string[]>()
  for (const [name, list] of Object.entries(document)) {
    if (!Object.hasOwn(emptyInventory, name)) {
      problems.push(problem('inventory-list-unknown', `there is no inventory list of this name`, `/${name}`))
    } else if (!Array.isArray(list)) {
      throw new AppError('unreadable-input', `the inventory's '${name}' is not a list`)
    } else {
      const texts = list.filter(entry => typeof entry === 'string')
      if (texts.length < list.length) {
        problems.push(
          problem('inventory-entry-no-text', 'entries that are no text were left out', `/${name}`),
        )
      }
      lists.set(name, texts)
    }
  }
  return { value: { ...emptyInventory, ...Object.fromEntries(lists) }, problems }
}
