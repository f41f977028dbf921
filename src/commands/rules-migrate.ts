import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { AppError } from '../lib/app-error.ts'
import { migrateDecoders, proveDecoders } from '../rule-drafts/migrate-decoders.ts'
import { migrateRules, proveMigration } from '../rule-drafts/migrate-rules.ts'
import { fromByteText } from '../wazuh-rules/byte-text.ts'
import { loadRuleset, type RulesetFile } from '../wazuh-rules/ruleset.ts'
import { type Io, readArgs, readInput, writeRecord } from './command.ts'
import { filesBelow } from './files-below.ts'
import { readLines } from './read-lines.ts'
import { readRulesetFolder } from './ruleset-folder.ts'

/** A moment at which no rule on working hours fires. */
const instant = Date.parse('2026-01-07T12:00:00Z') / 1000

/** `tocsin rules migrate`: custom rules and decoders of Wazuh 4 for Wazuh 5. Exit 1 where something cannot be carried over, or the logs differ. */
export async function rulesMigrate(args: readonly string[], io: Io): Promise<number> {
  const { values, positionals } = readArgs(args, {
    allowPositionals: true,
    options: {
      ruleset: { type: 'string' },
      logs: { type: 'string' },
      out: { type: 'string' },
      json: { type: 'boolean' },
    },
  })
  if (values.ruleset === undefined)
    throw new AppError('bad-usage', '--ruleset DIR is missing: it holds what custom rules hang under')
  if (positionals.length === 0)
    throw new AppError('bad-usage', 'say which files of rules and decoders to migrate')
  const base = readRulesetFolder(values.ruleset)
  const files: RulesetFile[] = []
  for (const name of positionals.flatMap(path => filesBelow(path, each => each.endsWith('.xml'))))
    files.push({ name, text: (await readInput(name, io)).toString('utf8') })
  const isDecoders = ({ text }: RulesetFile) => /<decoder[\s>]/.test(text)
  const { ruleset, problems: trouble } = loadRuleset({
    decoders: [...base.decoders, ...files.filter(isDecoders)],
    rules: [...base.rules, ...files.filter(file => !isDecoders(file))],
    lists: base.lists,
  })
  const names = new Set(files.map(({ name }) => name))
  const own = trouble.filter(({ where }) => [...names].some(name => where?.startsWith(`${name}: `)))
  for (const { message, where } of own) io.stderr(`${where}: ${message}\n`)
  const rules = migrateRules(ruleset, names)
  const decoders = migrateDecoders(ruleset.decoders, names)
  const logs: string[] = []
  if (values.logs !== undefined)
    for await (const line of readLines(values.logs, io)) if (line !== '') logs.push(fromByteText(line))
  const proofs = new Map(proveMigration(logs, ruleset, rules, instant).map(proof => [proof.ruleId, proof]))
  if (values.out !== undefined) mkdirSync(values.out, { recursive: true })
  let bad = own.length > 0
  for (const { ruleId, output, problems } of rules) {
    const proof = values.logs === undefined ? undefined : proofs.get(ruleId)
    const equal = proof && proof.onlyWazuh + proof.onlySigma === 0
    bad ||= output === undefined || equal === false
    if (values.out !== undefined && output !== undefined)
      writeFileSync(join(values.out, `rule-${ruleId}.yml`), output)
    if (values.json) {
      writeRecord(io, {
        rule_id: ruleId,
        output: output ?? null,
        proof: proof
          ? {
              equal,
              both: proof.both,
              only_wazuh: proof.onlyWazuh,
              only_sigma: proof.onlySigma,
              examples: proof.examples,
            }
          : null,
        problems,
      })
      continue
    }
    io.stdout(
      `rule ${ruleId}: ${output === undefined ? 'cannot be carried over' : 'carried over'}${proofText(proof)}\n`,
    )
    for (const { code, message } of problems) io.stdout(`  ${code}: ${message}\n`)
    if (output !== undefined && values.out === undefined)
      io.stdout(`${output.replaceAll(/^/gm, '    ').trimEnd()}\n`)
  }
  const decoded = new Map(proveDecoders(logs, ruleset, decoders, instant).map(proof => [proof.name, proof]))
  for (const { name, output, problems } of decoders) {
    const proof = values.logs === undefined ? undefined : decoded.get(name)
    bad ||= proof !== undefined && proof.different > 0
    if (values.out !== undefined)
      writeFileSync(join(values.out, `decoder-${name.replaceAll(/[^A-Za-z0-9_-]/g, '-')}.yml`), output)
    if (values.json)
      writeRecord(io, {
        decoder: name,
        output,
        proof: proof
          ? {
              equal: proof.different === 0,
              both: proof.both,
              different: proof.different,
              examples: proof.examples,
            }
          : null,
        problems,
      })
    else {
      const equal = proof ? `, the same on ${proof.both} logs, otherwise on ${proof.different}` : ''
      io.stdout(`decoder ${name}: a draft${equal}\n`)
      for (const { code, message } of problems) io.stdout(`  ${code}: ${message}\n`)
      if (values.out === undefined) io.stdout(`${output.replaceAll(/^/gm, '    ').trimEnd()}\n`)
    }
  }
  return bad ? 1 : 0
}

function proofText(proof: ReturnType<typeof proveMigration>[number] | undefined): string {
  if (proof === undefined) return ''
  const { both, onlyWazuh, onlySigma } = proof
  return onlyWazuh + onlySigma === 0
    ? `, equal on all logs (${both} hits)`
    : `, both find ${both}, only Wazuh ${onlyWazuh}, only Sigma ${onlySigma}`
}
