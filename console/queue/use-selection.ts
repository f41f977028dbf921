import { useState } from 'react'

/** Which rows are ticked, by id. `extend` ticks everything from the last ticked row to this one. */
export function useSelection(ids: readonly string[]) {
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set())
  const [anchor, setAnchor] = useState<string>()
  const toggle = (id: string) => {
    const next = new Set(selected)
    if (!next.delete(id)) next.add(id)
    setSelected(next)
    setAnchor(id)
  }
  return {
    selected,
    toggle,
    extend(id: string): void {
      const from = anchor === undefined ? -1 : ids.indexOf(anchor)
      const to = ids.indexOf(id)
      if (from < 0 || to < 0) toggle(id)
      else setSelected(new Set([...selected, ...ids.slice(Math.min(from, to), Math.max(from, to) + 1)]))
    },
    all: () => setSelected(new Set(ids)),
    clear: () => setSelected(new Set()),
  }
}
