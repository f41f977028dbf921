import { modelTasks } from '../../domain/data-class.ts'
import { emptyInventory, type Inventory } from '../../domain/inventory.ts'
import { appendEntries } from '../../ledger/database-ledger.ts'
import { AppError } from '../../lib/app-error.ts'
import { digestOf, type Json } from '../../lib/canonical-json.ts'
import type { Clock } from '../../lib/clock.ts'
import type { Database, Transaction } from '../../lib/database.ts'
import type { Policy } from '../../policy/policy.ts'
import { policyTable } from '../../policy/policy-table.ts'
import { parseNameList } from '../../redact/parse-name-list.ts'
import { redactionRules } from '../../redact/redact.ts'
import type { Vault } from '../../redact/vault.ts'
import {
  deleteInventoryList,
  listInventoryLists,
  putInventoryList,
  readInventoryList,
} from '../../store/inventory-lists.ts'
import { wasDone } from '../contract.ts'
import { inventoryKinds, type ModelsView, trustEndpoints } from '../contract-trust.ts'
import { RequestError } from '../http-error.ts'
import { type Route, route } from '../route.ts'
import { personOf } from './session-routes.ts'

export interface TrustRouteParts {
  readonly database: Database
  readonly clock: Clock
  readonly tenant: string
  /** In force, with the text that it was read from. */
  readonly policy: { readonly policy: Policy; readonly file: string | null; readonly yaml: string }
  readonly models: () => Promise<ModelsView>
  readonly inventory: () => Promise<Inventory>
  readonly readVault: (subject: string) => Promise<Vault>
}

/** What may be told to whom, by which models, and what placeholders stand for. */
export function trustRoutes(parts: TrustRouteParts): Route[] {
  const { database, tenant, clock } = parts
  const record = (
    sql: Transaction,
    kind: 'config-change' | 'vault-reveal',
    by: string,
    subject: string,
    body: { readonly [key: string]: Json },
  ) => appendEntries(sql, [{ kind, tenant, actor: `user:${by}`, subject, body }], clock.now())
  return [
    route(trustEndpoints.readPolicy, async () => {
      const { policy, file, yaml } = parts.policy
      const rows = policyTable(policy).map(row => ({
        ...row,
        tasks: [...row.tasks],
        allTasks: row.tasks.length === modelTasks.length,
      }))
      return { file, yaml, rows, keep: [...policy.redaction.keep] }
    }),
    route(trustEndpoints.readModels, () => parts.models()),
    route(trustEndpoints.readInventory, async () => {
      const inventory = await parts.inventory()
      // Every kind is there: the list of them is the inventory's own.
      const inForce = Object.fromEntries(
        inventoryKinds.map(kind => [kind, inventory[kind].length]),
      ) as Record<(typeof inventoryKinds)[number], number>
      return { lists: await listInventoryLists(database, tenant), inForce }
    }),
    route(trustEndpoints.readInventoryList, async ({ params: { name } }) => {
      const list = await readInventoryList(database, tenant, name)
      if (list === undefined) throw new RequestError('not-found', `there is no list ${name}`)
      return { ...list, entries: [...list.entries] }
    }),
    route(
      trustEndpoints.putInventoryList,
      async ({ params: { name }, body: { kind, text }, caller }) => {
        const { username } = personOf(caller).user
        const { value: entries, problems } = readList(text)
        if (entries.length === 0) throw new RequestError('bad-request', 'the list has no entries')
        const found = redactionRules({ ...emptyInventory, [kind]: entries }).problems
        const replaced = await database.transaction(async sql => {
          const before = await putInventoryList(sql, tenant, { name, kind, entries }, username, clock.now())
          const body = { setting: 'inventory', kind, entries: entries.length, digest: digestOf(entries) }
          await record(sql, 'config-change', username, name, body)
          return before
        })
        const list = {
          name,
          kind,
          entryCount: entries.length,
          updatedBy: username,
          updatedMs: clock.now(),
        }
        return { list, replaced, problems: [...problems, ...found].slice(0, 100) }
      },
      { bodyBytes: 8 * 1024 * 1024 },
    ),
    route(trustEndpoints.deleteInventoryList, async ({ params: { name }, caller }) => {
      const { username } = personOf(caller).user
      await database.transaction(async sql => {
        if (!(await deleteInventoryList(sql, tenant, name)))
          throw new RequestError('not-found', `there is no list ${name}`)
        await record(sql, 'config-change', username, name, { setting: 'inventory', removed: true })
      })
      return wasDone
    }),
    route(trustEndpoints.revealPlaceholders, async ({ body: { subject, placeholders }, caller }) => {
      const { username } = personOf(caller).user
      const wanted = [...new Set(placeholders)]
      const body = { what: 'placeholders', placeholders: wanted.length }
      // On record before anything is shown.
      await database.transaction(sql => record(sql, 'vault-reveal', username, subject, body))
      const vault = await openVault(parts, subject)
      const values = wanted.flatMap(placeholder => {
        const value = vault.valueOf(placeholder)
        return value === undefined ? [] : [{ placeholder, value }]
      })
      return { values }
    }),
  ]
}

function readList(text: string) {
  try {
    return parseNameList(text)
  } catch (error) {
    if (error instanceof AppError && error.code === 'unreadable-input')
      throw new RequestError('bad-request', error.message)
    throw error
  }
}

async function openVault(parts: TrustRouteParts, subject: string): Promise<Vault> {
  try {
    return await parts.readVault(subject)
  } catch (error) {
    if (error instanceof AppError && error.code === 'vault-expired')
      throw new RequestError(
        'not-found',
        'what these placeholders stood for was kept for its time and is erased',
      )
    throw error
  }
}
