import type { Config } from '../config.ts'
import type { Clock } from '../lib/clock.ts'
import { type MailGatewayClient, openMailGateway } from '../mail-gateway/mail-gateway.ts'
import { serviceFetch } from './service-fetch.ts'

/** The connector that the settings name, or none. */
export function openMailGatewayOf({ mail }: Config, clock: Clock): MailGatewayClient | undefined {
  const { gateway } = mail
  return (
    gateway &&
    openMailGateway({
      url: gateway.url,
      secret: gateway.secret,
      fetch: serviceFetch(gateway),
      clock,
      timeoutMs: 60_000,
    })
  )
}
