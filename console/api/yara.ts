import type { PackAdded, PackDetail, PackVersion, YaraScan } from '../../src/http/contract-yara.ts'
import { getJson, sendFile, sendJson, withQuery } from './request.ts'

const packPath = ({ name, version }: Pick<PackVersion, 'name' | 'version'>) =>
  `/api/yara/packs/${encodeURIComponent(name)}/${version}`

export interface PackList {
  readonly packs: PackVersion[]
  readonly limits: { readonly timeoutMs: number; readonly memoryBytes: number; readonly fileBytes: number }
}

export function listPacks(signal: AbortSignal): Promise<PackList> {
  return getJson('/api/yara/packs', signal)
}

export function readPack(
  pack: Pick<PackVersion, 'name' | 'version'>,
  signal: AbortSignal,
): Promise<PackDetail> {
  return getJson(packPath(pack), signal)
}

/** Adds the next version; what does not compile comes back with its findings. */
export function addPack(name: string, source: string): Promise<PackAdded> {
  return sendJson('POST', '/api/yara/packs', { name, source })
}

export function switchPack(pack: PackVersion, state: 'active' | 'retired'): Promise<unknown> {
  return sendJson('POST', `${packPath(pack)}/state`, { state })
}

export function scanFile(file: File, packs: readonly string[]): Promise<{ scan: YaraScan }> {
  return sendFile(withQuery('/api/yara/scans', { name: file.name, packs }), file, 'application/octet-stream')
}

export function listScans(signal: AbortSignal): Promise<{ scans: YaraScan[] }> {
  return getJson('/api/yara/scans', signal)
}
