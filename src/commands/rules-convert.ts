import { AppError, messageOf } from '../lib/app-error.ts'
import { problem } from '../lib/problem.ts'
import { conversionTargets } from '../sigma/convert/conversion.ts'
import { convertSigma, standingAlone } from '../sigma/convert/convert-sigma.ts'
import { parseSigma } from '../sigma/sigma-rule.ts'
import { type Io, readArgs, readInput, writeRecord } from './command.ts'
import { filesBelowOrName } from './files-below.ts'

/** `tocsin rules convert`: Sigma rules in another language, or why not. */
export async function rulesConvert(args: readonly string[], io: Io): Promise<number> {
  const { values, positionals } = readArgs(args, {
    allowPositionals: true,
    options: { to: { type: 'string' }, 'first-id': { type: 'string' }, json: { type: 'boolean' } },
  })
  const target = conversionTargets.find(name => name === values.to)
  if (target === undefined)
    throw new AppError('bad-usage', `--to takes one of ${conversionTargets.join(', ')}`)
  if (positionals.length === 0) throw new AppError('bad-usage', 'name at least one Sigma file or folder')
  let nextId = readFirstId(values['first-id'])
  let code = 0
  for (const file of positionals.flatMap(path =>
    filesBelowOrName(path, name => /\.ya?ml(\.gz)?$/i.test(name)),
  )) {
    let text: string
    try {
      text = (await readInput(file, io)).toString('utf8')
    } catch (error) {
      io.signal.throwIfAborted()
      code = 2
      const problems = [problem('unreadable-input', messageOf(error))]
      if (values.json) writeRecord(io, { file, rule_id: null, to: target, output: null, problems })
      io.stderr(`tocsin rules: ${messageOf(error)}\n`)
      continue
    }
    const documents = parseSigma(text)
    const converted = target === 'wazuh' || target === 'opensearch' ? standingAlone(documents) : documents
    for (const document of converted) {
      const { output, problems } = convertSigma(document, target, nextId, documents)
      if (output === undefined) code = Math.max(code, 1)
      // The next rule's ids begin behind this one's.
      if (target === 'wazuh') nextId += output?.match(/<rule id=/g)?.length ?? 0
      const ruleId = document.content?.id ?? null
      if (values.json)
        writeRecord(io, { file, rule_id: ruleId, to: target, output: output ?? null, problems })
      else {
        if (output !== undefined) io.stdout(output)
        for (const entry of problems)
          io.stderr(
            `tocsin: ${file}: ${entry.where === undefined ? '' : `${entry.where}: `}${entry.message}\n`,
          )
      }
    }
  }
  return code
}

function readFirstId(text: string | undefined): number {
  const id = text === undefined ? 100_100 : Number(text)
  if (!Number.isInteger(id) || id < 100_000 || id > 120_000)
    throw new AppError('bad-usage', '--first-id takes a custom rule id, 100000 to 120000')
  return id
}
