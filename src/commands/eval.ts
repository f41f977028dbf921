import { createWriteStream, existsSync, readFileSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import packageJson from '../../package.json' with { type: 'json' }
import { answerQuestion } from '../chat/answer-question.ts'
import { readConfig } from '../config.ts'
import { emptyInventory } from '../domain/inventory.ts'
import { askSolver } from '../evaluation/ask-solver.ts'
import { runSuite, type Solver, summarise } from '../evaluation/run-suite.ts'
import {
  type EvaluationItem,
  type EvaluationTask,
  evaluationTasks,
  readItems,
  requireItems,
} from '../evaluation/suite-items.ts'
import { extractIndicators } from '../indicators/extract-indicators.ts'
import { rankTechniques } from '../intel/rank-techniques.ts'
import { shippedAttack } from '../knowledge/attack-knowledge.ts'
import { attackVersion } from '../knowledge/attack-techniques.ts'
import { AppError } from '../lib/app-error.ts'
import { systemClock } from '../lib/clock.ts'
import { openModelsOffline } from '../main/open-models-for.ts'
import { storedAttack } from '../main/stored-knowledge.ts'
import { redact, redactionRules } from '../redact/redact.ts'
import { Vault } from '../redact/vault.ts'
import { type Command, type Io, readArgs, readInput } from './command.ts'
import { caseSolversByCode, caseSolversByModel } from './eval/case-solvers.ts'
import { feedbackSuite } from './eval/feedback-suite.ts'
import { mailSolverByCode, mailSolverByModel } from './eval/mail-solvers.ts'
import { recordRun } from './eval/record-run.ts'
import { ruleSolver } from './eval/rule-solver.ts'
import { filesBelow } from './files-below.ts'
import { AlertReader } from './triage/read-alerts.ts'

const suitesFolder = join(import.meta.dirname, '..', '..', 'samples', 'suites')
/** One folder each in samples/suites. */
const shippedSuites = [
  'attack',
  'chat',
  'injection',
  'intel',
  'leakage',
  'mail',
  'rule',
  'summary',
  'triage',
] as const
const seed = 20261124
const shownProblems = 5
const largestReport = 8 * 1024 * 1024

/** `tocsin eval run`. */
export const command: Command = {
  usage: `tocsin eval run SUITE|DIR|FILE [--model PROFILE|none] [--task TASK] [--out FILE] [--record]

SUITE is one that Tocsin ships (${shippedSuites.join(', ')}); DIR holds .ndjson, .jsonl, .json or .tsv files of items, FILE is one of
them; 'feedback' is what people decided here: cases, mails and questions that were kept. An item is {id, input, expected, task?}; the TSV files of CTIBench and the
questions.json of CyberSOCEval (with its reports beside) are read as they are. Items of the tasks choice, choices, cwe, cvss
and rule take a model. Those of triage, summary, injection, chat and mail are answered by the model that is named, else by code; attack,
intel and redact always by code, which is what does them here.

  --model  a profile of 'tocsin model list', or 'none' (the default): code alone
  --task   the task of items that name none: ${evaluationTasks.join(', ')}
  --days   how far back 'feedback' goes (90)
  --out    writes there instead of to standard output
  --record keeps the run, signed, in the database: the console shows and compares it, and the gates of models read it

Writes one record an item {id, task, output, score, deterministic}, and last {suite, n, metrics, ci95, seed, versions}.

Exit codes: 0 run, whatever the scores; 1 an item could not be answered; 2 bad usage or unreadable input.
`,
  async run(args, io) {
    const { values, positionals } = readArgs(args, {
      allowPositionals: true,
      options: {
        model: { type: 'string', default: 'none' },
        task: { type: 'string' },
        out: { type: 'string' },
        days: { type: 'string', default: '90' },
        record: { type: 'boolean' },
        json: { type: 'boolean' },
      },
    })
    const [action, suite, ...rest] = positionals
    if (action !== 'run' || suite === undefined || rest.length > 0)
      throw new AppError('bad-usage', 'say `eval run SUITE`')
    const task = evaluationTasks.find(name => name === values.task)
    if (values.task !== undefined && task === undefined)
      throw new AppError('bad-usage', `there is no task '${values.task}'`)
    const days = Number(values.days)
    if (!Number.isInteger(days) || days < 1) throw new AppError('bad-usage', '--days takes a number of days')
    const items =
      suite === 'feedback' ? await feedbackSuite(readConfig(), days, io) : await readSuite(suite, task, io)
    requireItems(items, suite)
    const models =
      values.model === 'none'
        ? undefined
        : await openModelsOffline(readConfig(), values.model, emptyInventory)
    const out = values.out === undefined ? undefined : createWriteStream(values.out)
    const write = (record: unknown) =>
      out === undefined
        ? io.stdout(`${JSON.stringify(record)}\n`)
        : void out.write(`${JSON.stringify(record)}\n`)
    try {
      const results = []
      for await (const result of runSuite(items, solversFor(suite, models?.ask), io.signal)) {
        write(result)
        results.push(result)
      }
      // Code is measured on the facts that ship; a model is asked and judged with what was imported as well.
      const { versions: knowledge } =
        models === undefined ? shippedAttack : storedAttack(readConfig().dataDir)
      const versions = {
        tocsin: packageJson.version,
        attack: attackVersion.version,
        knowledge,
        model: values.model,
      }
      const summary = summarise(basename(suite), results, seed, versions)
      write(summary)
      if (values.record) await recordRun(readConfig(), summary, results, io)
      return results.some(result => result.error !== undefined) ? 1 : 0
    } finally {
      await models?.close()
      if (out !== undefined)
        await new Promise<void>((done, fail) =>
          out.end((error?: Error | null) => (error ? fail(error) : done())),
        )
    }
  },
}

async function readSuite(suite: string, task: EvaluationTask | undefined, io: Io): Promise<EvaluationItem[]> {
  const shipped = join(suitesFolder, suite)
  const path = /^[a-z-]+$/.test(suite) && existsSync(shipped) ? shipped : suite
  const named = evaluationTasks.find(name => name === basename(path)) // A shipped suite is called like its task.
  const items: EvaluationItem[] = []
  for (const file of filesBelow(
    path,
    name => /\.(ndjson|jsonl|json|tsv)(\.gz)?$/i.test(name) && name !== 'alerts.ndjson',
  )) {
    const { value, problems } = readItems(
      (await readInput(file, io)).toString('utf8'),
      file,
      task ?? named,
      readBeside(file),
    )
    for (const entry of problems.slice(0, shownProblems))
      io.stderr(`tocsin: ${file}: ${entry.where ?? ''}: ${entry.message}\n`)
    if (problems.length > shownProblems)
      io.stderr(`tocsin: ${file}: ${problems.length - shownProblems} more like these\n`)
    for (const item of value) items.push(item)
  }
  return items
}

/** A file below the folder of another one; undefined where there is none, or it is too large to be a report. */
function readBeside(file: string): (path: string) => string | undefined {
  return path => {
    const beside = join(dirname(file), path)
    const found = statSync(beside, { throwIfNoEntry: false })
    return found?.isFile() && found.size <= largestReport ? readFileSync(beside, 'utf8') : undefined
  }
}

type Ask = Parameters<typeof askSolver>[0]

function solversFor(suite: string, ask: Ask | undefined): Partial<Record<EvaluationTask, Solver>> {
  const byCode = (solve: (input: unknown) => unknown): Solver => ({
    deterministic: true,
    solve: async input => solve(input),
  })
  const data = alertsBeside(suite)
  return {
    ...(ask === undefined ? caseSolversByCode() : caseSolversByModel(ask)),
    redact: byCode(input => redactedAlone(String(input))),
    attack: byCode(input => rankTechniques(String(input)).map(ranked => ranked.id)),
    chat:
      ask === undefined
        ? byCode(input => answerQuestion(questionOf(input), data).answer)
        : askSolver(ask, 'chat'),
    mail: ask === undefined ? mailSolverByCode() : mailSolverByModel(ask),
    intel: byCode(input => extractIndicators(String(input)).indicators.map(indicator => indicator.value)),
    ...(ask === undefined
      ? {}
      : {
          choice: askSolver(ask, 'choice'),
          cwe: askSolver(ask, 'cwe'),
          cvss: askSolver(ask, 'cvss'),
          choices: askSolver(ask, 'choices'),
          rule: ruleSolver(ask),
        }),
  }
}

/** A text as a model would see it, with no list of our own names given. */
function redactedAlone(text: string): string {
  return redact(text, new Vault('default', 'evaluation'), redactionRules(emptyInventory)).text
}

function questionOf(input: unknown): string {
  return typeof input === 'object' && input !== null && 'question' in input
    ? String(input.question)
    : String(input)
}

/** Questions are about the alerts that lie beside them; those of the shipped suite are about the sample. */
function alertsBeside(suite: string) {
  const beside = existsSync(suite) && statSync(suite).isDirectory() ? join(suite, 'alerts.ndjson') : undefined
  const path = beside !== undefined && existsSync(beside) ? beside : join(suitesFolder, '..', 'alerts.ndjson')
  const reader = new AlertReader(systemClock.now())
  reader.read(readFileSync(path), path)
  const alerts = reader.result().alerts.toSorted((a, b) => a.timestampMs - b.timestampMs)
  return { alerts, rankTechniques, nowMs: (alerts.at(-1)?.timestampMs ?? 0) + 1 }
}
