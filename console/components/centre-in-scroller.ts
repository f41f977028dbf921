/**
 * Centres an element in the nearest part of the page that scrolls, and scrolls nothing else: the browser's own
 * `scrollIntoView` also moves everything around it.
 */
export function centreInScroller(element: HTMLElement): void {
  let scroller = element.parentElement
  while (scroller !== null && !/auto|scroll/.test(getComputedStyle(scroller).overflowY))
    scroller = scroller.parentElement
  if (scroller === null) return
  const outer = scroller.getBoundingClientRect()
  const inner = element.getBoundingClientRect()
  scroller.scrollTop += inner.top - outer.top - (outer.height - Math.min(inner.height, outer.height)) / 2
}
