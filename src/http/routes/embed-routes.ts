import type { KeyObject } from 'node:crypto'
import type { AccountParts } from '../../accounts/account-parts.ts'
import { openDashboardSession } from '../../accounts/dashboard-token.ts'
import { embedEndpoints } from '../contract-embed.ts'
import { RequestError } from '../http-error.ts'
import { type Route, route } from '../route.ts'

export interface DashboardTrust {
  /** Public half of the key that the plugin's server signs with. */
  readonly key: KeyObject
  /** Where people reach the dashboard: the one address that may frame our page. */
  readonly origin: string
  /** Our own origin, as the plugin's setting has it. */
  readonly audience: string
}

/** What the embeddable page needs; `trust` is undefined where no dashboard is set. */
export function embedRoutes(accounts: AccountParts, trust: DashboardTrust | undefined): Route[] {
  return [
    route(embedEndpoints.settings, async () => ({ dashboardOrigin: trust?.origin ?? null })),
    route(
      embedEndpoints.openSession,
      async ({ body }) => {
        if (trust === undefined)
          throw new RequestError(
            'forbidden',
            'no dashboard is set: TOCSIN_DASHBOARD_ORIGIN, TOCSIN_DASHBOARD_KEY',
          )
        return openDashboardSession(accounts, trust, body.token)
      },
      { requestsPerMinute: 60 },
    ),
  ]
}
