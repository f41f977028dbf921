import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { stringify } from 'yaml'
import type { RouteModels } from '../ask/model-route.ts'
import { memoryVaults } from '../ask/vault-store.ts'
import { type DatabaseVaults, databaseVaults } from '../commands/database-vaults.ts'
import type { Config } from '../config.ts'
import { emptyInventory, type Inventory } from '../domain/inventory.ts'
import type { GateParts } from '../governance/model-gates/move-profile.ts'
import { profileIdOf, registerProfiles } from '../governance/model-gates/register-profiles.ts'
import { openDatabaseLedger } from '../ledger/database-ledger.ts'
import { openFileLedger } from '../ledger/file-ledger.ts'
import { openDatabaseDataKeys, openFileDataKeys } from '../ledger/stored-data-keys.ts'
import { AppError } from '../lib/app-error.ts'
import { systemClock } from '../lib/clock.ts'
import type { Database } from '../lib/database.ts'
import { isErrno } from '../lib/file-lock.ts'
import { loadMasterKey } from '../lib/master-key.ts'
import { defaultPolicy } from '../policy/default-policy.ts'
import { type Policy, parsePolicy } from '../policy/policy.ts'
import { isTelling, joinInventories, learnInventory } from '../redact/learn-inventory.ts'
import { inventoryListsVersion, readUploadedInventory } from '../store/inventory-lists.ts'
import { readKnownNames } from '../store/known-names.ts'
import { listProfiles } from '../store/model-profiles.ts'
import { configuredProfiles } from './model-profiles.ts'
import { type ModelParts, type OpenModels, openModels, readModelSettings } from './open-models.ts'
import { gatedRoute } from './route-models.ts'
import { storedAttack } from './stored-knowledge.ts'

/** The folder that pulled models and their runtime lie in. */
export const modelsDirOf = (config: Config): string => join(config.dataDir, 'models')

/** Where commands that work without a server keep the data keys of their ledger. */
export const fileDataKeysPath = (config: Config): string => join(config.dataDir, 'ledger', 'data-keys.json')

export const masterKeyOf = (config: Config): (() => Promise<Buffer>) => {
  let loading: Promise<Buffer> | undefined
  return () => {
    loading ??= loadMasterKey(config.masterKey, join(config.dataDir, 'master.key'))
    return loading
  }
}

/** The policy in force, with the text that it was read from. `file` is null where the default one is. */
export interface SetPolicy {
  readonly policy: Policy
  readonly file: string | null
  readonly yaml: string
}

/** The policy that is set, or the default one. A policy that does not hold stops the start. */
export async function readSetPolicy(config: Config): Promise<SetPolicy> {
  try {
    const yaml = await readFile(config.policyFile, 'utf8')
    return { policy: parsePolicy(yaml), file: config.policyFile, yaml }
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return { policy: defaultPolicy, file: null, yaml: stringify(defaultPolicy) }
    throw error
  }
}

export async function readPolicyFile(config: Config): Promise<Policy> {
  return (await readSetPolicy(config)).policy
}

/** How long what placeholders stand for is kept after a case last got a new one. */
const vaultDaysKept = 365

export function vaultsOf(database: Database, key: Buffer): DatabaseVaults {
  return databaseVaults({ database, key, clock: systemClock, random: randomBytes, daysKept: vaultDaysKept })
}

/**
 * Models for a command that works without a server: ledger and keys in files of the data directory, vaults for this
 * run only. `name` picks one model by its profile; `none` opens none. Throws `bad-usage` for an unknown one.
 */
export async function openModelsOffline(
  config: Config,
  name: string,
  inventory: Inventory,
): Promise<OpenModels> {
  const settings = await readModelSettings(config.modelsFile)
  const models = name === 'none' ? [] : settings.models.filter(profile => profile.name === name)
  if (name !== 'none' && models.length === 0) {
    const known = settings.models.map(profile => profile.name).join(', ') || 'none is set up'
    throw new AppError('bad-usage', `there is no model '${name}' in ${config.modelsFile} (${known})`)
  }
  const policy = await readPolicyFile(config)
  const masterKey = masterKeyOf(config)
  const folder = join(config.dataDir, 'ledger')
  return openModels({
    settings: { ...settings, models, tasks: {} },
    modelsDir: modelsDirOf(config),
    masterKey,
    ledger: openFileLedger(join(folder, 'ledger.ndjson'), systemClock),
    dataKeys: openFileDataKeys(
      fileDataKeysPath(config),
      models.length > 0 ? await masterKey() : Buffer.alloc(32),
    ),
    vaults: memoryVaults(),
    policy: async () => policy,
    inventory: async () => inventory,
    attack: storedAttack(config.dataDir),
  })
}

