/** One mail of a kind that people really get, written for this repository and never trained on. */
export interface EverydayMail {
  readonly kind: string
  readonly from: string
  readonly replyTo?: string
  readonly subject: string
  /** Plain text, or HTML where it begins with `<`. */
  readonly body: string
}

const button = (label: string, url: string) =>
  `<table role="presentation"><tr><td style="background:#1a73e8;padding:12px"><a href="${url}" style="color:#ffffff">${label}</a></td></tr></table>`
const pixel = (host: string) => `<img src="https://${host}/o.gif?m=8841" width="1" height="1" alt="">`

/** Wanted mail, as its senders really write: through sending services, with trackers, deadlines and security notices. */
export const wanted: readonly EverydayMail[] = [
  {
    kind: 'sign-in code',
    from: 'Ledgerly <no-reply@ledgerly.io>',
    subject: '482913 is your sign-in code',
    body: '<p>Hi Marta,</p><p>Use this code to sign in to Ledgerly:</p><h2>482913</h2><p>It works for 10 minutes. If you did not ask for it, you can ignore this mail.</p>',
  },
  {
    kind: 'password reset',
    from: 'Fieldnotes <support@fieldnotes.app>',
    subject: 'Reset your Fieldnotes password',
    body: `<p>Someone asked to reset the password for marta@acme.example. If that was you, choose a new one:</p>${button('Choose a new password', 'https://fieldnotes.app/reset/9f2c')}<p>The link works for one hour. If it was not you, nothing changes.</p>`,
  },
  {
    kind: 'new device',
    from: 'Brightdesk Security <security@brightdesk.com>',
    subject: 'New sign-in from Chrome on Windows',
    body: `<p>Your Brightdesk account was used on a new device: Chrome, Windows, near Graz, Austria, today at 09:14.</p><p>If this was you, there is nothing to do.</p>${button('Review activity', 'https://brightdesk.com/security/activity')}`,
  },
  {
    kind: 'newsletter',
    from: 'Kaffeerösterei Hofer <post@news.kaffee-hofer.at>',
    subject: 'Im November: Filterkaffee aus Kolumbien',
    body: `<p>Liebe Marta,</p><p>diesen Monat rösten wir drei neue Sorten. Wer bis Sonntag bestellt, bekommt die Lieferung gratis.</p>${button('Zum Kaffee', 'https://news.kaffee-hofer.at/c/44/kolumbien')}<p><a href="https://news.kaffee-hofer.at/u/44">Abmelden</a></p>${pixel('news.kaffee-hofer.at')}`,
  },
  {
    kind: 'marketing over a sending service',
    from: 'Trailhead Outfitters <hello@trailheadoutfitters.com>',
    subject: 'Last chance: 25% off rain gear ends tonight',
    body: `<p>Hi Marta, our rain sale ends tonight at midnight. Jackets, trousers and packs are 25% off.</p>${button('Shop rain gear', 'https://click.trailheadoutfitters.com/ls/click?upn=aGVsbG8')}<p>You get this because you signed up in our shop. <a href="https://click.trailheadoutfitters.com/unsub?u=1">Unsubscribe</a></p>${pixel('click.trailheadoutfitters.com')}`,
  },
  {
    kind: 'receipt',
    from: 'Bahnhof Bike Shop <receipts@bahnhofbike.ch>',
    subject: 'Your receipt: CHF 84.00',
    body: 'Thank you for your visit, Marta.\n\nInner tube, 2 x 9.00\nService, small: 66.00\nTotal: CHF 84.00, paid by card.\n\nBahnhof Bike Shop, Luzern',
  },
  {
    kind: 'invoice',
    from: 'Stefan Aigner <office@aigner-elektrik.at>',
    subject: 'Rechnung 2026-311',
    body: 'Sehr geehrte Frau Lang,\n\nanbei die Rechnung für die Arbeiten vom 4. November, zahlbar wie immer innerhalb von 14 Tagen. Danke für den Auftrag.\n\nMit freundlichen Grüßen\nStefan Aigner',
  },
  {
    kind: 'bank statement',
    from: 'Nordbank <service@nordbank.example>',
    subject: 'Your October statement is ready',
    body: 'Dear Ms Lang,\n\nyour statement for October is now in your online banking. Sign in as you always do; we never send links in mails about your account.\n\nNordbank',
  },
  {
    kind: 'shipping',
    from: 'Post Express <tracking@postexpress.example>',
    subject: 'Your parcel from Buchladen Süd arrives tomorrow',
    body: `<p>Good news, Marta: your parcel 00340434 arrives tomorrow between 10 and 13.</p>${button('Track it', 'https://tracking.postexpress.example/00340434')}<p>Not at home? Choose a neighbour or a parcel shop.</p>`,
  },
  {
    kind: 'calendar',
    from: 'Jon Whitfield <jon.whitfield@acme.example>',
    subject: 'Invitation: Quarterly review, Tue 24 Nov, 14:00',
    body: 'You are invited: Quarterly review\nTuesday 24 November, 14:00 to 15:00, room Danube or by video.\nOrganiser: Jon Whitfield\nPlease accept or decline in your calendar.',
  },
  {
    kind: 'mailing list',
    from: 'Ines Prado <ines@prado.example>',
    subject: '[python-users] Re: pinning dependencies in CI',
    body: 'On Mon, Nov 9, 2026, Karl wrote:\n> We pin everything and it hurts.\n> See https://pip.pypa.io/en/stable/ for what we do.\n\nWe use a lock file and let a bot open a pull request every week. It works well for us.\n\nInes',
  },
  {
    kind: 'SaaS notification',
    from: 'Trackboard <notify@trackboard.io>',
    subject: '[WEB-221] Login page does not load on Safari',
    body: `<p><b>Sina Roth</b> commented on WEB-221:</p><p>I can reproduce it on 17.4. Can you check the account settings page too?</p>${button('View issue', 'https://acme.trackboard.io/browse/WEB-221')}`,
  },
  {
    kind: 'subscription ends',
    from: 'Lumen Cloud <billing@lumencloud.io>',
    subject: 'Your trial ends in 3 days',
    body: `<p>Hi Marta, your trial of Lumen Cloud ends on Friday. Add a payment method to keep your projects running, or do nothing and the plan goes back to free.</p>${button('Choose a plan', 'https://app.lumencloud.io/billing')}`,
  },
  {
    kind: 'card expiry',
    from: 'Streamly <account@streamly.tv>',
    subject: 'Please update your payment method',
    body: `<p>Hi Marta, the card ending in 4242 expires this month. To keep watching without a break, update it in your account.</p>${button('Update card', 'https://www.streamly.tv/account/payment')}`,
  },
  {
    kind: 'colleague',
    from: 'Peter Holzer <peter.holzer@acme.example>',
    subject: 'Unterlagen für morgen',
    body: 'Hallo Marta, kannst du mir bitte bis heute Abend die Folien für morgen schicken? Ich bringe dann die Ausdrucke mit. Danke, Peter',
  },
  {
    kind: 'supplier',
    from: 'Lucía Ortega <lucia@ortega-embalajes.es>',
    subject: 'Pedido 7781: fecha de entrega',
    body: 'Buenos días Marta,\n\nel pedido 7781 sale el jueves y llega el lunes. Te adjunto el albarán.\n\nUn saludo,\nLucía',
  },
  {
    kind: 'school',
    from: 'Volksschule Nord <direktion@vs-nord.example>',
    subject: 'Wandertag am Freitag',
    body: 'Liebe Eltern,\n\nam Freitag gehen wir wandern. Bitte geben Sie Ihrem Kind feste Schuhe und eine Jause mit. Rückkehr um 13 Uhr.\n\nDie Klassenlehrerin',
  },
  {
    kind: 'doctor',
    from: 'Ordination Dr. Steiner <termine@dr-steiner.example>',
    subject: 'Erinnerung: Termin am 1. Dezember, 8:30',
    body: 'Sehr geehrte Frau Lang, wir erinnern an Ihren Termin am 1. Dezember um 8:30 Uhr. Falls Sie nicht kommen können, rufen Sie bitte 0316 123456 an.',
  },
  {
    kind: 'airline',
    from: 'Alpen Air <checkin@alpenair.example>',
    subject: 'Check in now for your flight to Porto',
    body: `<p>Dear Marta Lang, online check-in for AA 217 on 12 January is open.</p>${button('Check in', 'https://www.alpenair.example/checkin?pnr=K8PQ2L')}<p>Please be at the gate 40 minutes before departure.</p>`,
  },
  {
    kind: 'survey',
    from: 'Stadtwerke <umfrage@stadtwerke-graz.example>',
    subject: 'Wie zufrieden sind Sie mit uns?',
    body: `<p>Sehr geehrte Frau Lang, Ihre Meinung ist uns wichtig. Fünf Fragen, zwei Minuten.</p>${button('Zur Umfrage', 'https://umfrage.stadtwerke-graz.example/2026')}`,
  },
  {
    kind: 'French shop',
    from: 'Librairie du Lac <commande@librairiedulac.fr>',
    subject: 'Votre commande 5512 est expédiée',
    body: `<p>Bonjour Marta, votre commande est partie ce matin. Vous la recevrez sous deux jours.</p>${button('Suivre ma commande', 'https://www.librairiedulac.fr/suivi/5512')}`,
  },
  {
    kind: 'Italian firm',
    from: 'Paolo Greco <p.greco@grecotende.it>',
    subject: 'Preventivo tende',
    body: 'Buongiorno signora Lang, in allegato trova il preventivo come concordato al telefono. Resto a disposizione per qualsiasi domanda. Cordiali saluti, Paolo Greco',
  },
  {
    kind: 'maintenance',
    from: 'IT <it@acme.example>',
    subject: 'VPN maintenance on Sunday morning',
    body: 'Hello all,\n\nthe VPN is unavailable on Sunday from 6 to 8. You do not need to do anything. Questions: extension 4400.\n\nIT',
  },
  {
    kind: 'two-factor enrolment',
    from: 'IT <it@acme.example>',
    subject: 'Two-factor sign-in starts on 1 December',
    body: 'Hello Marta,\n\nfrom 1 December the portal asks for a second factor. Please set it up before then at your desk, following the guide on the intranet. Bring your phone to room 112 if you want help.\n\nIT',
  },
  {
    kind: 'charity',
    from: 'Seenotrettung <info@seenotrettung.example>',
    subject: 'Danke für Ihre Spende',
    body: 'Liebe Frau Lang,\n\nherzlichen Dank für Ihre Spende über 40 Euro. Die Bestätigung für das Finanzamt kommt im Jänner per Post.',
  },
  {
    kind: 'friend',
    from: 'Tomasz <tomasz.lis@gmail.com>',
    subject: 'sobota?',
    body: 'Hej Marta, jedziemy w sobotę w góry, masz ochotę? Mamy jedno miejsce w aucie.',
  },
  {
    kind: 'app store receipt',
    from: 'Plumtree Apps <receipts@plumtree.app>',
    subject: 'Receipt for Focus Timer Pro: $4.99',
    body: `<p>Thanks for your purchase.</p><p>Focus Timer Pro, yearly: $4.99</p><p><a href="https://plumtree.app/receipts/1">View receipt</a></p>`,
  },
  {
    kind: 'conference',
    from: 'EuroSec <programme@eurosec-conf.example>',
    subject: 'The programme is out, early tickets until Friday',
    body: `<p>Thirty talks, two days, one city. The programme of EuroSec 2027 is online, and early tickets are sold until Friday.</p>${button('See the programme', 'https://www.eurosec-conf.example/2027')}`,
  },
  {
    kind: 'package registry',
    from: 'Cratehouse <noreply@cratehouse.dev>',
    subject: 'A new token was added to your account',
    body: 'A new API token named "ci" was added to your account at 10:02 UTC. If you did not do this, revoke it in your account settings and write to us.',
  },
  {
    kind: 'delivery signature',
    from: 'Signwell <notifications@signwell.example>',
    subject: 'Completed: Lease renewal 2027',
    body: `<p>All parties have signed "Lease renewal 2027". A copy is kept for you.</p>${button('View document', 'https://app.signwell.example/d/77')}`,
  },
]

