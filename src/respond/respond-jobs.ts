import type { Alert } from '../domain/alert.ts'
import { executeJob, reportJob } from '../domain/job-kinds.ts'
import { AppError } from '../lib/app-error.ts'
import type { Job, JobDraft } from '../queue/jobs.ts'
import { confirmOutcome, type EndpointReport, endpointReport } from './confirm-outcome.ts'
import type { ExecutionResult } from './execute.ts'
import type { RespondPorts } from './respond-ports.ts'

/** `executeProposal` with its clients bound: no other file of this feature gets hold of them. */
export type Execute = (tenant: string, proposalId: string, signal: AbortSignal) => Promise<ExecutionResult>

/** What an alert asks of this feature: to take note of an endpoint's report. */
export function reportJobsOf(alert: Alert): JobDraft[] {
  const report = endpointReport(alert)
  return report === undefined ? [] : [{ kind: reportJob, key: alert.key, payload: report }]
}

/** Handles `endpoint-report`. */
export async function handleReport(ports: RespondPorts, job: Job): Promise<void> {
  await confirmOutcome(ports, job.tenant, job.payload as EndpointReport) // Written by `reportJobsOf`, read back from the queue.
}

/**
 * Handles `proposal-execute`. It may run again after a crash: `executeProposal` finds the proposal no longer approved
 * then and sends nothing. Quiet hours put it off, and so does what is not connected.
 */
export async function handleExecute(execute: Execute, job: Job, signal: AbortSignal): Promise<void> {
  const result = await execute(job.tenant, job.key, signal)
  if (result.kind === 'refused' && (result.code === 'quiet-hours' || result.code === 'not-connected')) {
    throw new AppError(result.code, `${executeJob} ${job.key}: ${result.reason}`, { retryable: true })
  }
}
