/**
 * All keys that work right now. Pages and components register theirs while they are mounted, so that the help overlay,
 * the command palette and the keyboard itself can never disagree. A later registration of the same keys wins (a drawer
 * over its page), and gives them back when it unmounts.
 */
export interface Shortcut {
  /** One key (`j`, `Enter`, `Escape`, `?`), a chord (`Ctrl-k`; the command key counts as Ctrl) or a sequence (`g q`). */
  readonly keys: string
  /** What it does, as a command: `Next case`. */
  readonly label: string
  /** The heading in the help overlay: `Queue`, `Case`, `Go to`. */
  readonly group: string
  readonly run: () => void
  /** Off the palette, where it would make no sense (moving a cursor). */
  readonly palette?: false
}

type Layer = 'page' | 'overlay'

interface Entry {
  readonly shortcut: Shortcut
  readonly layer: Layer
}

/** How long the second key of a sequence may take. */
export const sequenceTimeoutMs = 1500

/** Holds what is registered and what has been typed. One instance; a class because the pending prefix is state. */
export class ShortcutRegistry {
  #entries: readonly Entry[] = []
  #listeners = new Set<() => void>()
  #snapshot: readonly Shortcut[] = []
  #pending = ''
  #pendingUntilMs = 0

  /** Adds shortcuts; returns the function that takes them away. `overlay` shadows every page shortcut. */
  register(shortcuts: readonly Shortcut[], layer: Layer = 'page'): () => void {
    const added = shortcuts.map(shortcut => ({ shortcut, layer }))
    this.#change([...this.#entries, ...added])
    return () => this.#change(this.#entries.filter(entry => !added.includes(entry)))
  }

  /** What works now, latest registration first, one per key. Stable between changes. */
  active = (): readonly Shortcut[] => this.#snapshot

  /** The first key of a sequence that waits for its second, or ''. */
  pending = (): string => this.#pending

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Feeds one key press (as `keyName` writes it). Returns true when it was used. */
  press(key: string, nowMs: number): boolean {
    const prefix = this.#pending !== '' && nowMs <= this.#pendingUntilMs ? `${this.#pending} ` : ''
    const typed = `${prefix}${key}`
    const match = this.#snapshot.find(shortcut => shortcut.keys === typed)
    if (match !== undefined) {
      this.#setPending('', nowMs)
      match.run()
      return true
    }
    if (this.#snapshot.some(shortcut => shortcut.keys.startsWith(`${typed} `))) {
      this.#setPending(typed, nowMs)
      return true
    }
    this.#setPending('', nowMs)
    return prefix !== '' ? this.press(key, nowMs) : false
  }

  /** Forgets a half-typed sequence. */
  cancel(): void {
    this.#setPending('', 0)
  }

  #setPending(pending: string, nowMs: number): void {
    this.#pendingUntilMs = nowMs + sequenceTimeoutMs
    if (pending === this.#pending) return
    this.#pending = pending
    this.#notify()
  }

  #change(entries: readonly Entry[]): void {
    this.#entries = entries
    const overlays = entries.filter(entry => entry.layer === 'overlay')
    const reachable = overlays.length > 0 ? overlays : entries
    const seen = new Set<string>()
    this.#snapshot = reachable.toReversed().flatMap(({ shortcut }) => {
      if (seen.has(shortcut.keys)) return []
      seen.add(shortcut.keys)
      return [shortcut]
    })
    this.#notify()
  }

  #notify(): void {
    for (const listener of this.#listeners) listener()
  }
}
