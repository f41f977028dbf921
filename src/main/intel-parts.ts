import type { IntelParts } from '../intel/add-report.ts'
import type { Application } from './application.ts'

/** What reports need, from the settings. */
export function intelPartsOf({ store, clock, ids, tenant, config, wazuh, attack }: Application): IntelParts {
  return {
    database: store.database,
    clock,
    ids,
    tenant,
    ownDomains: config.ownDomains,
    attack,
    canSend: config.mail.relay !== undefined,
    historyDays: wazuh.indexer === undefined ? 0 : config.intelHistoryDays,
  }
}
