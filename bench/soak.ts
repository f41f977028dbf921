// The full counts of what the tests run in small. `npm run soak`. Minutes to hours: not part of the checks.
import { runLeaks } from '../test/corpus/leaks/run-leaks.ts'

/** Each prints what it did and returns whether it held. */
const soaks: readonly (() => Promise<boolean>)[] = [leaks]

async function leaks(): Promise<boolean> {
  const { planted, classes, encodings, faults, faultCount } = await runLeaks(100_000, 1)
  console.log(`leaks: ${planted} planted (${classes} classes, ${encodings} encodings), ${faultCount} faults`)
  for (const fault of faults) console.log(`  ${fault}`)
  return faultCount === 0
}

for (const soak of soaks) if (!(await soak())) process.exitCode = 1
