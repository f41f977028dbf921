import { createHash } from 'node:crypto'
import { appendEntries } from '../ledger/database-ledger.ts'
import type { Clock } from '../lib/clock.ts'
import type { Database } from '../lib/database.ts'
import type { IdSource } from '../lib/ids.ts'
import type { Problem } from '../lib/problem.ts'
import { insertPack, setPackState } from '../store/yara-packs.ts'
import type { Scanner } from './scanner.ts'

export interface FileScanPorts {
  readonly database: Database
  readonly clock: Clock
  readonly ids: IdSource
  readonly scanner: Scanner
}

export type PackResult =
  | { readonly kind: 'added'; readonly version: number; readonly warnings: readonly Problem[] }
  /** It does not compile: each error with its line. Nothing was kept. */
  | { readonly kind: 'refused'; readonly errors: readonly Problem[]; readonly warnings: readonly Problem[] }

/** Takes in the next version of a pack, as a draft, if it compiles. `include` is refused: a pack is one text. */
export async function addPack(
  ports: FileScanPorts,
  tenant: string,
  pack: { readonly name: string; readonly source: string; readonly by: string },
  signal?: AbortSignal,
): Promise<PackResult> {
  const bytes = Buffer.from(pack.source, 'utf8')
  const { errors, warnings, rules } = await ports.scanner.check(pack.name, bytes, signal)
  if (errors.length > 0) return { kind: 'refused', errors, warnings }
  if (rules.length === 0)
    return { kind: 'refused', errors: [{ code: 'no-rules', message: 'there is no rule in it' }], warnings }
  const nowMs = ports.clock.now()
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  const version = await ports.database.transaction(async sql => {
    const number = await insertPack(sql, tenant, { ...pack, sha256, rules, warnings }, nowMs)
    const body = { pack: pack.name, version: number, step: 'added', sha256, rules: rules.length }
    await appendEntries(
      sql,
      [{ kind: 'config-change', tenant, actor: `user:${pack.by}`, subject: `yara-pack/${pack.name}`, body }],
      nowMs,
    )
    return number
  })
  return { kind: 'added', version, warnings }
}

/** Scans use the active version of a pack; the one that was active before retires. False where there is no such version. */
export async function switchPack(
  ports: FileScanPorts,
  tenant: string,
  change: {
    readonly name: string
    readonly version: number
    readonly state: 'active' | 'retired'
    readonly by: string
  },
): Promise<boolean> {
  const nowMs = ports.clock.now()
  return ports.database.transaction(async sql => {
    if (!(await setPackState(sql, tenant, change, nowMs))) return false
    const body = { pack: change.name, version: change.version, step: change.state }
    await appendEntries(
      sql,
      [
        {
          kind: 'config-change',
          tenant,
          actor: `user:${change.by}`,
          subject: `yara-pack/${change.name}`,
          body,
        },
      ],
      nowMs,
    )
    return true
  })
}
