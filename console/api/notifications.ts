import type {
  ChannelBody,
  ChannelChange,
  ChannelList,
  ChannelReply,
  DeliveryRecord,
} from '../../src/http/contract-notifications.ts'
import { getJson, sendJson } from './request.ts'

const channelPath = (id: string) => `/api/notification-channels/${encodeURIComponent(id)}`

export function listChannels(signal: AbortSignal): Promise<ChannelList> {
  return getJson('/api/notification-channels', signal)
}

export function createChannel(body: ChannelBody): Promise<ChannelReply> {
  return sendJson('POST', '/api/notification-channels', body)
}

export function changeChannel(id: string, change: ChannelChange): Promise<ChannelReply> {
  return sendJson('PATCH', channelPath(id), change)
}

export function deleteChannel(id: string): Promise<void> {
  return sendJson('DELETE', channelPath(id))
}

export function testChannel(id: string): Promise<void> {
  return sendJson('POST', `${channelPath(id)}/test`)
}

export function listDeliveries(signal: AbortSignal): Promise<{ deliveries: DeliveryRecord[] }> {
  return getJson('/api/notification-deliveries', signal)
}
