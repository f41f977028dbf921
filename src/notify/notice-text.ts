import type { Notice, NoticeEvent } from '../domain/notice.ts'

/** What a channel writes, in words of ours. `title` is there only where it was redacted. */
export interface NoticeText {
  readonly headline: string
  /** `Severity: critical`. */
  readonly facts: readonly (readonly [string, string])[]
  readonly title: string | undefined
  readonly url: string
}

const headlines: Readonly<Record<NoticeEvent, string>> = {
  'approval-waiting': 'A response waits for approval',
  'approval-expired': 'A response expired: nobody decided in time',
  'action-failed': 'A response was not carried out, or it is not known',
  'critical-case': 'A critical case needs a person',
  'case-due': 'A case is about to be overdue',
  'break-glass': 'The break-glass account was used',
  'account-alone': 'One admin alone changed who has a say in responses',
  'account-waiting': 'A change of an account waits for a second admin',
  'ledger-broken': 'The ledger does not hold: entries were changed',
  'source-silent': 'A source of alerts has gone silent',
  'quarantine-grown': 'Records came in that cannot be read as alerts: they are kept in quarantine',
  'model-drift': 'People disagree more with what is proposed, or it is surer than it should be',
  'model-demoted': 'A model did badly and was taken out of use',
  'model-unwell': 'A model in use does badly and stays in use: a person has to decide',
  'review-due': 'A supplier, risk or decision is due to be reviewed, or overdue',
  test: 'This is a test: notifications of Tocsin arrive here',
}

/**
 * The words of a notice. Nothing that alerts, people or hosts wrote is in them: what happened, its class, and a link behind
 * which one signs in. `title` is what redaction left of the case's title.
 */
export function noticeText(notice: Notice, publicUrl: string, title: string | undefined): NoticeText {
  const { severity, action, path } = notice.facts
  return {
    headline: headlines[notice.event],
    facts: [
      ...(severity === undefined ? [] : [['Severity', severity] as const]),
      ...(action === undefined ? [] : [['Action', action.replaceAll('-', ' ')] as const]),
      ['Time', `${new Date(notice.atMs).toISOString().slice(0, 16).replace('T', ' ')} UTC`],
    ],
    title,
    url: new URL(path, publicUrl).href,
  }
}
