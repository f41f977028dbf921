import type { ChannelRecord, DeliveryRecord } from '../../src/http/contract-notifications.ts'

/** What people are told of, as a person says it. */
export const eventWords: Readonly<Record<DeliveryRecord['event'], string>> = {
  'approval-waiting': 'approval waiting',
  'approval-expired': 'approval expired',
  'action-failed': 'action failed or unknown',
  'critical-case': 'critical case',
  'case-due': 'case about to be overdue',
  'break-glass': 'break-glass account used',
  'account-alone': 'account changed by one admin alone',
  'account-waiting': 'account change waiting for a second admin',
  'ledger-broken': 'ledger broken',
  'source-silent': 'source silent',
  'quarantine-grown': 'records in quarantine',
  'model-drift': 'drift or bad calibration',
  'model-demoted': 'model taken out of use',
  'model-unwell': 'model in use does badly',
  'review-due': 'review of a supplier, risk or decision due',
  test: 'test',
}

export const kindWords: Readonly<Record<ChannelRecord['kind'], string>> = {
  email: 'E-mail',
  webhook: 'Webhook',
  slack: 'Slack',
  teams: 'Microsoft Teams',
  mattermost: 'Mattermost',
}
