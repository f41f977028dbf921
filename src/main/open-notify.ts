import { readFile } from 'node:fs/promises'
import type { Config } from '../config.ts'
import { parseAllowedPlaces } from '../notify/allowed-places.ts'
import type { NotifyParts } from '../notify/send-notice.ts'
import { redact, redactionRules } from '../redact/redact.ts'
import { Vault } from '../redact/vault.ts'
import { masterKeyOf, organisationInventory } from './open-models-for.ts'

/** What notifying works with. Throws `bad-usage` for a place that is not written as one. */
export async function openNotify(
  config: Config,
  parts: Pick<NotifyParts, 'database' | 'clock' | 'ids' | 'consoleUrl'>,
): Promise<NotifyParts> {
  const inventory = organisationInventory(config, parts.database)
  return {
    ...parts,
    masterKey: masterKeyOf(config),
    places: parseAllowedPlaces(config.notifyHosts),
    extraCa: config.notifyCaFile === undefined ? [] : [await readFile(config.notifyCaFile, 'utf8')],
    // Public addresses are kept readable for models; into a chat they do not go either.
    async redactText(tenant, text) {
      const known = await inventory(tenant)
      const vault = new Vault(tenant, 'notice')
      return redact(text, vault, redactionRules(known, []), { inventory: known }).text
    },
  }
}
