let last = '/'

/** The queue as it was last looked at, filters included: where “back to the queue” leads. */
export function lastQueueHref(): string {
  return last
}

/** Called with every address while the queue is mounted, which it still is for a moment when a case has been opened. */
export function rememberQueue(href: string): void {
  if (/^\/(\?|$)/.test(href)) last = href
}
