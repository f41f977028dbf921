import type { Finding } from './finding.ts'
import type { Ground } from './ground.ts'
import { instantOf } from './moments.ts'
import { bearsOut, type Quantity } from './quantities.ts'

/** Checks every number of a claim against the numbers of the same kind in the evidence. */
export function checkQuantities(claimed: readonly Quantity[], ground: Ground): Finding[] {
  return claimed.flatMap(quantity => {
    const verdict = judgeQuantity(quantity, ground)
    return verdict === 'fits'
      ? []
      : [{ fault: verdict, reason: `the evidence does not say ${quantity.text.trim()}` }]
  })
}

function judgeQuantity(quantity: Quantity, ground: Ground): 'fits' | 'contradicted' | 'not-in-evidence' {
  const known = (kinds: readonly Quantity['kind'][]) =>
    ground.quantities.filter(({ kind }) => kinds.includes(kind))
  const fits = (list: readonly Quantity[]) => list.some(({ value }) => bearsOut(quantity, value))
  switch (quantity.kind) {
    case 'count':
      return judgeCount(quantity, ground, known(['count']))
    case 'port':
    case 'level': {
      const same = known([quantity.kind])
      if (same.length > 0) return fits(same) ? 'fits' : 'contradicted'
      return fits(known(['count'])) ? 'fits' : 'not-in-evidence'
    }
    case 'label':
      return fits(known(['label', 'count', 'level'])) ? 'fits' : 'not-in-evidence'
    case 'percent': {
      const shares = known(['count']).filter(({ value }) => value <= 1)
      if (fits(known(['percent'])) || shares.some(({ value }) => bearsOut(quantity, value * 100)))
        return 'fits'
      return 'not-in-evidence'
    }
    case 'bytes': {
      // Sizes are told rounded: 1.2 MB may be 1,234,567 bytes.
      const near = known(['bytes', 'count']).some(
        ({ value }) =>
          Math.abs(value - quantity.value) <= (quantity.value >= 1000 ? 0.05 * quantity.value : 0),
      )
      return near || fits(known(['bytes', 'count'])) ? 'fits' : 'not-in-evidence'
    }
    case 'seconds':
      return fits(known(['seconds', 'count'])) || isBetweenMoments(quantity, ground)
        ? 'fits'
        : 'not-in-evidence'
  }
}

/** Where the evidence counts the very same thing, that number decides; else any count, or how many items are cited. */
function judgeCount(
  quantity: Quantity,
  ground: Ground,
  counts: readonly Quantity[],
): 'fits' | 'contradicted' | 'not-in-evidence' {
  const fits = (list: readonly Quantity[]) => list.some(({ value }) => bearsOut(quantity, value))
  const same = counts.filter(({ of }) => of.some(thing => quantity.of.includes(thing)))
  if (same.length > 0) return fits(same) ? 'fits' : 'contradicted'
  if (fits(counts) || bearsOut(quantity, ground.items)) return 'fits'
  return 'not-in-evidence'
}

/** Whether a duration is the time between two moments of the evidence, told in whole units of its own. */
function isBetweenMoments(quantity: Quantity, ground: Ground): boolean {
  const instants = ground.moments.flatMap(moment => instantOf(moment) ?? []).slice(0, 50)
  const unit =
    quantity.value % 86_400 === 0
      ? 86_400
      : quantity.value % 3600 === 0
        ? 3600
        : quantity.value % 60 === 0
          ? 60
          : 1
  return instants.some(from =>
    instants.some(to => {
      const seconds = (to - from) / 1000
      if (seconds <= 0) return false
      if (quantity.relation !== 'exactly') return bearsOut(quantity, seconds)
      return (
        Math.floor(seconds / unit) * unit === quantity.value ||
        Math.round(seconds / unit) * unit === quantity.value
      )
    }),
  )
}
