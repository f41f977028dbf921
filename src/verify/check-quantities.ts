import type { Finding } from './finding.ts'
import { standsIn } from './fold.ts'
import type { Ground } from './ground.ts'
import { instantOf } from './moments.ts'
import { bearsOut, type Quantity } from './quantities.ts'

/** Checks every number of a claim against the numbers of the same kind in the evidence. */
export function checkQuantities(claimed: readonly Quantity[], ground: Ground): Finding[] {
  return claimed.flatMap(quantity => {
    const verdict = isAmbiguous(quantity, ground) ? 'not-in-evidence' : judgeQuantity(quantity, ground)
    return verdict === 'fits'
      ? []
      : [{ fault: verdict, reason: `the evidence does not say ${quantity.text.trim()}` }]
  })
}

/** `12.000` is twelve to some and twelve thousand to others: it counts only where the evidence writes it so, too. */
function isAmbiguous({ text }: Quantity, ground: Ground): boolean {
  const written = text.trim()
  return /^\d{1,3}(?:\.\d{3})+$/.test(written) && !standsIn(ground.text, written)
}

/** Counts that could be of a kind that their words do not tell: of nothing, or of something that speaks of it. */
function couldBe(words: RegExp): (quantity: Quantity) => boolean {
  return ({ kind, of }) => kind === 'count' && (of.length === 0 || of.some(thing => words.test(thing)))
}
const sizeWords = /byt|siz|len|vol|sen[dt]|rec|rcv|transf|octet|data|fil|mem|disk|payload|traffic|limit|quota/
const timeWords =
  /sec|dur|elaps|tim|interv|delay|tim|uptim|ag|ttl|min|hour|day|window|wait|latenc|period|after|last/

function judgeQuantity(quantity: Quantity, ground: Ground): 'fits' | 'contradicted' | 'not-in-evidence' {
  const known = (kinds: readonly Quantity['kind'][]) =>
    ground.quantities.filter(({ kind }) => kinds.includes(kind))
  const fits = (list: readonly Quantity[]) => list.some(({ value }) => bearsOut(quantity, value))
  switch (quantity.kind) {
    case 'count':
      // `bytes received: 512` counts what `512 bytes` measures.
      if (quantity.of.every(thing => sizeWords.test(thing)) && fits(known(['bytes']))) return 'fits'
      return judgeCount(quantity, ground, known(['count']), known(['level']))
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
      const sizes = [...known(['bytes']), ...ground.quantities.filter(couldBe(sizeWords))]
      const near = sizes.some(
        ({ value }) =>
          Math.abs(value - quantity.value) <= (quantity.value >= 1000 ? 0.05 * quantity.value : 0),
      )
      return near || fits(sizes) ? 'fits' : 'not-in-evidence'
    }
    case 'seconds':
      return fits([...known(['seconds']), ...ground.quantities.filter(couldBe(timeWords))]) ||
        isBetweenMoments(quantity, ground)
        ? 'fits'
        : 'not-in-evidence'
  }
}

/** Where the evidence counts the very same thing, that number decides; else any count, or how many items are cited. */
function judgeCount(
  quantity: Quantity,
  ground: Ground,
  counts: readonly Quantity[],
  levels: readonly Quantity[],
): 'fits' | 'contradicted' | 'not-in-evidence' {
  const fits = (list: readonly Quantity[]) => list.some(({ value }) => bearsOut(quantity, value))
  const same = counts.filter(({ of }) => of.some(thing => quantity.of.includes(thing)))
  if (same.length > 0) return fits(same) ? 'fits' : 'contradicted'
  if (fits(counts) || fits(levels) || bearsOut(quantity, ground.items)) return 'fits'
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
