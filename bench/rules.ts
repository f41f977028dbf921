// The rule engine on the five log files of the measuring data: start-up, memory, logs per second, and how that compares
// in the same run with the plain evaluation (every candidate pattern is run) and with one pass of ripgrep.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { optimiseLate } from '../src/commands/optimise-late.ts'
import { readRulesetFolder } from '../src/commands/ruleset-folder.ts'
import { fastPrefilter } from '../src/wazuh-rules/fast-prefilter.ts'
import { type Prefilter, plainPrefilter } from '../src/wazuh-rules/prefilter.ts'
import { loadRuleset } from '../src/wazuh-rules/ruleset.ts'
import { Session } from '../src/wazuh-rules/session.ts'
import { sharedData } from '../test/support/shared-data.ts'

const rulesetFolder = sharedData('wazuh-ruleset')
const logsFolder = sharedData('logs')
if (rulesetFolder !== undefined && logsFolder !== undefined) measure(rulesetFolder, logsFolder)

function measure(rulesetPath: string, logsPath: string): void {
  optimiseLate()
  const started = process.cpuUsage()
  const startedAt = performance.now()
  const { ruleset } = loadRuleset(readRulesetFolder(rulesetPath))
  const startUpCpu = process.cpuUsage(started)
  const startUpMs = performance.now() - startedAt
  const files = ['Apache', 'Linux', 'OpenSSH', 'Proxifier', 'Windows'].map(name =>
    readFileSync(join(logsPath, name.toLowerCase(), `${name}_2k.log`), 'latin1'),
  )
  const logs = files.map(text => text.split(/\r?\n/).filter(log => log !== ''))
  const count = logs.reduce((sum, list) => sum + list.length, 0)
  const pass = (prefilter: Prefilter, at: number): number => {
    const begin = process.cpuUsage()
    for (const list of logs) {
      const session = new Session(ruleset, {
        location: 'bench',
        agent: undefined,
        managerName: 'm',
        prefilter,
      })
      for (const log of list) session.process(log, 1_767_787_200 + at)
    }
    const { user, system } = process.cpuUsage(begin)
    return (user + system) / 1e6
  }
  const prefilter = fastPrefilter()
  const first = pass(prefilter, 0)
  const fast = Math.min(...Array.from({ length: 12 }, (_, at) => pass(prefilter, at)))
  const plain = Math.min(...Array.from({ length: 3 }, (_, at) => pass(plainPrefilter, at)))
  const ripgrep = ripgrepSeconds(files.join('\n'))
  const perSecond = (seconds: number) => Math.round(count / seconds)
  console.log(`rules ${ruleset.rules.rules.length}, logs ${count}`)
  console.log(
    `start-up ${Math.round(startUpMs)} ms (${Math.round((startUpCpu.user + startUpCpu.system) / 1000)} ms of CPU), memory ${Math.round(process.memoryUsage().rss / 1e6)} MB`,
  )
  console.log(`first pass (cold) ${perSecond(first)} logs/s of CPU`)
  console.log(`warm ${perSecond(fast)} logs/s of CPU; plain evaluation ${perSecond(plain)} logs/s`)
  console.log(`ratio to the plain evaluation: ${(plain / fast).toFixed(1)} times as fast`)
  if (ripgrep === undefined) console.log('ripgrep is not installed: no ratio to it')
  else
    console.log(
      `ratio to one ripgrep pass over the same bytes: ${(fast / ripgrep).toFixed(1)} times its time`,
    )
}

/** The fastest of five runs of `rg` over the text, process start included; undefined where there is no `rg`. */
function ripgrepSeconds(text: string): number | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'tocsin-bench-'))
  try {
    const file = join(folder, 'logs.txt')
    writeFileSync(file, text, 'latin1')
    const times = Array.from({ length: 5 }, () => {
      const begin = performance.now()
      execFileSync('rg', ['-a', '-c', '(?i)failed|error|denied|invalid user \\w+', file])
      return (performance.now() - begin) / 1000
    })
    return Math.min(...times)
  } catch {
    return undefined
  } finally {
    rmSync(folder, { recursive: true })
  }
}
