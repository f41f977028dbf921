import type { MailBrand } from '../../domain/mail.ts'
import { foldText } from '../content/fold-text.ts'

/**
 * Brands that phishing borrows, with words that name them and the domains they really use. From public knowledge of the
 * companies' own sites. `name | words that name it | domains`; a word of one common meaning (`chase`, `target`, `orange`)
 * is marked `!`: it names the brand only in a display name or beside another sign.
 */
const table = `
Microsoft|microsoft,office 365,office365,microsoft 365,outlook team,onedrive,sharepoint,outlook web|microsoft.com,microsoftonline.com,office.com,office365.com,live.com,outlook.com,hotmail.com,sharepoint.com,onedrive.com,microsoftemail.com,azure.com,windows.com,msn.com,xbox.com,skype.com,linkedin.com,sharepointonline.com
Apple|apple id,icloud,itunes,apple support,apple pay,app store|apple.com,icloud.com,me.com,itunes.com,mac.com
Google|google,gmail team,google drive,youtube,google play|google.com,gmail.com,youtube.com,googlemail.com,goo.gl,withgoogle.com,accounts.google.com,google.de,android.com,googleusercontent.com
Amazon|amazon,amazon prime,aws|amazon.com,amazon.de,amazon.co.uk,amazon.fr,amazon.es,amazon.it,amazon.com.br,amazon.co.jp,amazon.ca,amazon.in,amazon.nl,amazonaws.com,amazon.com.mx,amazonses.com,primevideo.com
PayPal|paypal|paypal.com,paypal.de,paypal.co.uk,paypal.fr,paypal-communication.com
Netflix|netflix|netflix.com
Spotify|spotify|spotify.com
Disney|disney+,disney plus|disneyplus.com,disney.com
Facebook|facebook,meta business,meta for business,meta ads|facebook.com,facebookmail.com,fb.com,meta.com,metamail.com
Instagram|instagram|instagram.com,mail.instagram.com
WhatsApp|whatsapp|whatsapp.com
LinkedIn|linkedin|linkedin.com
TikTok|tiktok|tiktok.com
Telegram|telegram|telegram.org,t.me
DocuSign|docusign|docusign.com,docusign.net
Adobe|adobe,acrobat sign|adobe.com,adobesign.com,echosign.com,adobe.io
Dropbox|dropbox|dropbox.com,dropboxmail.com,dropboxusercontent.com
WeTransfer|wetransfer|wetransfer.com
Zoom|zoom meeting,zoom video|zoom.us,zoom.com
Intuit|intuit,quickbooks,turbotax|intuit.com,quickbooks.com,turbotax.com
Geek Squad|geek squad,best buy|bestbuy.com,geeksquad.com
Norton|norton,lifelock|norton.com,lifelock.com,nortonlifelock.com,gendigital.com
McAfee|mcafee|mcafee.com
Avast|avast|avast.com
Bitdefender|bitdefender|bitdefender.com
DHL|dhl|dhl.com,dhl.de,dpdhl.com,deutschepost.de,dhl.fr,dhl.es,dhl.it,dhl-news.com
FedEx|fedex|fedex.com
UPS|ups,united parcel|ups.com
USPS|usps,us postal,united states postal|usps.com,usps.gov
DPD|dpd|dpd.com,dpd.de,dpd.co.uk,dpd.fr,dpdgroup.com
GLS|gls|gls-group.eu,gls-pakete.de,gls-group.com,gls-italy.com
Hermes|myhermes,hermes paket,evri|myhermes.de,hermesworld.com,evri.com
La Poste|la poste,chronopost,colissimo|laposte.fr,laposte.net,chronopost.fr,colissimo.fr
Correos|correos|correos.es,correos.com
Correios|correios|correios.com.br
Poste Italiane|poste italiane,postepay,bancoposta|poste.it,posteitaliane.it,postepay.it
Swiss Post|swiss post,die post,swisspost|post.ch
PostNL|postnl|postnl.nl,postnl.be
Royal Mail|royal mail|royalmail.com
Canada Post|canada post|canadapost.ca,canadapost-postescanada.ca
Chase|chase!,jpmorgan|chase.com,jpmorgan.com,jpmorganchase.com
Bank of America|bank of america,bofa|bankofamerica.com,bofa.com
Wells Fargo|wells fargo,wellsfargo|wellsfargo.com
Citi|citibank|citi.com,citibank.com
Capital One|capital one,capitalone|capitalone.com
American Express|american express,amex|americanexpress.com,aexp.com
US Bank|u.s. bank,us bank|usbank.com
Navy Federal|navy federal|navyfederal.org
USAA|usaa|usaa.com
Visa|visa!|visa.com
Mastercard|mastercard|mastercard.com
HSBC|hsbc|hsbc.com,hsbc.co.uk
Barclays|barclays|barclays.com,barclays.co.uk,barclaycard.co.uk
Lloyds|lloyds bank|lloydsbank.com,lloydsbank.co.uk,lloydsbanking.com
NatWest|natwest|natwest.com
Santander|santander|santander.com,santander.co.uk,santander.es,santander.com.br,gruposantander.com,bancosantander.es
BBVA|bbva|bbva.com,bbva.es,bbva.mx
CaixaBank|caixabank,lacaixa|caixabank.com,caixabank.es
Itau|itau,itaú|itau.com.br,itau.com,itau-unibanco.com.br
Bradesco|bradesco|bradesco.com.br,bradesco.com
Banco do Brasil|banco do brasil|bb.com.br
Caixa|caixa econômica,caixa economica|caixa.gov.br
Nubank|nubank|nubank.com.br
Serasa|serasa|serasa.com.br,serasaexperian.com.br
Livelo|livelo|livelo.com.br
Mercado Libre|mercado livre,mercado libre,mercado pago,mercadopago|mercadolivre.com.br,mercadolibre.com,mercadopago.com.br,mercadopago.com
Sparkasse|sparkasse|sparkasse.de
Volksbank|volksbank,raiffeisenbank,vr bank|vr.de,volksbank.de,raiffeisen.at,raiffeisen.ch
Deutsche Bank|deutsche bank|deutsche-bank.de,db.com
Commerzbank|commerzbank|commerzbank.de,commerzbank.com
Postbank|postbank|postbank.de
DKB|dkb|dkb.de
Comdirect|comdirect|comdirect.de
ING|ing-diba,ing diba|ing.de,ing.com,ing.nl,ing.es
N26|n26|n26.com
Revolut|revolut|revolut.com
Wise|transferwise|wise.com,transferwise.com
Klarna|klarna|klarna.com,klarna.de
UBS|ubs|ubs.com
PostFinance|postfinance|postfinance.ch
ABN AMRO|abn amro|abnamro.nl
Rabobank|rabobank|rabobank.nl
ICS|international card services|icscards.nl
Credit Agricole|crédit agricole,credit agricole|credit-agricole.fr
BNP Paribas|bnp paribas|bnpparibas,bnpparibas.com,bnpparibas.net
Societe Generale|société générale,societe generale|societegenerale.fr,socgen.com
La Banque Postale|banque postale|labanquepostale.fr
Intesa Sanpaolo|intesa sanpaolo|intesasanpaolo.com
UniCredit|unicredit|unicredit.it,unicredit.eu
Nexi|nexi|nexi.it
Ameli|ameli,assurance maladie|ameli.fr
Impots|impots.gouv,direction générale des finances|impots.gouv.fr,gouv.fr
ANTAI|antai|antai.gouv.fr
Netflix|netflix|netflix.com
Telekom|telekom,t-online|telekom.de,t-online.de,telekom.com
Vodafone|vodafone|vodafone.com,vodafone.de,vodafone.co.uk,vodafone.es,vodafone.it
1&1|1&1,ionos|1und1.de,ionos.de,ionos.com,ionos.co.uk
Strato|strato!|strato.de
GMX|gmx|gmx.de,gmx.net,gmx.com
WEB.DE|web.de|web.de
O2|telefonica,telefónica|o2.com,o2online.de,telefonica.com,telefonica.de
AT&T|at&t|att.com,att.net
Verizon|verizon|verizon.com,verizonwireless.com
T-Mobile|t-mobile|t-mobile.com,t-mobile.nl
Xfinity|xfinity,comcast|xfinity.com,comcast.com,comcast.net
IRS|irs,internal revenue|irs.gov
HMRC|hmrc,hm revenue|hmrc.gov.uk,gov.uk
DVLA|dvla|gov.uk
Social Security|social security administration|ssa.gov
Finanzamt|finanzamt,elster|elster.de,bund.de
Coinbase|coinbase|coinbase.com
Binance|binance|binance.com
Kraken|kraken!|kraken.com
Crypto.com|crypto.com|crypto.com
MetaMask|metamask|metamask.io,consensys.io,consensys.net
Trust Wallet|trust wallet,trustwallet|trustwallet.com
Ledger|ledger live,ledger wallet,ledger nano,ledger support,ledger!|ledger.com
Trezor|trezor|trezor.io
Blockchain.com|blockchain.com|blockchain.com
Exodus|exodus wallet|exodus.com
Phantom|phantom wallet|phantom.app,phantom.com
OpenSea|opensea|opensea.io
Uniswap|uniswap|uniswap.org
Robinhood|robinhood|robinhood.com
eBay|ebay|ebay.com,ebay.de,ebay.co.uk
AliExpress|aliexpress,alibaba|aliexpress.com,alibaba.com
Temu|temu|temu.com,temuemail.com
Shein|shein|shein.com
Walmart|walmart|walmart.com
Costco|costco|costco.com
Target|target!|target.com
Home Depot|home depot,homedepot|homedepot.com
Lowe's|lowe's,lowes|lowes.com
Ace Hardware|ace hardware|acehardware.com
Harbor Freight|harbor freight|harborfreight.com
Dick's|dick's sporting,dicks sporting|dickssportinggoods.com
Kohl's|kohl's,kohls|kohls.com
Macy's|macy's,macys|macys.com
CVS|cvs pharmacy,cvs|cvs.com
Walgreens|walgreens|walgreens.com
Sam's Club|sam's club,sams club|samsclub.com
Tractor Supply|tractor supply|tractorsupply.com
Starbucks|starbucks|starbucks.com
Omaha Steaks|omaha steaks,omaha..steaks|omahasteaks.com
Yeti|yeti cooler,yeti!|yeti.com
DeWalt|dewalt|dewalt.com
Makita|makita|makitatools.com,makita.com
Milwaukee|milwaukee tool|milwaukeetool.com
Tupperware|tupperware|tupperware.com
Stanley|stanley cup|stanley1913.com
Tesla|tesla!|tesla.com
State Farm|state farm|statefarm.com
AAA|aaa car|aaa.com
Medicare|medicare|medicare.gov
United Healthcare|united healthcare,unitedhealthcare|uhc.com
Lidl|lidl|lidl.de,lidl.com,lidl.fr,lidl.co.uk,lidl.es,lidl.it,lidl.nl
Aldi|aldi|aldi.de,aldi.com,aldi.us,aldi.co.uk,aldi-sued.de,aldi-nord.de
Kaufland|kaufland|kaufland.de
Rewe|rewe|rewe.de
MediaMarkt|mediamarkt,media markt,saturn!|mediamarkt.de,saturn.de,mediamarkt.es
Hofer|hofer!|hofer.at
IKEA|ikea|ikea.com
Decathlon|decathlon|decathlon.com,decathlon.fr
Carrefour|carrefour|carrefour.fr,carrefour.com,carrefour.es
Bol.com|bol.com|bol.com
Zalando|zalando|zalando.de,zalando.com
Booking.com|booking.com|booking.com
Airbnb|airbnb|airbnb.com
Uber|uber eats,uber!|uber.com
GoDaddy|godaddy|godaddy.com
Namecheap|namecheap|namecheap.com
Cloudflare|cloudflare|cloudflare.com
cPanel|cpanel|cpanel.net
OVH|ovhcloud|ovh.com,ovhcloud.com
Yahoo|yahoo|yahoo.com,yahoo-inc.com,yahoo.co.uk,yahoo.co.jp
AOL|aol mail|aol.com
Samsung|samsung|samsung.com
Steam|steam support,steamcommunity|steampowered.com,steamcommunity.com
Roblox|roblox|roblox.com
GitHub|github|github.com,githubusercontent.com
Western Union|western union|westernunion.com
MoneyGram|moneygram|moneygram.com
Zelle|zelle|zellepay.com
Cash App|cash app|cash.app,square.com
Venmo|venmo|venmo.com
FTX|ftx|ftx.com,kroll.com
Standard Chartered|standard chartered|sc.com
Absa|absa|absa.africa,absa.co.za
FNB|fnb|fnb.co.za
Standard Bank|standard bank|standardbank.co.za
Anwb|anwb|anwb.nl
Bpost|bpost|bpost.be,bpost.cloud
Bancolombia|bancolombia|bancolombia.com.co,bancolombia.com
`

