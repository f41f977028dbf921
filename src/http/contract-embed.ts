import { z } from 'zod'
import { endpoint } from './endpoint.ts'

/** The page inside the Wazuh dashboard. */
export const embedEndpoints = {
  settings: endpoint({
    method: 'GET',
    path: '/api/embed/settings',
    summary: 'Which address may frame the embeddable page; null where none may.',
    access: { kind: 'open' },
    reply: z.object({ dashboardOrigin: z.string().nullable() }),
  }),
  openSession: endpoint({
    method: 'POST',
    path: '/api/embed/session',
    summary:
      'Exchange a token that the dashboard’s server signed for ten minutes of reading with the person’s rights.',
    access: { kind: 'open' },
    body: z.object({ token: z.string().max(4000) }),
    reply: z.object({ accessToken: z.string(), username: z.string(), expiresMs: z.number() }),
  }),
}
export type EmbedSession = z.infer<typeof embedEndpoints.openSession.reply>
