import type { InventoryList, ModelsView, PolicyView } from '../../src/http/contract-trust.ts'
import { getJson, sendJson } from './request.ts'

export type InventoryKind = InventoryList['kind']

export function readPolicy(signal: AbortSignal): Promise<PolicyView> {
  return getJson('/api/policy', signal)
}

export function readModels(signal: AbortSignal): Promise<ModelsView> {
  return getJson('/api/models', signal)
}

export function readInventory(
  signal: AbortSignal,
): Promise<{ lists: InventoryList[]; inForce: Record<InventoryKind, number> }> {
  return getJson('/api/inventory', signal)
}

export function readInventoryList(
  name: string,
  signal: AbortSignal,
): Promise<InventoryList & { entries: string[] }> {
  return getJson(`/api/inventory/${encodeURIComponent(name)}`, signal)
}

export function putInventoryList(list: {
  name: string
  kind: InventoryKind
  text: string
}): Promise<{ list: InventoryList; replaced: boolean; problems: { message: string; where?: string }[] }> {
  const { name, kind, text } = list
  return sendJson('PUT', `/api/inventory/${encodeURIComponent(name)}`, { kind, text })
}

export function deleteInventoryList(name: string): Promise<void> {
  return sendJson('DELETE', `/api/inventory/${encodeURIComponent(name)}`)
}

/** What placeholders stand for. The server records who asked, and how many. */
export function revealPlaceholders(
  subject: string,
  placeholders: readonly string[],
): Promise<{ values: { placeholder: string; value: string }[] }> {
  return sendJson('POST', '/api/reveal', { subject, placeholders })
}