export interface KnownBrand extends MailBrand {
  /** Lower-case words; a trailing `!` marks one that is also an ordinary word. */
  readonly words: readonly string[]
}

export const knownBrands: readonly KnownBrand[] = table
  .trim()
  .split('\n')
  .map(line => {
    const [name = '', words = '', domains = ''] = line.split('|')
    return { name, words: words.split(','), domains: domains.split(',') }
  })

const byDomain = new Map(knownBrands.flatMap(brand => brand.domains.map(domain => [domain, brand] as const)))

/** The brand that a registrable domain really belongs to. */
export function brandOfDomain(domain: string): KnownBrand | undefined {
  return byDomain.get(domain)
}

/** One way of writing a brand's name. */
export interface BrandWord {
  readonly brand: KnownBrand
  /** As `spaced` writes text. */
  readonly word: string
  /** It is an ordinary word too. */
  readonly ordinary: boolean
}

/** The words of brands, those of several parts also written as one: `home depot`, `homedepot`. */
export function brandWords(brands: readonly KnownBrand[]): BrandWord[] {
  return brands.flatMap(brand =>
    brand.words.flatMap(given => {
      const word = spaced(given.replace(/!$/, '')).trim()
      const spellings = word.length > 5 ? new Set([word, word.replaceAll(' ', '')]) : [word]
      return [...spellings].map(spelling => ({ brand, word: spelling, ordinary: given.endsWith('!') }))
    }),
  )
}

/** Folded, with one space for whatever separates words: what `namesBrand` looks in. */
export function spaced(text: string): string {
  const folded = foldText(text).replace(/[\s._-]+/g, ' ')
  // `U P S`: letters set apart are one word.
  return folded.replace(/(?<![\p{L}\p{N}])(?:\p{L} ){2,7}\p{L}(?![\p{L}\p{N}])/gu, run =>
    run.replaceAll(' ', ''),
  )
}

/**
 * Whether text (as `spaced` writes it) holds the word on its own: `ups` is not in `groups`. Searched by `indexOf`: hundreds of
 * Unicode patterns would take a second to compile at the first mail.
 */
export function namesBrand(text: string, { word }: BrandWord): boolean {
  for (let at = text.indexOf(word); at !== -1; at = text.indexOf(word, at + 1)) {
    if (!isLetterOrDigit(text[at - 1]) && !isLetterOrDigit(text[at + word.length])) return true
  }
  return false
}

function isLetterOrDigit(character: string | undefined): boolean {
  return character !== undefined && /[\p{L}\p{N}]/u.test(character)
}
