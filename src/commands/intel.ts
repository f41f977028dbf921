import { dataDirectory } from '../config.ts'
import { extractReport, type ReportExtract } from '../intel/extract-report.ts'
import { AppError, messageOf } from '../lib/app-error.ts'
import { problem } from '../lib/problem.ts'
import { storedAttack } from '../main/stored-knowledge.ts'
import { type Command, knowledgeOption, readArgs, readInput, writeRecord } from './command.ts'
import { filesNamed } from './files-below.ts'

/** No report for people is larger; a PDF bomb may be. */
const largestReport = 300 * 1024 * 1024

/** `tocsin intel`: indicators and techniques out of threat reports, without a server and without a model. */
export const command: Command = {
  usage: `tocsin intel FILE|DIR... [--own DOMAIN]... [--text] [--json]

Reads reports (text, Markdown, HTML, PDF, DOCX, e-mail, STIX, MISP, JSON, CSV; .gz is read; '-' is standard input) and
extracts indicators, refanged, with what was dropped and why; ATT&CK techniques, most likely first, with quotes; TLP marks;
quoted YARA, Sigma and Snort rules. Nothing is fetched and nothing is run. One record per file, also for broken ones.

  --own DOMAIN   a domain of ours, never an indicator; may be repeated
  --data DIR     the data directory that 'tocsin knowledge import' wrote to (default: that of 'tocsin up')
  --text         adds the extracted text, to which offsets (Unicode code points) refer
  --json         NDJSON records instead of a summary per report

Exit code 0 done, 2 bad usage or unreadable input.
`,
  async run(args, io) {
    const { values, positionals } = readArgs(args, {
      options: {
        json: { type: 'boolean' },
        text: { type: 'boolean' },
        own: { type: 'string', multiple: true },
        ...knowledgeOption,
      },
      allowPositionals: true,
    })
    if (positionals.length === 0) throw new AppError('bad-usage', 'name at least one file or folder')
    const attack = storedAttack(dataDirectory(values.data))
    let unreadable = false
    for (const file of filesNamed(positionals, line => io.stderr(`tocsin intel: ${line}`))) {
      io.signal.throwIfAborted()
      let extract: ReportExtract
      try {
        const bytes = await readInput(file, io, largestReport)
        extract = await extractReport(
          bytes,
          file.replace(/\.gz$/, ''),
          { ownDomains: values.own ?? [], attack },
          io.signal,
        )
      } catch (error) {
        io.signal.throwIfAborted()
        unreadable = true
        io.stderr(`tocsin intel: ${messageOf(error)}\n`)
        extract = unreadableExtract(messageOf(error))
      }
      const { text, ...rest } = extract
      if (values.json) writeRecord(io, { file, ...rest, ...(values.text ? { text } : {}) })
      else io.stdout(summaryOf(file, extract))
    }
    return unreadable ? 2 : 0
  },
}

function unreadableExtract(message: string): ReportExtract {
  return {
    title: null,
    url: null,
    format: 'text',
    tlp: null,
    indicators: [],
    techniques: [],
    rules: [],
    dropped: [],
    problems: [problem('unreadable-input', message)],
    text: '',
  }
}

/** A report in a few lines for a person; control characters of the report are not sent to the terminal. */
function summaryOf(file: string, extract: ReportExtract): string {
  const counts = Object.entries(Object.groupBy(extract.indicators, ({ type }) => type))
    .map(([type, found]) => `${found?.length ?? 0} ${type}`)
    .join(', ')
  const lines = [
    `${file}${extract.tlp === null ? '' : `  [${extract.tlp}]`}  ${extract.title ?? ''}`,
    `  indicators: ${counts || 'none'}; dropped: ${extract.dropped.length}`,
    ...extract.techniques
      .slice(0, 10)
      .map(
        ({ id, name, score, quotes }) =>
          `  ${score.toFixed(2)} ${id.padEnd(9)} ${name}  "${(quotes[0] ?? '').slice(0, 100)}"`,
      ),
    ...extract.problems.map(({ message }) => `  ! ${message}`),
  ]
  return `${lines.join('\n').replace(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/g, ' ')}\n`
}
