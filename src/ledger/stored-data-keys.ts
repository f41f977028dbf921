import { randomBytes } from 'node:crypto'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { z } from 'zod'
import type { Database, Sql } from '../lib/database.ts'
import { isErrno, withFileLock } from '../lib/file-lock.ts'
import type { KeyChange } from '../lib/key-change.ts'
import { open, seal } from '../lib/sealed-box.ts'
import { type DataKeys, keyErased } from './sealed-content.ts'

const contextOf = (tenant: string, caseId: string) => `data key of ${tenant}/${caseId}`
const keyFile = z.record(z.string(), z.string().nullable())
const fileKeyName = z.tuple([z.string(), z.string()])

/** Changes the file of keys while no other process does. A crash in the middle leaves the old file. */
async function changeFile<Result>(
  path: string,
  action: (keys: z.infer<typeof keyFile>) => Result | Promise<Result>,
): Promise<Result> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  return withFileLock(
    `${path}.lock`,
    async () => {
      const keys = await readKeys(path)
      const before = JSON.stringify(keys)
      const result = await action(keys)
      if (JSON.stringify(keys) !== before) {
        await writeFile(`${path}.new`, JSON.stringify(keys), { mode: 0o600, flush: true })
        await rename(`${path}.new`, path)
      }
      return result
    },
    { waitMs: 30_000 },
  )
}

/** Data keys in one file, wrapped by the master key; an erased one leaves `null` in its place. */
export function openFileDataKeys(path: string, masterKey: Uint8Array): DataKeys {
  return {
    keyOf: (tenant, caseId) =>
      changeFile(path, keys => {
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
      changeFile(path, keys => {
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

const rewrap = (wrapped: Buffer, context: string) => (from: Buffer, to: Buffer) =>
  seal(to, open(from, wrapped, context), context)

interface WrappedKey {
  readonly caseId: string
  readonly wrapped: Buffer
}

/** Moves the data keys of a tenant to another master key, in the caller's transaction. */
export async function moveDatabaseDataKeys(sql: Sql, tenant: string, change: KeyChange): Promise<void> {
  const batch = 1000
  let after: string | null = null
  for (let more = true; more; ) {
    const rows: WrappedKey[] = await sql.query<WrappedKey>(
      `select case_id as "caseId", wrapped from data_keys
       where tenant = $1 and ($2::text is null or case_id > $2) and wrapped is not null order by case_id limit ${batch}`,
      [tenant, after],
    )
    const moved = rows.flatMap(({ caseId, wrapped }) => {
      const context = contextOf(tenant, caseId)
      const found = change.move('data_keys', `the ${context}`, rewrap(wrapped, context))
      return found === undefined ? [] : [{ caseId, wrapped: found }]
    })
    if (moved.length > 0)
      await sql.query(
        `update data_keys d set wrapped = n.wrapped from unnest($2::text[], $3::bytea[]) as n(case_id, wrapped)
         where d.tenant = $1 and d.case_id = n.case_id`,
        [tenant, moved.map(each => each.caseId), moved.map(each => each.wrapped)],
      )
    after = rows.at(-1)?.caseId ?? after
    more = rows.length === batch
  }
}

/**
 * Moves the data keys of a file. They are written after `commit` only, so that whatever goes with them is committed
 * before; where that throws, the file stays as it was.
 */
export async function moveFileDataKeys<Result>(
  path: string,
  change: KeyChange,
  commit: () => Promise<Result>,
): Promise<Result> {
  return changeFile(path, keys => {
    for (const [name, wrapped] of Object.entries(keys)) {
      if (wrapped === null) continue
      const [tenant, caseId] = fileKeyName.parse(JSON.parse(name))
      const context = contextOf(tenant, caseId)
      const label = `the ${context} in ${path}`
      const found = change.move('file_data_keys', label, rewrap(Buffer.from(wrapped, 'base64'), context))
      if (found !== undefined) keys[name] = found.toString('base64')
    }
    return commit()
  })
}
