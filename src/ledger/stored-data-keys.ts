import { randomBytes } from 'node:crypto'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { z } from 'zod'
import type { Database, Sql } from '../lib/database.ts'
import { isErrno, withFileLock } from '../lib/file-lock.ts'
import { open, seal } from '../lib/sealed-box.ts'
import { type DataKeys, keyErased } from './sealed-content.ts'

const contextOf = (tenant: string, caseId: string) => `data key of ${tenant}/${caseId}`
const keyFile = z.record(z.string(), z.string().nullable())

/** Data keys in one file, wrapped by the master key; an erased one leaves `null` in its place. */
export function openFileDataKeys(path: string, masterKey: Uint8Array): DataKeys {
  const change = async <Result>(action: (keys: z.infer<typeof keyFile>) => Result): Promise<Result> => {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 })
    return withFileLock(
      `${path}.lock`,
      async () => {
        const keys = await readKeys(path)
        const before = JSON.stringify(keys)
        const result = action(keys)
        if (JSON.stringify(keys) !== before) {
          await writeFile(`${path}.new`, JSON.stringify(keys), { mode: 0o600, flush: true })
          await rename(`${path}.new`, path)
        }
        return result
      },
      { waitMs: 30_000 },
    )
  }
  return {
    keyOf: (tenant, caseId) =>
      change(keys => {
        const name = JSON.stringify([tenant, caseId])
        const wrapped = Object.hasOwn(keys, name) ? keys[name] : undefined
        if (wrapped === null) throw keyErased(caseId)
        if (wrapped !== undefined)
          return open(masterKey, Buffer.from(wrapped, 'base64'), contextOf(tenant, caseId))
        const key = randomBytes(32)
        keys[name] = seal(masterKey, key, contextOf(tenant, caseId)).toString('base64')
        return key
      }),
    erase: (tenant, caseId) =>
      change(keys => {
        keys[JSON.stringify([tenant, caseId])] = null
      }),
  }
}

async function readKeys(path: string): Promise<z.infer<typeof keyFile>> {
  try {
    return keyFile.parse(JSON.parse(await readFile(path, 'utf8')))
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return {}
    throw error
  }
}

/** Data keys in the database, wrapped by the master key. */
export function openDatabaseDataKeys(database: Database, masterKey: Uint8Array): DataKeys {
  return {
    async keyOf(tenant, caseId) {
      // Read first: a write waits for the disk, and most keys are there. One that was erased stays so.
      const [known] = await database.query<{ wrapped: Buffer | null }>(
        'select wrapped from data_keys where tenant = $1 and case_id = $2',
        [tenant, caseId],
      )
      if (known?.wrapped) return open(masterKey, known.wrapped, contextOf(tenant, caseId))
      const fresh = randomBytes(32)
      // The update that changes nothing makes the row come back when it was there already.
      const [row] = await database.query<{ wrapped: Buffer | null }>(
        `insert into data_keys (tenant, case_id, wrapped) values ($1, $2, $3)
         on conflict (tenant, case_id) do update set case_id = excluded.case_id returning wrapped`,
        [tenant, caseId, seal(masterKey, fresh, contextOf(tenant, caseId))],
      )
      if (!row?.wrapped) throw keyErased(caseId)
      return open(masterKey, row.wrapped, contextOf(tenant, caseId))
    },
    erase: (tenant, caseId) => eraseDataKeys(database, tenant, [caseId]),
  }
}

/** The same erasure in the caller's transaction, so that it is committed together with its record. */
export async function eraseDataKeys(sql: Sql, tenant: string, caseIds: readonly string[]): Promise<void> {
  await sql.query(
    `insert into data_keys (tenant, case_id, wrapped) select $1, unnest($2::text[]), null
     on conflict (tenant, case_id) do update set wrapped = null`,
    [tenant, caseIds],
  )
}
