const spoken: Readonly<Record<string, string>> = {
  ArrowDown: '↓',
  ArrowUp: '↑',
  Escape: 'Esc',
  Enter: 'Enter',
  Space: 'Space',
}

/** The keys of a shortcut, as `keyboard/` spells them: `j`, `g q`, `Ctrl-k`. Hidden where there is no keyboard. */
export function KeyHint({ keys }: { keys: string }) {
  return (
    <span aria-hidden="true" className="no-touch inline-flex gap-0.5">
      {keys.split(' ').map((key, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the keys of one shortcut never change their order
        <kbd key={index} className="keycap">
          {key
            .split('-')
            .map(part => spoken[part] ?? part)
            .join('+')}
        </kbd>
      ))}
    </span>
  )
}
