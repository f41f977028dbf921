// Loaded into a process before its own code (`node --import`): its wall clock is ahead by as many milliseconds as the file
// TEST_CLOCK_FILE says, which is looked at again all the while. The monotonic clock goes on as it is, as at a real jump.
import { readFileSync } from 'node:fs'

const file = process.env.TEST_CLOCK_FILE ?? ''
const realNow = Date.now
let offsetMs = 0
let lookedMs = Number.NEGATIVE_INFINITY

function offset(): number {
  if (performance.now() - lookedMs > 50) {
    lookedMs = performance.now()
    offsetMs = Number(readFileSync(file, 'utf8')) || 0
  }
  return offsetMs
}

const RealDate = Date
globalThis.Date = class extends RealDate {
  constructor(...args: unknown[]) {
    // Without arguments it is now; all other forms are as they were.
    if (args.length === 0) super(realNow() + offset())
    else super(...(args as [number]))
  }
  static override now(): number {
    return realNow() + offset()
  }
} as DateConstructor
