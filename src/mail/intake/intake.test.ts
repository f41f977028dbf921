import { once } from 'node:events'
import { connect } from 'node:net'
import { createTransport } from 'nodemailer'
import { afterEach, describe, expect, it } from 'vitest'
import { emptyMailOrganisation } from '../../domain/mail.ts'
import { mailAnalyser } from '../analyse-mail.ts'
import type { IncomingMail } from '../receive-mail.ts'
import type { TakeMail } from './intake.ts'
import { journalServer } from './journal-server.ts'
import { milterServer } from './milter-server.ts'

const analyse = mailAnalyser(emptyMailOrganisation)
const taken: IncomingMail[] = []
const take: TakeMail = async incoming => {
  taken.push(incoming)
  return { id: `mail_${taken.length}`, report: analyse(incoming.bytes, 'x', 0), known: false }
}
const broken: TakeMail = async () => {
  throw new Error('the database is away')
}
const failures: unknown[] = []
const onFailure = (error: unknown) => failures.push(error)
const closers: (() => Promise<void>)[] = []
afterEach(async () => {
  await Promise.all(closers.splice(0).map(close => close()))
  taken.length = 0
  failures.length = 0
})

const phish = `From: "PayPal Service" <service@account-check.top>
To: ann@acme.example
Subject: Your account has been limited
Content-Type: text/html

<p>Dear customer, verify your account within 24 hours or it will be closed.</p><a href="http://paypal.account-check.top/login">https://www.paypal.com/</a>
`

describe('journalServer', () => {
  async function send(taker: TakeMail, text: string) {
    const server = await journalServer(taker, { host: '127.0.0.1', port: 0, onFailure })
    closers.push(server.close)
    const transport = createTransport({
      host: '127.0.0.1',
      port: server.port,
      secure: false,
      ignoreTLS: true,
    })
    return transport.sendMail({ envelope: { from: 'ann@acme.example', to: 'abuse@acme.example' }, raw: text })
  }

  it('answers 250 once the message is taken over', async () => {
    const sent = await send(take, phish)
    expect(sent.response).toMatch(/^250 /)
    expect(taken[0]).toMatchObject({ source: 'journal', reporter: 'ann@acme.example' })
    expect(taken[0]?.bytes.toString()).toContain('paypal.account-check.top')
  })

  it('takes from a journal report whom the message was delivered to, blind copies and expanded groups too', async () => {
    const original = phish.replace('To: ann@acme.example', 'To: team@acme.example')
    await send(
      take,
      [
        'X-MS-Journal-Report:',
        'From: "Microsoft Outlook" <MicrosoftExchange329e71@acme.example>',
        'To: journal@acme.example',
        'Subject: Your account has been limited',
        'Content-Type: multipart/mixed; boundary="j"',
        '',
        '--j',
        'Content-Type: text/plain; charset="us-ascii"',
        '',
        'Sender: service@account-check.top',
        'Subject: Your account has been limited',
        'Message-Id: <1@account-check.top>',
        'To: Ann@acme.example, Expanded: team@acme.example',
        'To: bob@acme.example, Expanded: team@acme.example',
        'Bcc: chief@acme.example',
        'Recipient: <dora@acme.example>',
        '--j',
        'Content-Type: message/rfc822',
        '',
        original,
        '--j--',
      ].join('\n'),
    )
    expect(taken[0]).toMatchObject({
      source: 'journal',
      reporter: null,
      recipients: ['ann@acme.example', 'bob@acme.example', 'chief@acme.example', 'dora@acme.example'],
    })
    // The message is judged, not the report around it.
    expect(analyse(taken[0]?.bytes ?? Buffer.alloc(0), 'x', 0)).toMatchObject({ verdict: 'phishing' })
  })

  it('believes no list of recipients in what is no journal report', async () => {
    await send(
      take,
      `From: ann@acme.example\nSubject: Look\n\nTo: everybody@acme.example\nBcc: chief@acme.example\n`,
    )
    expect(taken[0]).not.toHaveProperty('recipients')
  })

  it('answers 451 when it could not be stored, so that the sender keeps it', async () => {
    await expect(send(broken, phish)).rejects.toMatchObject({ responseCode: 451 })
    expect(failures).toHaveLength(1)
  })
})

describe('milterServer', () => {
  const packet = (command: string, data = '') => {
    const bytes = Buffer.from(data, 'latin1')
    const head = Buffer.alloc(5)
    head.writeUInt32BE(bytes.length + 1, 0)
    head.write(command, 4)
    return Buffer.concat([head, bytes])
  }

  /** Speaks as Postfix does; returns the answers after the end of the mail, as `letter data`. */
  async function converse(taker: TakeMail, message: string, unavailable: 'deliver' | 'defer' = 'deliver') {
    const server = await milterServer(taker, { host: '127.0.0.1', port: 0, unavailable, onFailure })
    closers.push(server.close)
    const socket = connect(server.port, '127.0.0.1')
    await once(socket, 'connect')
    let answers = Buffer.alloc(0)
    socket.on('data', chunk => {
      answers = Buffer.concat([answers, chunk])
    })
    const [head = '', body = ''] = message.split('\n\n')
    socket.write(packet('O', '\0\0\0\x06\0\0\x01\xff\0\x1f\xff\xff'))
    socket.write(packet('M', '<service@account-check.top>\0'))
    for (const line of head.split('\n')) {
      const colon = line.indexOf(':')
      socket.write(packet('D', 'Bi\0x\0'))
      socket.write(packet('L', `${line.slice(0, colon)}\0${line.slice(colon + 1).trim()}\0`))
    }
    socket.write(packet('N'))
    // Split in the middle, as the network does.
    const rest = Buffer.concat([packet('B', body), packet('E'), packet('Q')])
    socket.write(rest.subarray(0, 7))
    socket.write(rest.subarray(7))
    await once(socket, 'close')
    const found: string[] = []
    for (let at = 0; at + 5 <= answers.length; at += 4 + answers.readUInt32BE(at)) {
      found.push(
        answers
          .subarray(at + 4, at + 4 + answers.readUInt32BE(at))
          .toString('latin1')
          .replaceAll('\0', ' ')
          .trim(),
      )
    }
    return found.slice(found.lastIndexOf('c', found.length - 2) + 1)
  }

  it('tags and quarantines what is harmful', async () => {
    const answers = await converse(take, phish)
    expect(answers[0]).toMatch(/^hX-Tocsin-Verdict phishing; probability=[01]\.\d+$/)
    expect(answers.slice(1)).toEqual(['qTocsin: phishing', 'c'])
    expect(taken[0]?.bytes.toString()).toContain('Subject: Your account has been limited\r\n')
  })

  it('lets ordinary mail go on with its header', async () => {
    const answers = await converse(
      take,
      'From: Ann <ann@partner.example>\nSubject: Monday\n\nSee you on Monday at the office, I bring the documents for the project.',
    )
    expect(answers).toEqual([expect.stringMatching(/^hX-Tocsin-Verdict legitimate/), 'c'])
  })

  it('delivers with a tag, or puts off, what could not be analysed', async () => {
    expect(await converse(broken, phish)).toEqual(['hX-Tocsin-Verdict unavailable', 'c'])
    expect((await converse(broken, phish, 'defer')).at(-1)).toBe('t')
  })
})
