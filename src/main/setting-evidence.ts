import { existsSync } from 'node:fs'
import type { Config } from '../config.ts'
import type { SettingEvidence } from '../governance/control.ts'

/** Which settings that compliance reports speak of are on. */
export function settingEvidence(config: Config): Record<SettingEvidence, boolean> {
  return {
    'setting-policy-file': existsSync(config.policyFile),
    'setting-https': config.publicUrl?.startsWith('https:') ?? false,
    'setting-server-database': config.databaseUrl !== undefined,
    'setting-publish': config.publish,
    'setting-own-master-key': config.masterKey !== undefined,
  }
}
