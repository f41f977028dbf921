import type { TenantCountsView } from '../../src/http/contract-tenants.ts'
import { getJson } from './request.ts'

export function listTenants(signal: AbortSignal): Promise<{ tenants: TenantCountsView[] }> {
  return getJson('/api/tenants', signal)
}
