/** A source of chance in [0, 1), passed in so that every mail can be made again. */
export type Random = () => number

const headers = [
  'From: "PayPal" <a@b.example>',
  'From: a@b.example, c@d.example',
  'From: =?utf-8?B?w6Q=?= <x@y.example>',
  'From:',
  'To: <<<>>>,,;',
  'Subject: =?utf-8?Q?=?=',
  'Subject: =?x?B?####?= \u0000',
  'Content-Type: text/html; charset=utf-16',
  'Content-Type: text/plain; charset="nonsense',
  'Content-Type: multipart/mixed; boundary=x',
  'Content-Type: multipart/alternative; boundary="x"',
  'Content-Type: multipart/mixed',
  'Content-Type: message/rfc822',
  'Content-Type: multipart/report; report-type=feedback-report; boundary=y',
  'Content-Type: application/zip; name=a.zip',
  'Content-Type: application/pdf; name="=?utf-8?B?w6Q=?=.pdf"',
  'Content-Type: application/ms-tnef; name=winmail.dat',
  'Content-Type: image/png; name=a.png',
  'Content-Type: text/calendar',
  'Content-Transfer-Encoding: base64',
  'Content-Transfer-Encoding: quoted-printable',
  'Content-Transfer-Encoding: x-uuencode',
  'Content-Transfer-Encoding: \u00ff',
  "Content-Disposition: attachment; filename*0*=utf-8''%c3; filename*2=z",
  'Received: from a by b with c; not a date',
  'Received: ;;;;',
  'Authentication-Results: x; dmarc=',
  ' folded',
  '\tfolded',
  'No colon here',
  ': no name',
  'X\u0000Y: z',
] as const

const bodies = [
  '',
  '--x',
  '--x--',
  '--y',
  '--x\r\n',
  '\r\n\r\n',
  '\n',
  '\r',
  'From x Mon Jan  1 00:00:00 2026',
  '=',
  '=3',
  '=\r\n',
  'aGVsbG8=',
  '!!!!',
  '%PDF-1.4 stream\nendstream /URI (http://a.example)',
  'PK\u0003\u0004',
  'begin 644 a\nM',
  '\u0089PNG\r\n\u001a\n',
  '\u00ff\u00d8\u00ff',
  '<html',
  '<a href="http://x.example',
  '<a href=javascript:alert(1)>x</a>',
  '<div style="display:none">',
  '<!--',
  '<script>atob(',
  '<style>',
  '</td></td></td>',
  '&#x110000;',
  '&',
  '<img src=cid:x>',
  '\u0000\u0000',
  '\u00e4\u00f6',
  '\ufffd',
  'verify your account',
  'http://xn--\u0000.example/%%%',
  'https://[::1',
  'www.',
  'http://user@host@x.example:99999/',
  '> quoted',
  'On Monday Ann wrote:',
  '-- ',
  '\u202e',
  '\u200b\u200b',
] as const

const bytes = ['latin1', 'utf8', 'utf16le'] as const

/** One malformed message: headers and bodies of the kinds that break parsers, in any order, cut and damaged. */
export function malformedMail(random: Random): Buffer {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T // The index is within the list.
  const lines: string[] = []
  const sections = 1 + Math.floor(random() * 5)
  for (let section = 0; section < sections; section++) {
    for (let count = Math.floor(random() * 6); count > 0; count--) lines.push(pick(headers))
    if (random() < 0.8) lines.push('')
    for (let count = Math.floor(random() * 8); count > 0; count--)
      lines.push(pick(bodies).repeat(random() < 0.05 ? 200 : 1))
    if (random() < 0.5) lines.push(pick(['--x', '--y', '--x--']))
  }
  const message = Buffer.from(
    lines.join(pick(['\r\n', '\n', '\r', '\n\r'])),
    random() < 0.9 ? 'latin1' : pick(bytes),
  )
  for (let damage = Math.floor(random() * 4); damage > 0 && message.length > 0; damage--) {
    message[Math.floor(random() * message.length)] = Math.floor(random() * 256)
  }
  return random() < 0.2 ? message.subarray(0, Math.floor(random() * message.length)) : message
}
