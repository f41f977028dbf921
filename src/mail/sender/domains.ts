import { parse } from 'tldts'

/** Registrable domain of a host (`mail.shop.example.co.uk` is `example.co.uk`); the host itself where there is none. */
export function registrable(host: string): string {
  return parse(host).domain ?? host
}

export const freeMail: ReadonlySet<string> = new Set(
  `gmail.com googlemail.com yahoo.com yahoo.co.uk yahoo.fr yahoo.de yahoo.es yahoo.it yahoo.co.jp yahoo.com.br ymail.com rocketmail.com
  hotmail.com hotmail.co.uk hotmail.fr hotmail.de hotmail.es hotmail.it outlook.com outlook.fr outlook.de outlook.es live.com live.fr msn.com aol.com
  aim.com icloud.com me.com mac.com gmx.de gmx.net gmx.com gmx.at gmx.ch web.de freenet.de t-online.de mail.ru yandex.com yandex.ru bk.ru inbox.ru list.ru rambler.ru
  proton.me protonmail.com pm.me tutanota.com tuta.io zoho.com mail.com email.com usa.com post.com consultant.com qq.com 163.com 126.com sina.com naver.com
  daum.net hanmail.net orange.fr wanadoo.fr free.fr sfr.fr laposte.net libero.it virgilio.it tiscali.it alice.it terra.com.br uol.com.br bol.com.br ig.com.br
  seznam.cz wp.pl onet.pl o2.pl interia.pl abv.bg comcast.net verizon.net att.net sbcglobal.net bellsouth.net cox.net btinternet.com sky.com
  fastmail.com hushmail.com rediffmail.com inbox.lv mailfence.com`.split(/\s+/),
)

export function isFreeMail(domain: string): boolean {
  return freeMail.has(domain)
}

const shorteners = new Set(
  `bit.ly t.co tinyurl.com goo.gl ow.ly is.gd buff.ly rebrand.ly cutt.ly t.ly rb.gy shorturl.at tiny.cc s.id lnkd.in
  bl.ink soo.gd v.gd qrco.de qr.codes urlz.fr u.to shorten.is tny.im x.co dlvr.it kutt.it short.gy t2m.io surl.li clck.ru vk.cc n9.cl
  acortar.link encurtador.com.br bitly.com trib.al me-qr.com qrfy.com linktr.ee l.ead.me shorturl.asia lihi.cc tinyurl.is ity.im adf.ly goo.su bit.do`.split(
    /\s+/,
  ),
)

export function isShortener(domain: string): boolean {
  return shorteners.has(domain)
}

// Where anyone puts up a page or file in a minute; phishing lives there because the domain has a good name.
const freeHosting =
  /(?:^|\.)(?:blogspot\.\w+(?:\.\w+)?|web\.app|firebaseapp\.com|pages\.dev|workers\.dev|r2\.dev|vercel\.app|netlify\.app|herokuapp\.com|glitch\.me|weebly\.com|weeblysite\.com|wixsite\.com|wixstudio\.io|wordpress\.com|godaddysites\.com|square\.site|webflow\.io|framer\.(?:app|website)|carrd\.co|github\.io|gitbook\.io|surge\.sh|render\.com|onrender\.com|fly\.dev|replit\.(?:app|dev)|repl\.co|azurewebsites\.net|blob\.core\.windows\.net|web\.core\.windows\.net|cloudapp\.azure\.com|azurefd\.net|azureedge\.net|trafficmanager\.net|storage\.googleapis\.com|firebasestorage\.googleapis\.com|script\.google\.com|sites\.google\.com|forms\.gle|docs\.google\.com|drive\.google\.com|drive\.usercontent\.google\.com|lookerstudio\.google\.com|1drv\.ms|onedrive\.live\.com|we\.tl|mega\.nz|appspot\.com|run\.app|translate\.goog|s3[\w.-]*\.amazonaws\.com|cloudfront\.net|execute-api[\w.-]*\.amazonaws\.com|amplifyapp\.com|lambda-url[\w.-]*\.on\.aws|digitaloceanspaces\.com|ondigitalocean\.app|backblazeb2\.com|wasabisys\.com|linodeobjects\.com|myshopify\.com|mystrikingly\.com|strikingly\.com|jimdosite\.com|jimdofree\.com|webnode\.\w+|yolasite\.com|000webhostapp\.com|infinityfreeapp\.com|rf\.gd|ngrok(?:-free)?\.(?:io|app|dev)|trycloudflare\.com|ipfs\.io|dweb\.link|cloudflare-ipfs\.com|nftstorage\.link|typeform\.com|jotform\.com|formstack\.com|canva\.(?:com|site)|notion\.site|telegra\.ph|duckdns\.org|ddns\.net|hopto\.org|sharepoint\.com|mailchimpsites\.com|sendgrid\.net|ct\.sendgrid\.net|page\.link|app\.link|softr\.app|lovable\.app|zapier\.app|bubbleapps\.io|plesk\.page|cprapid\.com|ukit\.me|tilda\.ws|webcindario\.com|contaboserver\.net|from-\w\w\.com|serv00\.net|my\.id|biz\.id)$/

