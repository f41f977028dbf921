import type { Config } from '../config.ts'
import type { ErasureParts } from '../governance/erase.ts'
import type { Clock } from '../lib/clock.ts'
import type { Database } from '../lib/database.ts'
import { keyedDigest } from '../lib/sealed-box.ts'
import { scopeDigest } from '../redact/sealed-vault.ts'
import { masterKeyOf } from './open-models-for.ts'

/** What erasure needs of the master key, without the key itself. */
export async function erasurePartsOf(
  config: Config,
  database: Database,
  clock: Clock,
): Promise<ErasureParts> {
  const key = await masterKeyOf(config)()
  return {
    database,
    clock,
    vaultScope: (tenant, caseId) => scopeDigest({ tenant, caseId }, key),
    digest: value => keyedDigest(key, Buffer.from(value)),
  }
}
