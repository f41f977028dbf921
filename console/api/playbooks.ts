import type {
  ExamplePlaybookView,
  PlaybookContent,
  PlaybookRunSummary,
  PlaybookRunView,
  PlaybookView,
} from '../../src/http/contract-playbooks.ts'
import { getJson, sendJson } from './request.ts'

const playbookPath = (id: string) => `/api/playbooks/${encodeURIComponent(id)}`
const runPath = (id: string) => `/api/playbook-runs/${encodeURIComponent(id)}`

export function listPlaybooks(signal: AbortSignal): Promise<{ playbooks: PlaybookView[] }> {
  return getJson('/api/playbooks', signal)
}

/** Those that come with Tocsin. */
export function listExamplePlaybooks(signal: AbortSignal): Promise<{ examples: ExamplePlaybookView[] }> {
  return getJson('/api/playbook-examples', signal)
}

/** Saves a new playbook, or changes one. */
export function savePlaybook(id: string | undefined, content: PlaybookContent): Promise<PlaybookView> {
  return id === undefined
    ? sendJson('POST', '/api/playbooks', content)
    : sendJson('PUT', playbookPath(id), content)
}

export function deletePlaybook(id: string): Promise<unknown> {
  return sendJson('DELETE', playbookPath(id))
}

/** The questions of a chat as a playbook that is not saved yet. */
export function draftPlaybook(
  chatId: string,
  messageId: string | undefined,
  signal: AbortSignal,
): Promise<Pick<PlaybookContent, 'name' | 'parameters' | 'steps'>> {
  return getJson(`/api/chats/${encodeURIComponent(chatId)}/playbook`, signal, { messageId })
}

export function startRun(
  playbookId: string,
  body: { caseId: string; values: Record<string, string>; hypothesis?: string },
): Promise<PlaybookRunView> {
  return sendJson('POST', `${playbookPath(playbookId)}/runs`, body)
}

export function listRuns(caseId: string, signal: AbortSignal): Promise<{ runs: PlaybookRunSummary[] }> {
  return getJson('/api/playbook-runs', signal, { caseId })
}

export function readRun(id: string, signal: AbortSignal): Promise<PlaybookRunView> {
  return getJson(runPath(id), signal)
}

/** Takes the next step. Aborting the signal stops it on the server, and it waits again. */
export function takeStep(
  id: string,
  body: { step: number; skip?: boolean },
  signal: AbortSignal,
): Promise<PlaybookRunView> {
  return sendJson('POST', `${runPath(id)}/steps`, body, signal)
}
