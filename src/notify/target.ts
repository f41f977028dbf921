import { z } from 'zod'
import { roles } from '../domain/role.ts'

const url = z.url({ protocol: /^https?$/ }).max(2000)
const address = z.email().max(320)

/** Where a channel leads, with its secrets. Kept sealed as a whole; never read back by anybody. */
export const channelTarget = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('email'),
    host: z
      .string()
      .regex(/^[\w.-]+$|^[0-9a-f:]+$/i, 'a host name or an address')
      .max(255),
    port: z.int().min(1).max(65_535),
    /** `tls`: from the first byte on; `starttls`: before anything is said; `none`: only to this very machine. */
    security: z.enum(['tls', 'starttls', 'none']),
    user: z.string().max(200).optional(),
    password: z.string().max(1000).optional(),
    from: address,
    to: z.array(address).max(50),
    /** Also to everybody of these roles who has a mail address. */
    roles: z.array(z.enum(roles)).default([]),
  }),
  /** `secret` signs each message; made by us where it is left out. */
  z.object({ kind: z.literal('webhook'), url, secret: z.string().min(24).max(500).optional() }),
  z.object({ kind: z.literal('slack'), url }),
  z.object({ kind: z.literal('teams'), url }),
  z.object({ kind: z.literal('mattermost'), url }),
])
export type ChannelTarget = z.infer<typeof channelTarget>

/** What a sealed target is bound to: it opens for no other channel. */
export function targetContext(tenant: string, channelId: string): string {
  return `target of channel ${tenant}/${channelId}`
}

/** The host and port that it connects to. */
export function placeOf(target: ChannelTarget): { readonly host: string; readonly port: number } {
  if (target.kind === 'email') return { host: target.host, port: target.port }
  const { hostname, port, protocol } = new URL(target.url)
  return { host: hostname, port: Number(port) || (protocol === 'https:' ? 443 : 80) }
}

/** What may be shown of it: the path of a chat's address is a secret. */
export function shownTarget(target: ChannelTarget): string {
  const { host, port } = placeOf(target)
  if (target.kind !== 'email') return `${host}:${port}`
  return `${host}:${port} to ${[...target.to, ...target.roles.map(role => `every ${role}`)].join(', ')}`
}