/**
 * Models for the server and its workers: everything in the database, and only those asked that people have let into use.
 * The policy is read once, at the start.
 */
export async function openModelsOnline(
  config: Config,
  parts: GateParts & { readonly tenant: string },
): Promise<OpenModels & { readonly profileIds: ReadonlyMap<string, string> }> {
  const configured = configuredProfiles(
    await readModelSettings(config.modelsFile),
    await readPolicyFile(config),
    storedAttack(config.dataDir).versions,
  )
  const profileIds = await registerProfiles(parts, parts.tenant, configured, config.modelGatesEnforced)
  const route = gatedRoute(parts.database, parts.clock, profileIds)
  return { ...(await openModelsOf(config, parts, { route })), profileIds }
}

/** The same for looking at what would be sent: nothing can be, and nothing is registered. */
export async function openModelsToLook(
  config: Config,
  database: Database,
  tenant: string,
): Promise<OpenModels> {
  const configured = configuredProfiles(
    await readModelSettings(config.modelsFile),
    await readPolicyFile(config),
    storedAttack(config.dataDir).versions,
  )
  const ids = new Map(configured.map(({ name, content }) => [name, profileIdOf(content)]))
  const known = new Set((await listProfiles(database, tenant)).map(({ id }) => id))
  const gate = gatedRoute(database, systemClock, ids)
  const route: RouteModels = async (question, candidates) => {
    const allowed = await gate(question, candidates)
    // What no server has started with yet is told of as it will be where the gates are open.
    const fresh = candidates.filter(({ name }) => !known.has(ids.get(name) ?? ''))
    return {
      ...allowed,
      models: candidates.filter(each => allowed.models.includes(each) || fresh.includes(each)),
    }
  }
  return openModelsOf(config, { database, clock: systemClock }, { keys: 'unneeded', route })
}

async function openModelsOf(
  config: Config,
  { database, clock }: Pick<GateParts, 'database' | 'clock'>,
  more: Pick<ModelParts, 'route' | 'keys'>,
): Promise<OpenModels> {
  const policy = await readPolicyFile(config)
  const masterKey = masterKeyOf(config)
  const key = await masterKey()
  const dataKeys = openDatabaseDataKeys(database, key)
  return openModels({
    settings: await readModelSettings(config.modelsFile),
    modelsDir: modelsDirOf(config),
    masterKey,
    ledger: openDatabaseLedger(database, clock),
    dataKeys,
    vaults: vaultsOf(database, key),
    policy: async () => policy,
    inventory: organisationInventory(config, database),
    attack: storedAttack(config.dataDir),
    captureContent: config.telemetry?.captureContent ?? false,
    ...more,
  })
}

/**
 * The organisation's own names: its domains from the settings, what its alerts tell (looked up anew once a minute), and
 * the lists that people uploaded, which count from the next question on. The same object as long as nothing changed.
 */
export function organisationInventory(
  config: Pick<Config, 'ownDomains'>,
  database: Database,
): (tenant: string) => Promise<Inventory> {
  const known = new Map<
    string,
    { readonly atMs: number; readonly version: string; readonly inventory: Inventory }
  >()
  return async tenant => {
    const version = await inventoryListsVersion(database, tenant)
    const found = known.get(tenant)
    if (found && found.version === version && systemClock.now() - found.atMs < 60_000) return found.inventory
    const { hosts, users, alerts } = await readKnownNames(database, tenant)
    const counted = {
      ...emptyInventory,
      hosts: hosts.filter(isTelling),
      users: users.filter(isTelling),
      domains: config.ownDomains,
    }
    const told = learnInventory(alerts.map(raw => raw.replaceAll('\n', ' ')).join('\n'))
    const inventory = joinInventories(
      joinInventories(counted, told),
      await readUploadedInventory(database, tenant),
    )
    known.set(tenant, { atMs: systemClock.now(), version, inventory })
    return inventory
  }
}
