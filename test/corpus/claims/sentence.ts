/** A piece of a sentence whose meaning a mutation can change. */
export interface Slot {
  readonly kind:
    | 'address'
    | 'user'
    | 'host'
    | 'count'
    | 'port'
    | 'level'
    | 'label-number'
    | 'clock'
    | 'date'
    | 'duration'
    | 'percent'
    | 'size'
    | 'cve'
    | 'technique'
    | 'hash'
    | 'path'
    | 'url'
    | 'domain'
    | 'severity'
    | 'protocol'
    | 'polar'
    | 'process'
    | 'email'
  readonly text: string
  /** For `polar`: the words that say the opposite. */
  readonly opposite?: string
  /** Slots of one group change places in a role swap. */
  readonly group?: string
}

export type Part = string | Slot

/** A true sentence about a scenario, and the items that bear it out. */
export interface TrueClaim {
  readonly scenario: string
  readonly parts: readonly Part[]
  readonly cites: readonly string[]
}

/** sentence`Failed logons from ${address} for ${user}`: the words and slots of a sentence. */
export function sentence(words: TemplateStringsArray, ...slots: readonly Part[]): Part[] {
  return words.flatMap((word, index) => [word, ...(slots[index] === undefined ? [] : [slots[index]])])
}

export function textOf(parts: readonly Part[]): string {
  return parts.map(part => (typeof part === 'string' ? part : part.text)).join('')
}
