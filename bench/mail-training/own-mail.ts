import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** A mail composed from our own lines: no corpus has modern ham and multilingual fraud that may be used freely. */
export interface OwnMail {
  readonly kind: 'modern-ham' | 'fraud'
  /** The line it was made from: all forms of one line belong together. */
  readonly line: number
  readonly bytes: Buffer
}

const folder = join(import.meta.dirname, 'own')

/** Every line of `own/*.txt` as plain text, as bare HTML and as a designed newsletter, so that form does not tell. */
export function ownMails(): OwnMail[] {
  return (['modern-ham', 'fraud'] as const).flatMap(kind =>
    linesOf(kind).flatMap((line, index) => {
      const fields = line.split(' | ')
      const [from = '', second = ''] = fields
      const replyTo = kind === 'fraud' && second !== '-' ? second : ''
      const [subject = '', ...rest] = fields.slice(kind === 'fraud' ? 2 : 1)
      const [text = '', file = ''] = rest.join(' | ').split(/ \| \+(?=\S+$)/)
      const forms =
        kind === 'fraud'
          ? [plainForm(text), htmlForm(text)]
          : [plainForm(text), htmlForm(text), designedForm(text, subject)]
      return forms.map(form => ({
        kind,
        line: index,
        bytes: compose(kind, from, replyTo, subject, form, file),
      }))
    }),
  )
}

function linesOf(kind: OwnMail['kind']): string[] {
  return readFileSync(join(folder, `${kind}.txt`), 'utf8')
    .split('\n')
    .filter(line => line !== '' && !line.startsWith('#'))
}

interface Form {
  readonly type: string
  readonly body: string
}

const link = /\[([^\]]*)\]\(([^)]*)\)/g

function plainForm(text: string): Form {
  return { type: 'text/plain', body: text.replaceAll('\\n', '\n\n').replace(link, '$1: $2') }
}

function htmlForm(text: string): Form {
  const body = text
    .split('\\n')
    .map(line => `<p>${line.replace(link, '<a href="$2">$1</a>')}</p>`)
    .join('\n')
  return { type: 'text/html', body: `<html><body>${body}</body></html>` }
}

/** Tables, a hidden preview line, a logo, a tracking pixel, a button: what marketing tools produce. */
function designedForm(text: string, subject: string): Form {
  const rows = text
    .split('\\n')
    .map(
      line =>
        `<tr><td style="font-family:Arial;font-size:16px;color:#333;padding:12px">${line.replace(link, '<a href="$2" style="background:#0a66c2;color:#ffffff;padding:10px 18px;text-decoration:none">$1</a>')}</td></tr>`,
    )
    .join('\n')
  return {
    type: 'text/html',
    body: `<!DOCTYPE html><html><head><style>body{margin:0}</style></head><body style="background-color:#f4f4f4"><div style="display:none;max-height:0">${subject}${'&#8199;&#847; '.repeat(40)}</div><table width="600" bgcolor="#ffffff"><tr><td><img src="https://cdn.example-static.com/logo.png" alt="" width="120"></td></tr>${rows}</table><img src="https://cdn.example-static.com/open.gif?u=1" width="1" height="1"></body></html>`,
  }
}

function compose(
  kind: OwnMail['kind'],
  from: string,
  replyTo: string,
  subject: string,
  form: Form,
  file: string,
): Buffer {
  const headers = [
    `From: ${from}`,
    'To: Alex Reader <reader@example.org>',
    ...(replyTo === '' ? [] : [`Reply-To: ${replyTo}`]),
    ...(subject.startsWith('Re:') && kind === 'modern-ham' ? ['In-Reply-To: <earlier@example.org>'] : []),
    `Subject: ${subject}`,
    'Date: Tue, 10 Nov 2026 09:12:00 +0000',
    'MIME-Version: 1.0',
  ]
  const text = `Content-Type: ${form.type}; charset=utf-8\r\n\r\n${form.body.replaceAll('\n', '\r\n')}\r\n`
  if (file === '') return Buffer.from(`${headers.join('\r\n')}\r\n${text}`)
  const attached = `Content-Type: ${fileTypes[file.split('.').at(-1) ?? ''] ?? 'application/octet-stream'}; name="${file}"\r\nContent-Disposition: attachment; filename="${file}"\r\n\r\n(content)\r\n`
  return Buffer.from(
    `${headers.join('\r\n')}\r\nContent-Type: multipart/mixed; boundary="own"\r\n\r\n--own\r\n${text}--own\r\n${attached}--own--\r\n`,
  )
}

const fileTypes: Readonly<Record<string, string>> = { pdf: 'application/pdf', jpg: 'image/jpeg' }