/** Attacks of the kinds that this product is for. */
export const attacks: readonly EverydayMail[] = [
  {
    kind: 'mailbox full',
    from: 'Mail Administrator <admin@mail-quota-center.top>',
    subject: 'Your mailbox is almost full',
    body: '<p>Dear user,</p><p>your mailbox has exceeded its storage limit. Incoming messages will be blocked within 24 hours. Verify your account to keep your messages.</p><a href="https://mail-quota-center.top/verify?e=reader@acme.example">Verify now</a>',
  },
  {
    kind: 'brand on a free page',
    from: 'Netflix <support@account-renew.click>',
    subject: 'Your membership is on hold',
    body: '<p>We could not process your payment. Update your payment details within 48 hours or your account will be suspended.</p><a href="https://netflix-billing.web.app/login">Update payment</a>',
  },
  {
    kind: 'parcel fee',
    from: 'DHL <info@paket-zoll-gebuhr.icu>',
    subject: 'Ihr Paket wird zurückgehalten',
    body: '<p>Ihr Paket konnte nicht zugestellt werden. Bitte bezahlen Sie die Zollgebühr von 1,99 EUR innerhalb von 24 Stunden, sonst geht es zurück.</p><a href="https://paket-zoll-gebuhr.icu/pay">Jetzt bezahlen</a>',
  },
  {
    kind: 'text against target',
    from: 'Microsoft Security <no-reply@ms-alerts.live>',
    subject: 'Unusual sign-in activity',
    body: '<p>We detected unusual sign-in activity on your account. Review it now or access will be blocked.</p><a href="http://203.0.113.7/office">https://account.microsoft.com/security</a>',
  },
  {
    kind: 'payment change',
    from: 'Lucía Ortega <lucia.ortega.embalajes@gmail.com>',
    replyTo: 'accounts.ortega@outlook.com',
    subject: 'New bank details for invoice 7781',
    body: 'Dear Marta,\n\nwe have changed our bank. Please update our bank details and pay the open invoice 7781 to the new account today. I will send the new IBAN once you confirm.\n\nLucía',
  },
  {
    kind: 'gift cards',
    from: 'Jon Whitfield <ceo.office.direct@gmail.com>',
    subject: 'Quick request',
    body: 'Are you at your desk? I need you to buy five gift cards for a client surprise, 200 each. Keep this between us and send me the codes as soon as you can. I am in a meeting, so only mail.',
  },
  {
    kind: 'payroll',
    from: 'Peter Holzer <peter.holzer.private@outlook.com>',
    subject: 'Payroll update',
    body: 'Hi, I have changed my bank and would like my salary to go to my new account before the next payroll. What details do you need from me to update my direct deposit?',
  },
  {
    kind: 'urgent wire',
    from: 'Jon Whitfield <j.whitfield@executive-mail.work>',
    subject: 'Urgent payment',
    body: 'Marta, I need you to process an urgent wire transfer of 28,450 EUR today for a confidential acquisition. Do not discuss it with anybody. Let me know when you are ready and I will send the details.',
  },
  {
    kind: 'callback',
    from: 'Billing Dept <order2291@gmail.com>',
    subject: 'Invoice GS-88213: Geek Support renewed',
    body: 'Dear customer,\n\nyour subscription has been renewed for 399.99 USD and will be charged within 24 hours. If you did not authorise this charge, call our support at +1 (808) 555-0142 to cancel and get a refund.',
  },
  {
    kind: 'extortion',
    from: 'Anon <kj22@x9d-mail.top>',
    subject: 'I recorded you',
    body: 'I have hacked your device and recorded you through your webcam. Send 1200 USD in bitcoin to bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq within 48 hours or I will send the video to all your contacts.',
  },
  {
    kind: 'French tax refund',
    from: 'Impots Gouv <remboursement@impots-service.site>',
    subject: 'Remboursement en attente',
    body: '<p>Vous avez droit à un remboursement de 284,50 EUR. Confirmez vos coordonnées bancaires sous 48 heures.</p><a href="https://impots-service.site/compte">Confirmer</a>',
  },
  {
    kind: 'Spanish bank',
    from: 'Santander <aviso@clientes-seguro.online>',
    subject: 'Su cuenta ha sido bloqueada',
    body: '<p>Hemos detectado un acceso no autorizado. Su cuenta ha sido bloqueada. Verifique su identidad hoy mismo.</p><a href="https://clientes-seguro.online/santander">Verificar</a>',
  },
  {
    kind: 'Portuguese points',
    from: 'Livelo <pontos@resgate-agora.shop>',
    subject: 'Seus pontos expiram hoje',
    body: '<p>Seus 84.320 pontos expiram hoje. Resgate agora e confirme seus dados.</p><a href="https://resgate-agora.shop/livelo">Resgatar</a>',
  },
  {
    kind: 'Italian post',
    from: 'Poste Italiane <sicurezza@poste-verifica.xyz>',
    subject: 'Il tuo conto è stato limitato',
    body: '<p>Gentile cliente, il tuo conto è stato limitato. Verifica i tuoi dati entro 24 ore per evitare la sospensione.</p><a href="https://poste-verifica.xyz/accesso">Accedi</a>',
  },
  {
    kind: 'shared document',
    from: 'Jon Whitfield via SharePoint <share@doc-review-portal.click>',
    subject: 'Jon shared "Salary adjustments 2027" with you',
    body: '<p>Jon shared a confidential document with you. Sign in with your mail password to view it. The link expires today.</p><a href="https://doc-review-portal.click/sharepoint?e=reader@acme.example">Open document</a>',
  },
  {
    kind: 'wallet',
    from: 'MetaMask Support <verify@wallet-sync.pages.dev>',
    subject: 'Your wallet will be restricted',
    body: '<p>Your wallet must be verified before Friday. Enter your recovery phrase to keep access to your funds.</p><a href="https://wallet-sync.pages.dev/">Verify wallet</a>',
  },
]

/** The mail as it arrives. */
export function composeEveryday({ from, replyTo, subject, body }: EverydayMail): Buffer {
  const type = body.startsWith('<') ? 'text/html' : 'text/plain'
  const answer = replyTo === undefined ? '' : `Reply-To: ${replyTo}\r\n`
  const thread = /^(?:\[[^\]]+\] )?Re:/.test(subject) ? 'In-Reply-To: <earlier@acme.example>\r\n' : ''
  return Buffer.from(
    `From: ${from}\r\nTo: Marta Lang <reader@acme.example>\r\n${answer}${thread}Subject: ${subject}\r\nDate: Tue, 10 Nov 2026 09:12:00 +0000\r\nMIME-Version: 1.0\r\nContent-Type: ${type}; charset=utf-8\r\n\r\n${body}\r\n`,
  )
}
