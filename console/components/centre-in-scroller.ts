/**
 * Centres an element in the nearest part of the page that scrolls, and scrolls nothing else: the browser's own
 * `scrollIntoView` also moves everything around it.
 */
export function centreInScroller(element: HTMLElement): void {
  const scroller = scrollerOf(element)
  if (scroller === null) return
  const outer = scroller.getBoundingClientRect()
  const inner = element.getBoundingClientRect()
  scroller.scrollTop += inner.top - outer.top - (outer.height - Math.min(inner.height, outer.height)) / 2
}

/** The same with the first of these elements, where none is wholly in sight; else nothing moves. */
export function showInScroller(...elements: readonly HTMLElement[]): void {
  const [first] = elements
  if (first !== undefined && !elements.some(isInSight)) centreInScroller(first)
}

function isInSight(element: HTMLElement): boolean {
  const outer = scrollerOf(element)?.getBoundingClientRect()
  const inner = element.getBoundingClientRect()
  return outer === undefined || (inner.top >= outer.top && inner.bottom <= outer.bottom)
}

function scrollerOf(element: HTMLElement): HTMLElement | null {
  let scroller = element.parentElement
  while (scroller !== null && !/auto|scroll/.test(getComputedStyle(scroller).overflowY))
    scroller = scroller.parentElement
  return scroller
}
