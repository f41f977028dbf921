/** Where the analyst was in the queue, so that coming back from a case goes on from there. Lives as long as the tab. */
const last: { href: string; caseId: string | undefined; index: number } = {
  href: '/',
  caseId: undefined,
  index: 0,
}

/** The queue as it was last looked at, filters included: where “back to the queue” leads. */
export function lastQueueHref(): string {
  return last.href
}

/** The case under the cursor when the queue was left, and its place in the list. */
export function lastCursor(): { readonly caseId: string | undefined; readonly index: number } {
  return last
}

export function rememberCursor(caseId: string, index: number): void {
  last.caseId = caseId
  last.index = index
}

/** Called with every address while the queue is mounted, which it still is for a moment when a case has been opened. */
export function rememberQueue(href: string): void {
  if (/^\/(\?|$)/.test(href)) last.href = href
}
