import { randomBytes } from 'node:crypto'
import { totpContext } from '../accounts/proof.ts'
import { appendEntries } from '../ledger/database-ledger.ts'
import { moveDatabaseDataKeys, moveFileDataKeys } from '../ledger/stored-data-keys.ts'
import { AppError } from '../lib/app-error.ts'
import type { Clock } from '../lib/clock.ts'
import type { Database, Sql } from '../lib/database.ts'
import { rewrapEnvelope } from '../lib/envelope.ts'
import { type ChangeCounts, KeyChange } from '../lib/key-change.ts'
import { targetContext } from '../notify/target.ts'
import { resealVault } from '../redact/sealed-vault.ts'
import {
  listeningConnections,
  lockSealedRows,
  replaceTarget,
  replaceTotp,
  sealedTargets,
  sealedTotps,
} from '../store/master-key-rows.ts'
import { readVault, replaceVault, vaultScopes } from '../store/vaults.ts'

interface Rotation {
  readonly database: Database
  readonly clock: Clock
  readonly tenant: string
  /** The data keys of the commands that work without a server. */
  readonly dataKeysFile: string
  readonly from: readonly Buffer[]
  readonly to: Buffer
}

/**
 * Moves everything of a tenant that the master key seals to another one: all of the database in one transaction with
 * its ledger entry, then the file of data keys. Killed at any moment, it is run again and does what is left. Throws
 * `cannot-open`, naming what neither key opens, and `in-use` while other processes work with the old key: one of them
 * would go on sealing with it, and begin a second vault for a case whose first one it finds no more.
 */
export function rotateMasterKey(rotation: Rotation): Promise<ChangeCounts> {
  const { database, clock, tenant, dataKeysFile, from, to } = rotation
  const change = new KeyChange(from, to)
  return moveFileDataKeys(dataKeysFile, change, () =>
    database.transaction(async sql => {
      await lockSealedRows(sql)
      await refuseWhileRunning(sql)
      await moveDatabaseDataKeys(sql, tenant, change)
      await moveVaults(sql, tenant, change)
      await moveSecrets(sql, tenant, change)
      change.check()
      const { moved } = change
      if (Object.values(moved).some(count => count > 0)) {
        const body = { setting: 'master-key', moved: { ...moved } }
        const entry = { tenant, actor: 'command-line', subject: 'master-key', body }
        await appendEntries(sql, [{ kind: 'config-change', ...entry }], clock.now())
      }
      return moved
    }),
  )
}

async function refuseWhileRunning(sql: Sql): Promise<void> {
  const running = await listeningConnections(sql)
  if (running === 0) return
  throw new AppError(
    'in-use',
    `nothing was changed: Tocsin runs on this database (listening connections: ${running}) and would go on with the old master key. Stop every 'tocsin up', 'serve' and 'worker', run this again, and start them with the present key only`,
    { retryable: true },
  )
}

async function moveVaults(sql: Sql, tenant: string, change: KeyChange): Promise<void> {
  const scopes = await vaultScopes(sql, tenant)
  const taken = new Set(scopes)
  for (const scope of scopes) {
    const row = await readVault(sql, tenant, scope)
    if (row === undefined) continue
    const name = `the vault ${scope.slice(0, 16)}`
    const moved = change.move('vaults', name, (from, to) => resealVault(row, from, to, randomBytes(12)))
    if (moved === undefined) continue
    if (taken.has(moved.scope)) change.refuse(`${name} (its case has one under the present key already)`)
    else await replaceVault(sql, tenant, scope, moved)
    taken.add(moved.scope)
  }
}

async function moveSecrets(sql: Sql, tenant: string, change: KeyChange): Promise<void> {
  for (const { id, userId, sealed } of await sealedTotps(sql, tenant)) {
    const context = totpContext(tenant, userId)
    const name = `the authenticator secret ${id} of account ${userId}`
    const moved = change.move('totp_secrets', name, (from, to) => rewrapEnvelope(from, to, sealed, context))
    if (moved !== undefined) await replaceTotp(sql, tenant, id, moved)
  }
  for (const { id, name, sealed } of await sealedTargets(sql, tenant)) {
    const context = targetContext(tenant, id)
    const label = `the target of notification channel ${JSON.stringify(name)} (${id})`
    const moved = change.move('notification_targets', label, (from, to) =>
      rewrapEnvelope(from, to, sealed, context),
    )
    if (moved !== undefined) await replaceTarget(sql, tenant, id, moved)
  }
}
