import { hostileRuns } from '../test/support/hostile-runs.ts'

// 1,200 questions over every feature, task and zone to a model that always misbehaves. All three lists must stay empty.
const started = performance.now()
const report = await hostileRuns(20_260_301, 1200)
console.log(
  JSON.stringify({ ...report, seconds: Math.round((performance.now() - started) / 100) / 10 }, null, 1),
)
if (report.leaks.length + report.inventions.length + report.violations.length > 0) process.exitCode = 1
