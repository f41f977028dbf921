import { useLayoutEffect, useRef, useSyncExternalStore } from 'react'
import { isTyping, keyName } from './key-name.ts'
import { type Shortcut, ShortcutRegistry } from './shortcut-registry.ts'

export const shortcutRegistry = new ShortcutRegistry()

/**
 * Makes keys work while the component is mounted. `shortcuts` may be a new array on each render: the latest `run`
 * is called, and only a change of keys, labels or groups registers anew.
 */
export function useShortcuts(shortcuts: readonly Shortcut[], layer: 'page' | 'overlay' = 'page'): void {
  const latest = useRef(shortcuts)
  latest.current = shortcuts
  const identity = shortcuts.map(({ keys, label, group }) => `${keys}\t${label}\t${group}`).join('\n')
  // With the layout, not after the paint: what can be seen takes its keys.
  // biome-ignore lint/correctness/useExhaustiveDependencies: `identity` stands for `shortcuts`; `latest` is a ref
  useLayoutEffect(
    () =>
      shortcutRegistry.register(
        latest.current.map((shortcut, index) => ({ ...shortcut, run: () => latest.current[index]?.run() })),
        layer,
      ),
    [identity, layer],
  )
}

/** Everything that works now, for the overlay and the palette. */
export function useActiveShortcuts(): readonly Shortcut[] {
  return useSyncExternalStore(shortcutRegistry.subscribe, shortcutRegistry.active)
}

/** The first key of a sequence that waits for its second, or ''. */
export function usePendingKeys(): string {
  return useSyncExternalStore(shortcutRegistry.subscribe, shortcutRegistry.pending)
}

/** Listens on the window. Returns the function that stops. Called once, in main.tsx. */
export function listenForShortcuts(): () => void {
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.defaultPrevented || event.isComposing) return
    const name = keyName(event)
    if (['Shift', 'Control', 'Alt', 'Meta'].includes(event.key)) return
    const typing = isTyping(event.target)
    if (typing && name !== 'Escape' && !name.startsWith('Ctrl-')) return
    // A focused button or link keeps its own Enter and Space.
    if ((name === 'Enter' || name === 'Space') && onControl(event.target)) return
    if (shortcutRegistry.press(name, event.timeStamp)) event.preventDefault()
  }
  window.addEventListener('keydown', onKeyDown)
  return () => window.removeEventListener('keydown', onKeyDown)
}

function onControl(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('a, button, summary, input, [role="option"]') !== null
}
