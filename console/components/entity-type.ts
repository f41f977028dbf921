import type { EntityView } from '../../src/http/contract-cases.ts'

/** What each kind of entity is called, one and many. */
export const entityTypeWords: Readonly<Record<EntityView['type'], { one: string; many: string }>> = {
  host: { one: 'Host', many: 'Hosts' },
  user: { one: 'Account', many: 'Accounts' },
  address: { one: 'Address', many: 'Addresses' },
  domain: { one: 'Domain', many: 'Domains' },
  url: { one: 'URL', many: 'URLs' },
  file: { one: 'File', many: 'Files' },
  hash: { one: 'Hash', many: 'Hashes' },
  process: { one: 'Process', many: 'Processes' },
  registry: { one: 'Registry key', many: 'Registry keys' },
  service: { one: 'Service', many: 'Services' },
  cve: { one: 'Vulnerability', many: 'Vulnerabilities' },
  email: { one: 'Mail address', many: 'Mail addresses' },
  'cloud-resource': { one: 'Cloud resource', many: 'Cloud resources' },
}