export function isFreeHosting(host: string): boolean {
  return freeHosting.test(host)
}

// Registries whose abuse counts stand far above their share, by published abuse reports (Spamhaus, Interisle).
const cheapZones = new Set(
  `top xyz icu cyou cfd sbs click link live shop store online site website space fun buzz rest bond lol quest monster pics beauty hair skin makeup
  mom autos boats homes yachts motorcycles tk ml ga cf gq pw cc ws su info biz club vip win bid loan men work date racing review stream download trade science party
  cricket accountant faith gdn zip mov support today world life rocks guru email digital agency solutions zone center company sa.com za.com uk.com us.com de.com ru.com gb.net
  ru cn vn ir by pro one host press fit uno best cam surf wang ren kim ooo xin mobi dad foo nexus africa kz bar cloud`.split(
    /\s+/,
  ),
)

/** 0 to 1: how much a domain looks made for one campaign. Cheap zones, digits, hyphens, letter salad, punycode. */
export function oddness(host: string): { score: number; why: string } {
  const parsed = parse(host, { allowPrivateDomains: true })
  const suffix = parsed.publicSuffix ?? ''
  const name = parsed.domainWithoutSuffix ?? host
  const reasons: string[] = []
  let score = 0
  const add = (points: number, why: string) => {
    score += points
    reasons.push(why)
  }
  if (parsed.domain === null && !parsed.isIp) add(0.6, 'is no registrable domain')
  if (cheapZones.has(suffix)) add(0.5, `ends in .${suffix}`)
  if (host.includes('xn--')) add(0.5, 'is written in punycode')
  if (/\d{3,}/.test(name) || (name.match(/\d/g)?.length ?? 0) >= 4) add(0.4, 'is full of digits')
  if (name.split('-').length > 3) add(0.4, 'has many hyphens')
  if (name.length > 24) add(0.3, 'is very long')
  if (looksRandom(name)) add(0.5, 'is letter salad')
  if ((parsed.subdomain ?? '').split('.').length > 3) add(0.3, 'has many labels')
  if (looksRandom((parsed.subdomain ?? '').replaceAll('.', ''))) add(0.3, 'has a letter-salad subdomain')
  return { score: Math.min(score, 1), why: reasons.join(', ') }
}

/** Consonant runs, or letters and digits in turn, as generators make them. */
export function looksRandom(label: string): boolean {
  const text = label.toLowerCase()
  if (text.length < 7) return false
  const changes = text.match(/[a-z](?=\d)|\d(?=[a-z])/g)?.length ?? 0
  const vowels = text.match(/[aeiouy]/g)?.length ?? 0
  const letters = text.match(/[a-z]/g)?.length ?? 0
  return changes >= 3 || /[bcdfghjklmnpqrstvwxz]{6,}/.test(text) || (letters >= 9 && vowels / letters < 0.17)
}
