import { z } from 'zod'
import { channelKinds, noticeEvents } from '../domain/notice.ts'
import { severities } from '../domain/verdict.ts'
import { channelTarget } from '../notify/target.ts'
import { done, idParams } from './contract.ts'
import { endpoint } from './endpoint.ts'

const detail = z.enum(['link', 'redacted'])

/** A channel as admins see it: never its address beyond the host, never a secret. */
const channelRecord = z.object({
  id: z.string(),
  kind: z.enum(channelKinds),
  name: z.string(),
  events: z.array(z.enum(noticeEvents)),
  minimumSeverity: z.enum(severities),
  detail,
  enabled: z.boolean(),
  /** Host, and recipients of mail. */
  shown: z.string(),
})
export type ChannelRecord = z.infer<typeof channelRecord>

const channelBody = z.object({
  name: z.string().trim().min(1).max(100),
  events: z.array(z.enum(noticeEvents)).min(1, 'choose what is told'),
  minimumSeverity: z.enum(severities),
  /** `link`: what happened, its severity and a link. `redacted`: also the case's title, without names and secrets. */
  detail,
  target: channelTarget,
})
export type ChannelBody = z.input<typeof channelBody>

const channelChange = channelBody.partial().extend({ enabled: z.boolean().optional() })
export type ChannelChange = z.input<typeof channelChange>

/** `secret`: what a webhook's messages are signed with, where we made it. Shown this once. */
const channelReply = z.object({ channel: channelRecord, secret: z.string().nullable() })
export type ChannelReply = z.infer<typeof channelReply>

const deliveryRecord = z.object({
  id: z.string(),
  channel: z.string(),
  event: z.enum(noticeEvents),
  subject: z.string(),
  path: z.string(),
  state: z.enum(['waiting', 'sent', 'failed']),
  attempts: z.number(),
  error: z.string().nullable(),
  queuedMs: z.number(),
  doneMs: z.number().nullable(),
})
export type DeliveryRecord = z.infer<typeof deliveryRecord>

const channelList = z.object({
  channels: z.array(channelRecord),
  /** Where something may be sent at all (TOCSIN_NOTIFY_HOSTS). */
  places: z.array(z.string()),
})
export type ChannelList = z.infer<typeof channelList>

/** Telling people outside the console. */
export const notificationEndpoints = {
  listChannels: endpoint({
    method: 'GET',
    path: '/api/notification-channels',
    summary: 'Where people are told of what waits for them.',
    access: { kind: 'role', role: 'admin' },
    reply: channelList,
  }),
  createChannel: endpoint({
    method: 'POST',
    path: '/api/notification-channels',
    summary: 'Add a channel. Its address and secrets are sealed and never read back.',
    access: { kind: 'role', role: 'admin' },
    body: channelBody,
    reply: channelReply,
  }),
  changeChannel: endpoint({
    method: 'PATCH',
    path: '/api/notification-channels/:id',
    summary: 'Change a channel; a new target replaces the old one whole.',
    access: { kind: 'role', role: 'admin' },
    params: idParams,
    body: channelChange,
    reply: channelReply,
  }),
  deleteChannel: endpoint({
    method: 'DELETE',
    path: '/api/notification-channels/:id',
    summary: 'Remove a channel. What waits for it is not sent.',
    access: { kind: 'role', role: 'admin' },
    params: idParams,
    reply: done,
  }),
  testChannel: endpoint({
    method: 'POST',
    path: '/api/notification-channels/:id/test',
    summary: 'Send a test through a channel now. 502 says what went wrong.',
    access: { kind: 'role', role: 'admin' },
    params: idParams,
    reply: done,
  }),
  listDeliveries: endpoint({
    method: 'GET',
    path: '/api/notification-deliveries',
    summary: 'What was told to whom, newest first, and what became of it.',
    access: { kind: 'role', role: 'admin' },
    reply: z.object({ deliveries: z.array(deliveryRecord) }),
  }),
}
