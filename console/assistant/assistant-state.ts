import { useSyncExternalStore } from 'react'

/** Whether the chat stands beside the page, and which chat it is. Kept while pages change. */
export interface AssistantState {
  readonly open: boolean
  readonly chatId: string | undefined
  /** Grows whenever the question line should get the focus. */
  readonly focus: number
}

let state: AssistantState = { open: false, chatId: undefined, focus: 0 }
const listeners = new Set<() => void>()

export function changeAssistant(change: Partial<AssistantState>): void {
  state = { ...state, ...change }
  for (const listener of listeners) listener()
}

/** Opens it with the focus in the question line; closes it where it is open. Its own page has that line already. */
export function toggleAssistant(): void {
  if (location.pathname === '/assistant') changeAssistant({ focus: state.focus + 1 })
  else changeAssistant(state.open ? { open: false } : { open: true, focus: state.focus + 1 })
}

export function useAssistant(): AssistantState {
  return useSyncExternalStore(
    listener => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => state,
  )
}
