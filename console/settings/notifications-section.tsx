import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { CircleCheck, CircleX, Ellipsis, Hourglass } from 'lucide-react'
import { useState } from 'react'
import type { ChannelRecord, DeliveryRecord } from '../../src/http/contract-notifications.ts'
import {
  changeChannel,
  deleteChannel,
  listChannels,
  listDeliveries,
  testChannel,
} from '../api/notifications.ts'
import { Button } from '../components/button.tsx'
import { DataTable } from '../components/data-table.tsx'
import { Link } from '../components/link.tsx'
import { Menu, MenuItem } from '../components/menu.tsx'
import { Moment } from '../components/moment.tsx'
import { QueryState } from '../components/query-state.tsx'
import { Section } from '../components/section.tsx'
import { toast, toastFailure } from '../components/toast.tsx'
import { Untrusted } from '../components/untrusted.tsx'
import { ChannelDialog } from './channel-dialog.tsx'
import { eventWords, kindWords } from './notification-words.ts'
import { SecretDialog } from './secret-dialog.tsx'

/** Who is told of what outside the console, and what became of each message. */
export function NotificationsSection() {
  const client = useQueryClient()
  const channels = useQuery({ queryKey: ['channels'], queryFn: ({ signal }) => listChannels(signal) })
  const deliveries = useQuery({
    queryKey: ['deliveries'],
    queryFn: ({ signal }) => listDeliveries(signal),
    refetchInterval: 10_000,
  })
  const [editing, setEditing] = useState<ChannelRecord | 'new'>()
  const [secret, setSecret] = useState<string>()
  const renew = async () => {
    await client.invalidateQueries({ queryKey: ['channels'] })
    await client.invalidateQueries({ queryKey: ['deliveries'] })
  }
  const test = useMutation({
    mutationFn: (channel: ChannelRecord) => testChannel(channel.id),
    onSuccess: (_reply, channel) => toast(`A test went to ${channel.name}.`),
    onError: error => toastFailure('The test did not arrive', error),
    onSettled: renew,
  })
  const change = useMutation({
    mutationFn: ({ id, enabled }: { id: string; enabled: boolean }) => changeChannel(id, { enabled }),
    onError: error => toastFailure('Nothing was changed', error),
    onSettled: renew,
  })
  const remove = useMutation({
    mutationFn: deleteChannel,
    onError: error => toastFailure('It is still there', error),
    onSettled: renew,
  })
  return (
    <div className="grid grid-cols-1 gap-6">
      <Section title="Channels">
        <QueryState query={channels} what="The channels">
          {data => (
            <div className="grid grid-cols-1 gap-3">
              <div className="flex flex-wrap items-center justify-between gap-3">
                <p className="text-muted">
                  {data.places.length === 0
                    ? 'Nothing may be sent anywhere yet: whoever runs Tocsin names mail and chat servers in TOCSIN_NOTIFY_HOSTS.'
                    : `May be sent to: ${data.places.join(', ')}.`}
                </p>
                {data.places.length > 0 && <Button onClick={() => setEditing('new')}>New channel</Button>}
              </div>
              <DataTable<ChannelRecord>
                label="Notification channels"
                rows={data.channels}
                rowKey={channel => channel.id}
                empty="Nobody is told of anything outside the console."
                columns={[
                  {
                    title: 'Name',
                    cell: channel => (
                      <>
                        <span className="font-medium">{channel.name}</span>
                        {!channel.enabled && <span className="ml-2 text-muted">off</span>}
                        <span className="block text-xs text-muted">
                          {kindWords[channel.kind]}, {channel.shown}
                        </span>
                      </>
                    ),
                  },
                  {
                    title: 'Is told of',
                    cell: channel => (
                      <span className="block min-w-56">
                        {channel.events.map(event => eventWords[event]).join(', ')}
                        {channel.minimumSeverity !== 'low' && (
                          <span className="text-muted">; cases from {channel.minimumSeverity} up</span>
                        )}
                      </span>
                    ),
                  },
                  {
                    title: 'With',
                    cell: channel => (channel.detail === 'link' ? 'a link' : 'a link and redacted text'),
                  },
                  {
                    title: 'Actions',
                    hidden: true,
                    cell: channel => (
                      <div className="flex gap-1">
                        <Button
                          busy={test.isPending && test.variables.id === channel.id}
                          onClick={() => test.mutate(channel)}
                        >
                          Test
                        </Button>
                        <Menu
                          align="end"
                          trigger={
                            <Button look="quiet">
                              <Ellipsis aria-hidden="true" className="size-4" />
                              <span className="sr-only">Actions for {channel.name}</span>
                            </Button>
                          }
                        >
                          <MenuItem onSelect={() => setEditing(channel)}>Change</MenuItem>
                          <MenuItem
                            onSelect={() => change.mutate({ id: channel.id, enabled: !channel.enabled })}
                          >
                            {channel.enabled ? 'Switch off' : 'Switch on'}
                          </MenuItem>
                          <MenuItem onSelect={() => remove.mutate(channel.id)}>Remove</MenuItem>
                        </Menu>
                      </div>
                    ),
                  },
                ]}
              />
            </div>
          )}
        </QueryState>
      </Section>
      <Section title="What was sent">
        <QueryState query={deliveries} what="What was sent">
          {data => (
            <DataTable<DeliveryRecord>
              label="Deliveries"
              rows={data.deliveries}
              rowKey={delivery => delivery.id}
              empty="Nothing has been sent yet."
              columns={[
                { title: 'Time', cell: delivery => <Moment atMs={delivery.queuedMs} /> },
                { title: 'Channel', cell: delivery => delivery.channel },
                {
                  title: 'What',
                  cell: delivery => (
                    <>
                      {eventWords[delivery.event]}
                      <span className="block text-xs">
                        <Link href={delivery.path}>
                          <Untrusted text={delivery.subject} limit={80} />
                        </Link>
                      </span>
                    </>
                  ),
                },
                { title: 'State', cell: delivery => <DeliveryState delivery={delivery} /> },
              ]}
            />
          )}
        </QueryState>
      </Section>
      {editing !== undefined && (
        <ChannelDialog
          channel={editing === 'new' ? undefined : editing}
          onClose={() => setEditing(undefined)}
          onSaved={async reply => {
            setEditing(undefined)
            if (reply.secret !== null) setSecret(reply.secret)
            await renew()
          }}
        />
      )}
      {secret !== undefined && (
        <SecretDialog
          title="Signing secret of the webhook"
          secret={secret}
          hint="The receiver checks each message with it: HMAC-SHA256 as in Standard Webhooks."
          onClose={() => setSecret(undefined)}
        />
      )}
    </div>
  )
}

const stateLooks = {
  waiting: { Icon: Hourglass, word: 'waiting', look: 'text-medium' },
  sent: { Icon: CircleCheck, word: 'sent', look: 'text-good' },
  failed: { Icon: CircleX, word: 'failed', look: 'text-bad' },
} as const satisfies Record<DeliveryRecord['state'], unknown>

function DeliveryState({ delivery }: { delivery: DeliveryRecord }) {
  const { Icon, word, look } = stateLooks[delivery.state]
  return (
    <>
      <span className={`flex items-center gap-1.5 ${look}`}>
        <Icon aria-hidden="true" className="size-4" />
        {word}
        {delivery.attempts > 1 && ` after ${delivery.attempts} tries`}
      </span>
      {delivery.error !== null && (
        <span className="block max-w-md text-xs text-muted">
          <Untrusted text={delivery.error} limit={300} />
        </span>
      )}
    </>
  )
}
