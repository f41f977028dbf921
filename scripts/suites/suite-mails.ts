/** Mails written for this suite, with what they are. Senders and links are from names kept for examples (RFC 2606). */
function mail(from: string, subject: string, body: string, more = ''): string {
  return `From: ${from}\r\nTo: ann@corp.example\r\nSubject: ${subject}\r\nDate: Mon, 2 Mar 2026 09:00:00 +0000\r\nMessage-ID: <${subject.length}.${body.length}@mail.example>\r\n${more}Content-Type: text/plain; charset=utf-8\r\n\r\n${body}\r\n`
}

export const suiteMails: readonly { readonly raw: string; readonly expected: string }[] = [
  {
    expected: 'phishing',
    raw: mail(
      '"Microsoft Support" <support@account-security.example>',
      'Your mailbox will be closed today',
      'We noticed an unusual sign-in. Verify your password within 24 hours or your account will be suspended: http://198.51.100.7/login/microsoft',
    ),
  },
  {
    expected: 'bec',
    raw: mail(
      '"Dr. Karl Weber (CEO)" <karl.weber.ceo@freemail.example>',
      'Urgent and confidential',
      'Are you at your desk? I am in a meeting and cannot talk. I need you to buy gift cards for a client right now and send me the codes. Keep this between us.',
      'Reply-To: ceo.office.private@othermail.example\r\n',
    ),
  },
  {
    expected: 'phishing',
    raw: mail(
      '"DHL Express" <notice@parcel-tracking.example>',
      'Delivery failed: pay the customs fee',
      'Your parcel is waiting. Pay 1.99 EUR now to release it, else it is returned: http://dhl.parcel-release.example/pay?id=3371',
    ),
  },
  {
    expected: 'bec',
    raw: mail(
      '"Accounts, Steelworks Ltd" <accounts@steelworks-ltd.example>',
      'Change of our bank details',
      'Please note that our bank account has changed. Pay the open invoice 20931 to the new account DE89370400440532013000 today, as payment is overdue. Do not use the old account.',
      'Reply-To: billing@steelworks-payments.example\r\n',
    ),
  },
  {
    expected: 'legitimate',
    raw: mail(
      'Ben Ortiz <ben@corp.example>',
      'Lunch on Thursday',
      'Hi Ann, shall we go to the place at the corner on Thursday at noon? Ben',
    ),
  },
  {
    expected: 'legitimate',
    raw: mail(
      'Jira <jira@corp.example>',
      '[OPS-311] Disk on files-01 replaced',
      'Cleo changed the status of OPS-311 to Done. Comment: the new disk is in, the array is rebuilding.',
    ),
  },
  {
    expected: 'legitimate',
    raw: mail(
      'Personnel <personnel@corp.example>',
      'Holidays in December',
      'Dear all, the office is closed from 24 December to 1 January. Please enter your remaining days by the end of November.',
    ),
  },
  {
    expected: 'legitimate',
    raw: mail(
      'Cleo Marsh <cleo@corp.example>',
      'Minutes of the network meeting',
      'Attached are my notes: we move the printers to the new segment next week, and look at the switch in room 4 on Tuesday.',
    ),
  },
]
