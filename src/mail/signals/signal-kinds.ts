/**
 * What the classifier may learn from, beside the words. `direction` bounds the learned weight: a `risk` never speaks for a
 * mail and a `trust` never against it, whatever a corpus happens to hold. `prior` is the weight that a kind has before any
 * training, in log-odds; training pulls it as far as the data supports, so that kinds which the data lacks still count.
 */
export interface SignalKind {
  readonly direction: 'risk' | 'trust'
  readonly prior: number
}

const risk = (prior: number): SignalKind => ({ direction: 'risk', prior })
const trust = (prior: number): SignalKind => ({ direction: 'trust', prior })

export const signalKinds = {
  // Intent, by its words.
  'asks-credentials': risk(1.2),
  'threatens-account': risk(1),
  urges: risk(0.5),
  'changes-payment': risk(3),
  'orders-transfer': risk(2),
  'gift-cards': risk(3.5),
  'diverts-payroll': risk(3.5),
  'demands-secrecy': risk(1),
  'probes-availability': risk(1),
  'sends-invoice': risk(0.4),
  'callback-phone': risk(1.2),
  extorts: risk(1.5),
  'advance-fee': risk(1.2),
  'promises-reward': risk(0.8),
  'parcel-trouble': risk(0.8),
  'document-lure': risk(0.5),
  invests: risk(1),
  refunds: risk(0.5),
  'sells-cures': risk(0.8),
  'greets-anyone': risk(0.8),
  'wants-click': risk(0.3),
  'addresses-model': risk(2.5),
  // Combinations that are a whole pretext.
  'asks-staff-data': risk(3),
  'threat-and-demand': risk(1.2),
  'urgent-payment': risk(2.5),
  'charge-and-call': risk(2),
  'blackmail-and-coin': risk(2.5),
  // Sender.
  'brand-in-name': risk(2),
  'brand-in-text': risk(1.2),
  'person-impersonated': risk(3),
  'look-alike-sender': risk(2.5),
  'address-in-name': risk(1.5),
  'odd-sender-domain': risk(1),
  'odd-sender-local': risk(0.6),
  'dressed-up-name': risk(1),
  'reply-elsewhere': risk(0.8),
  'reply-to-freemail': risk(1.2),
  'freemail-business': risk(1.2),
  'sender-malformed': risk(0.8),
  'own-address-as-sender': risk(1),
  'authentication-failed': risk(1.5),
  'reply-without-thread': risk(0.4),
  'sender-was-harmful': risk(2.5),
  'first-contact': risk(0.4),
  'reply-chain-forged': risk(2),
  // Subject.
  'subject-dressed-up': risk(0.8),
  'recipient-in-subject': risk(0.8),
  'subject-random-token': risk(0.8),
  'letters-disguised': risk(2),
  'invisible-characters': risk(1.2),
  'text-padding': risk(0.8),
  // Links.
  'link-text-mismatch': risk(1.8),
  'link-to-address': risk(1.5),
  'link-shortener': risk(0.8),
  'link-redirector': risk(0.6),
  'link-free-hosting': risk(1.5),
  'link-odd-domain': risk(1),
  'link-look-alike': risk(2.2),
  'link-brand-elsewhere': risk(1.8),
  'link-carries-recipient': risk(1.2),
  'link-script-or-data': risk(2.5),
  'link-hides-host': risk(2),
  'link-foreign': risk(0.6),
  'link-only-one-target': risk(0.4),
  'links-are-images': risk(0.5),
  'form-in-mail': risk(1.5),
  'password-field': risk(2.5),
  // Content.
  'hidden-text': risk(0.8),
  'image-only': risk(1),
  'script-in-mail': risk(1),
  'html-smuggling': risk(3),
  'qr-code-link': risk(1.5),
  'html-attachment': risk(2.5),
  // Attachments.
  'attachment-program': risk(4),
  'attachment-macro': risk(3),
  'attachment-disguised': risk(3),
  'attachment-shortcut': risk(4),
  'attachment-disk-image': risk(2.5),
  'attachment-encrypted': risk(1.5),
  'attachment-active-pdf': risk(1.2),
  'attachment-remote-template': risk(3),
  'attachment-bomb': risk(2.5),
  'attachment-is-message': risk(0.8),
  'attachment-pdf-link': risk(0.8),
  'yara-match': risk(4),
  'calendar-link': risk(0.6),
  // What speaks for a mail.
  'links-at-home': trust(-1.2),
  'brand-at-home': trust(-1.5),
  'sender-confirmed': trust(-2.5),
  'thread-quoted': trust(-1),
  'delivery-report': trust(-4),
  'authenticated-home': trust(-1),
  'known-correspondent': trust(-0.8),
  'no-ask': trust(-0.8),
  'many-sources': trust(-0.6),
  'long-read': trust(-0.4),
} as const satisfies Record<string, SignalKind>

export type SignalId = keyof typeof signalKinds

export const signalIds = Object.keys(signalKinds) as readonly SignalId[] // The keys of the literal above, nothing else.
