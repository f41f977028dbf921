import type { AskBody, ChatAnswer } from '../../src/http/contract-chat.ts'
import type { EmbedSession } from '../../src/http/contract-embed.ts'

/** What is open in the dashboard, as the plugin says. */
export interface DashboardContext {
  readonly agentId: string | null
  readonly alertId: string | null
}

/**
 * Tells the dashboard that the page is ready and waits for the plugin's token. Messages of any other origin than the one
 * that an administrator set are not looked at. Returns the function that stops listening.
 */
export function waitForDashboard(
  origin: string,
  onSession: (session: EmbedSession, context: DashboardContext) => void,
  onFailure: (text: string) => void,
): () => void {
  const listen = async (event: MessageEvent) => {
    if (event.origin !== origin || event.source !== window.parent) return
    const message: unknown = event.data
    if (typeof message !== 'object' || message === null || !('kind' in message)) return
    if (message.kind !== 'tocsin-session' || !('token' in message)) return
    const reply = await fetch('/api/embed/session', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ token: String(message.token) }),
    })
    const body: unknown = await reply.json()
    if (!reply.ok) return onFailure(errorText(body))
    // The server validates what it answers against this type.
    onSession(body as EmbedSession, contextOf('context' in message ? message.context : undefined))
  }
  const listener = (event: MessageEvent) =>
    void listen(event).catch(() => onFailure('Tocsin does not answer.'))
  window.addEventListener('message', listener)
  window.parent.postMessage({ kind: 'tocsin-ready' }, origin)
  return () => window.removeEventListener('message', listener)
}

/** Ids out of the plugin's message; anything else in it is not used. */
function contextOf(value: unknown): DashboardContext {
  const text = (name: string, pattern: RegExp) => {
    const member =
      typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined
    return typeof member === 'string' && pattern.test(member) ? member : null
  }
  return { agentId: text('agentId', /^\d{3,8}$/), alertId: text('alertId', /^[\w.-]{4,100}$/) }
}

export async function readDashboardOrigin(): Promise<string | null> {
  const reply = await fetch('/api/embed/settings')
  const { dashboardOrigin } = (await reply.json()) as { dashboardOrigin: string | null }
  return dashboardOrigin
}

/** Asks with the page's token. Throws with words for a person. */
export async function askEmbedded(session: EmbedSession, body: AskBody): Promise<ChatAnswer> {
  const reply = await fetch('/api/ask', {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${session.accessToken}` },
    body: JSON.stringify(body),
  })
  const answer: unknown = await reply.json()
  if (reply.status === 401) throw new Error('Ten minutes have passed: close and open Tocsin again.')
  if (!reply.ok) throw new Error(errorText(answer))
  return answer as ChatAnswer // As above.
}

function errorText(body: unknown): string {
  const error = typeof body === 'object' && body !== null && 'error' in body ? body.error : undefined
  return typeof error === 'object' && error !== null && 'message' in error
    ? String(error.message)
    : 'Tocsin refused without saying why.'
}
