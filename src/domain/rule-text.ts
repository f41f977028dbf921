import type { RuleReference } from './alert.ts'

/** What stands for the description of a rule that has none: its id, so that its alerts can still be told apart. */
export function textOfNamelessRule(id: string): string {
  return id === '' ? 'Rule without id and text' : `Rule ${id}`
}

/** Whether the rule says in words what it is about. */
export function hasOwnText({ id, description }: Pick<RuleReference, 'id' | 'description'>): boolean {
  return description.trim() !== textOfNamelessRule(id)
}
