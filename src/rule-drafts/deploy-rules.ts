import type { RuleDeployment } from '../domain/rule-deployment.ts'
import { messageOf } from '../lib/app-error.ts'

/** A deployment that named people have approved, as `respond` approves actions: this very text, for this very file. */
export interface ApprovedDeployment {
  readonly fileName: string
  readonly text: string
  /** What was deployed when the draft was proven; undefined where there was no file. */
  readonly expectedBefore: string | undefined
}

export type DeploymentOutcome =
  | { readonly kind: 'deployed'; readonly backup: string | undefined }
  /** Nothing was changed, or everything is as it was. */
  | { readonly kind: 'rolled-back' | 'not-started'; readonly reason: string }
  /** Wazuh is not as it was and not as wanted: a person must look. */
  | { readonly kind: 'broken'; readonly reason: string; readonly backup: string | undefined }

export interface DeploymentOptions {
  readonly healthChecks: number
  readonly wait: (signal: AbortSignal) => Promise<void>
}

const fileNamePattern = /^tocsin_[a-z0-9_-]{1,60}(?:\.(?:xml|yml|yar))?$/

/**
 * Puts approved rules in place: keeps what was there, writes, lets Wazuh validate, restarts, watches its health, and puts
 * the old file back where any of that fails. Only files of our own name are ever touched.
 */
export async function deployRules(
  approved: ApprovedDeployment,
  wazuh: RuleDeployment,
  options: DeploymentOptions,
  signal: AbortSignal,
): Promise<DeploymentOutcome> {
  const { fileName, text } = approved
  if (!fileNamePattern.test(fileName))
    return { kind: 'not-started', reason: `'${fileName}' is not a file of ours` }
  let backup: string | undefined
  try {
    backup = await wazuh.read(fileName, signal)
  } catch (error) {
    return { kind: 'not-started', reason: `the present file cannot be read: ${messageOf(error)}` }
  }
  if (!isSame(wazuh, backup, approved.expectedBefore))
    return {
      kind: 'not-started',
      reason: `${fileName} has changed since the draft was proven: prove it again`,
    }
  const trouble = await attempt(async () => {
    await wazuh.write(fileName, text, signal)
    const { ok, details } = await wazuh.validate(signal)
    if (!ok) throw new Error(`Wazuh refuses its configuration: ${details}`)
    await wazuh.restart(signal)
    await watchHealth(wazuh, options, signal)
  })
  if (trouble === undefined) return { kind: 'deployed', backup }
  // The way back must work even where the way forth was called off.
  const second = await attempt(() => putBack(fileName, backup, wazuh, options, new AbortController().signal))
  return second === undefined
    ? { kind: 'rolled-back', reason: trouble }
    : { kind: 'broken', reason: `${trouble}; and the way back failed: ${second}`, backup }
}

/** Puts back what was there before a deployment, where the file is still the one that was deployed. */
export async function rollBackRules(
  deployed: { readonly fileName: string; readonly text: string; readonly before: string | undefined },
  wazuh: RuleDeployment,
  options: DeploymentOptions,
  signal: AbortSignal,
): Promise<
  { readonly kind: 'rolled-back' } | { readonly kind: 'deployed' | 'broken'; readonly reason: string }
> {
  const { fileName, text, before } = deployed
  let now: string | undefined
  try {
    now = await wazuh.read(fileName, signal)
  } catch (error) {
    return { kind: 'broken', reason: `the present file cannot be read: ${messageOf(error)}` }
  }
  if (!isSame(wazuh, now, text) && !isSame(wazuh, now, before))
    return {
      kind: 'deployed',
      reason: `${fileName} was changed by somebody else since: nothing was put back`,
    }
  const trouble = await attempt(() => putBack(fileName, before, wazuh, options, signal))
  return trouble === undefined ? { kind: 'rolled-back' } : { kind: 'broken', reason: trouble }
}

function isSame(wazuh: RuleDeployment, left: string | undefined, right: string | undefined): boolean {
  if (left === right) return true
  return left !== undefined && right !== undefined && (wazuh.isSame?.(left, right) ?? false)
}

async function putBack(
  fileName: string,
  before: string | undefined,
  wazuh: RuleDeployment,
  options: DeploymentOptions,
  signal: AbortSignal,
): Promise<void> {
  if (before !== undefined) await wazuh.write(fileName, before, signal)
  else if ((await wazuh.read(fileName, signal)) !== undefined) await wazuh.remove(fileName, signal)
  await wazuh.restart(signal)
  await watchHealth(wazuh, options, signal)
}

/** The message of what went wrong, or undefined. */
async function attempt(action: () => Promise<void>): Promise<string | undefined> {
  try {
    await action()
    return undefined
  } catch (error) {
    return messageOf(error)
  }
}

async function watchHealth(
  wazuh: RuleDeployment,
  options: DeploymentOptions,
  signal: AbortSignal,
): Promise<void> {
  for (let check = 0; check < options.healthChecks; check++) {
    await options.wait(signal)
    // A restart takes its time, and the API with it: only the last check decides.
    const last = check === options.healthChecks - 1
    if (await wazuh.isHealthy(signal).catch(error => (last ? Promise.reject(error) : false))) return
  }
  throw new Error('the analysis engine did not come back after the restart')
}
