import { ModelError } from './completion.ts'

/** A signal that fires with the caller's, when nothing was heard for `idleTimeoutMs`, or after `timeoutMs` in all. */
export function createIdleWatch(
  limits: { readonly name: string; readonly idleTimeoutMs: number; readonly timeoutMs: number },
  signal: AbortSignal,
): { readonly signal: AbortSignal; touch(): void; stop(): void } {
  const silence = new AbortController()
  const giveUp = (why: string) => () =>
    silence.abort(new ModelError('model-timeout', `model ${limits.name} ${why}`, { retryable: true }))
  const idle = setTimeout(
    giveUp(
      `said nothing for ${limits.idleTimeoutMs} ms (idleTimeoutMs of its profile; raise it for a server that answers all at once)`,
    ),
    limits.idleTimeoutMs,
  )
  const whole = setTimeout(giveUp(`did not finish in ${limits.timeoutMs} ms`), limits.timeoutMs)
  return {
    signal: AbortSignal.any([signal, silence.signal]),
    touch: () => void idle.refresh(),
    stop() {
      clearTimeout(idle)
      clearTimeout(whole)
    },
  }
}
