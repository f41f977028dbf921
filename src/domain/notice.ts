import type { Severity } from './verdict.ts'

/** What people can be told of, outside the console. */
export const noticeEvents = [
  'approval-waiting',
  'approval-expired',
  'action-failed',
  'critical-case',
  'case-due',
  'break-glass',
  'account-alone',
  'account-waiting',
  'ledger-broken',
  'source-silent',
  'quarantine-grown',
  'model-drift',
  'model-demoted',
  'model-unwell',
  'review-due',
  'test',
] as const
export type NoticeEvent = (typeof noticeEvents)[number]

/** Something that people are told of, once. */
export interface Notice {
  /** Names event and subject: the same thing is not told twice. */
  readonly key: string
  readonly event: NoticeEvent
  /** A case, proposal, account or source; may be anybody's text. */
  readonly subject: string
  readonly facts: NoticeFacts
  readonly atMs: number
}

export interface NoticeFacts {
  /** Of the case that it is about. */
  readonly severity?: Severity
  /** Where in the console it is: `/cases/case_1`. */
  readonly path: string
  /** The response action's name. */
  readonly action?: string
  /** Words of alerts and people: leaves only redacted, and only where a channel is set so. */
  readonly title?: string
}

/** The kinds of channel: one file each in `notify/channels/`. */
export const channelKinds = ['email', 'webhook', 'slack', 'teams', 'mattermost'] as const
export type ChannelKind = (typeof channelKinds)[number]
