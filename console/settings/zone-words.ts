import type { ModelView } from '../../src/http/contract-trust.ts'

/** What each trust zone means, for people. */
export const zoneWords: Readonly<Record<ModelView['zone'], string>> = {
  local: 'in this process or on this machine',
  'on-prem': 'on your own premises',
  contracted: 'elsewhere, under contract',
  public: 'elsewhere, without a contract',
}
