/** The parts of a keyboard event that name a key. */
export interface KeyPress {
  readonly key: string
  readonly ctrlKey: boolean
  readonly metaKey: boolean
  readonly altKey: boolean
}

/** `Ctrl-k`, `Enter`, `?`: the spelling that shortcuts use. The command key counts as Ctrl; Alt belongs to the browser. */
export function keyName(press: KeyPress): string {
  const key = press.key === ' ' ? 'Space' : press.key
  if (press.altKey) return `Alt-${key}`
  return press.ctrlKey || press.metaKey ? `Ctrl-${key.toLowerCase()}` : key
}

/** True where a plain key belongs to what the person is writing in, not to us. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  if (target.isContentEditable) return true
  if (target instanceof HTMLInputElement)
    return !['checkbox', 'radio', 'button', 'submit', 'file', 'range'].includes(target.type)
  return target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement
}
