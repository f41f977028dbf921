import { emptyMailOrganisation, type MailReport } from '../domain/mail.ts'
import { AppError, messageOf } from '../lib/app-error.ts'
import { type Problem, problem } from '../lib/problem.ts'
import { mailAnalyser } from '../mail/analyse-mail.ts'
import { type MailContext, noContext } from '../mail/mail-context.ts'
import { splitMailbox } from '../mail/mime/mailbox-file.ts'
import { parseOrganisation } from '../mail/organisation-file.ts'
import { readMail } from '../mail/read-mail.ts'
import { type ScanFiles, scanMail } from '../mail/scan-files.ts'
import { openMailScanner } from '../main/open-mail-scanner.ts'
import { type Command, readArgs, readInput, writeRecord } from './command.ts'
import { filesNamed } from './files-below.ts'

/** `tocsin mail`: judges messages on the spot, without a server and without a model. */
export const command: Command = {
  usage: `tocsin mail FILE|DIR|MBOX... [--org FILE] [--yara FILE|DIR] [--json]

Judges every message: .eml files, mbox files, Outlook .msg files, folders of them, '-' for standard input; .gz is read.
Nothing is fetched and nothing is run. One record per message, also for broken ones.

  --org FILE   the organisation as JSON: {domains[], people[], brands[], receivers[], dkim_keys{}}
  --yara PATH  YARA rules that every part, and every file in an archive, is scanned with
  --json       NDJSON records instead of a line per message

Exit code 0 done, 2 bad usage or unreadable input.
`,
  async run(args, io) {
    const { values, positionals } = readArgs(args, {
      options: { json: { type: 'boolean' }, org: { type: 'string' }, yara: { type: 'string' } },
      allowPositionals: true,
    })
    if (positionals.length === 0) throw new AppError('bad-usage', 'name at least one file or folder')
    const organisation = values.org
      ? parseOrganisation((await readInput(values.org, io)).toString('utf8'), values.org)
      : emptyMailOrganisation
    const scanner =
      values.yara === undefined
        ? undefined
        : await openMailScanner(values.yara, what => io.stderr(`tocsin mail: rules left out: ${what}\n`))
    const analyse = mailAnalyser(organisation)
    const write = (report: MailReport) => (values.json ? writeRecord(io, report) : io.stdout(lineOf(report)))
    let unreadable = false
    try {
      for (const file of filesNamed(positionals, line => io.stderr(`tocsin mail: ${line}`))) {
        io.signal.throwIfAborted()
        try {
          const bytes = await readInput(file, io)
          const messages = /\.eml(?:\.gz)?$/i.test(file) ? [bytes] : splitMailbox(bytes)
          for (const [index, message] of messages.entries()) {
            const { problems, context } = await scannedContext(message, scanner?.scan)
            const report = analyse(message, file, index, context)
            write({ ...report, problems: [...report.problems, ...problems] })
          }
        } catch (error) {
          unreadable = true
          io.stderr(`tocsin mail: ${messageOf(error)}\n`)
          write(unreadableReport(file, messageOf(error)))
        }
      }
    } finally {
      scanner?.close()
    }
    return unreadable ? 2 : 0
  },
}

/** What YARA says of a message, where there are rules. */
async function scannedContext(
  message: Buffer,
  scan: ScanFiles | undefined,
): Promise<{ readonly problems: readonly Problem[]; readonly context: MailContext }> {
  if (scan === undefined) return { problems: [], context: noContext }
  const problems: Problem[] = []
  const fileMatches = await scanMail(readMail(message, []), scan, problems)
  return { problems, context: { ...noContext, fileMatches } }
}

function unreadableReport(file: string, message: string): MailReport {
  return {
    file,
    index: 0,
    message_id: null,
    verdict: 'suspicious',
    probability: 0.5,
    signals: [],
    indicators: [],
    campaign: '',
    problems: [problem('unreadable-input', message)],
  }
}

/** One message for a person: verdict, probability, the three strongest reasons. */
function lineOf(report: MailReport): string {
  const reasons = report.signals.filter(signal => signal.weight > 0).slice(0, 3)
  const lines = reasons.map(signal => `    ${signal.weight.toFixed(1).padStart(5)}  ${signal.text}`)
  const problems = report.problems.map(entry => `         ! ${entry.message}`)
  const head = `${report.verdict.padEnd(11)} ${(100 * report.probability).toFixed(1).padStart(5)} %  ${report.file}${report.index > 0 ? ` #${report.index}` : ''}`
  return `${[head, ...lines, ...problems].join('\n').replace(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/g, '?')}\n`
}
