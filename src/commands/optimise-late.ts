import { setFlagsFromString } from 'node:v8'

/**
 * Lets V8 wait longer before it compiles with its slowest compiler. A ruleset is thousands of functions that are warm
 * for half a second, and what is compiled for the first logs is thrown away with the next kind of log: measured on 10,000
 * logs of five sources, the wait makes the first pass a third faster and later passes no slower. Only for the Node that it was
 * measured with; others complain about flags that they do not have.
 */
export function optimiseLate(): void {
  if (process.versions.node.startsWith('24.')) setFlagsFromString('--invocation-count-for-turbofan=30000')
}
