import { detector, type SecretDetector } from './detector.ts'
import { hasEntropy, isRealValue } from './real-value.ts'

const before = '(?<![A-Za-z])'
const after = '(?![A-Za-z0-9])'
const some = { holds: hasEntropy(2.5) }
const high = { holds: hasEntropy(3) }
const real = { holds: isRealValue }
const token = (id: string, starts: string, body: string, options: Parameters<typeof detector>[3] = some) =>
  detector(
    id,
    starts.toLowerCase(),
    `${before}(?:${starts.split(' ').map(escapeStart).join('|')})${body}${after}`,
    options,
  )

function escapeStart(start: string): string {
  return start.replaceAll(/[.+*?^$()[\]{}|\\/]/g, '\\$&')
}

/**
 * Tokens that show whose they are by their own form, from the providers' documentation of their formats. Each
 * begins with a literal. Left out: formats with no literal of their own, which only context can tell.
 */
export const tokenFormats: readonly SecretDetector[] = [
  detector(
    'aws-key',
    'akia asia abia acca a3t',
    `${before}(?:A3T[A-Z0-9]|AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}(?![A-Z0-9])`,
    some,
  ),
  token('aws-bedrock-key', 'ABSK', '[A-Za-z0-9+/]{109,269}={0,2}', some),
  token('aws-bedrock-key', 'bedrock-api-key-', '[A-Za-z0-9+/=]{60,}', some),
  token('gcp-key', 'AIza', '[\\w-]{35}(?![\\w-])', { holds: hasEntropy(4) }),
  token('google-oauth', 'ya29.', '[\\w-]{20,}'),
  token('google-oauth-secret', 'GOCSPX-', '[\\w-]{20,}', {}),
  detector(
    'azure-client-secret',
    'q~',
    '(?<=(?<![\\w~.-])(?<lead>[A-Za-z0-9_~.-]{3}\\d))Q~[A-Za-z0-9_~.-]{31,34}(?![\\w~.-])',
    {
      holds: (_, match) => hasEntropy(3)(match.input.slice(match.index - 4, match.index + match[0].length)),
    },
  ),
  token('github-token', 'ghp_ gho_ ghu_ ghs_ ghr_', '[A-Za-z0-9_.-]{36,}'),
  token('github-token', 'github_pat_', '\\w{36,255}'),
  token(
    'gitlab-token',
    'glpat- glptt- gldt- glrt- glft- glimt- glagent- glcbt- gloas- glsoat- glffct-',
    '[\\w.-]{20,}',
  ),
  token('gitlab-token', 'GR1348941', '[\\w-]{20}', { holds: hasEntropy(3) }),
  token('gitlab-session', '_gitlab_session=', '[0-9a-z]{32}'),
  token('slack-token', 'xoxb- xoxp- xoxa- xoxo- xoxr- xoxs-', '\\d{8,}-(?:\\d{8,}[\\w-]*|[A-Za-z0-9]{18,})'),
  token('slack-token', 'xapp-', '\\d-[A-Z0-9]+-\\d+-[a-z0-9]+', {}),
  token('slack-token', 'xoxe.xoxb-1- xoxe.xoxp-1- xoxe-1-', '[A-Za-z0-9]{100,}'),
  detector(
    'slack-webhook',
    'hooks.slack.com/',
    'hooks\\.slack\\.com/(?:services|workflows|triggers)/(?<secret>[A-Z0-9]+/[A-Z0-9]+/[A-Za-z0-9/]{10,})',
    { flags: 'i', ...real },
  ),
  detector(
    'discord-webhook',
    'discord.com/api/webhooks/ discordapp.com/api/webhooks/',
    'discord(?:app)?\\.com/api/webhooks/(?<secret>\\d{15,}/[\\w-]{40,})',
    { flags: 'i' },
  ),
  detector(
    'teams-webhook',
    'webhook.office.com/webhookb2/',
    'webhook\\.office\\.com/webhookb2/(?<secret>[^\\s"\']{60,})',
    { flags: 'i' },
  ),
  detector('telegram-token', ':aa', '(?<=(?<!\\w)(?<lead>\\d{8,10})):A[A-Za-z0-9_-]{34}(?![\\w-])', some),
  token('stripe-key', 'sk_live_ sk_test_ rk_live_ rk_test_ sk_prod_ rk_prod_', '[A-Za-z0-9]{24,}', {}),
  token('stripe-webhook', 'whsec_', '[A-Za-z0-9]{24,}'),
  token('square-token', 'sq0atp- sq0csp- EAAA', '[\\w-]{22,60}', { holds: hasEntropy(3.5) }),
  token('paypal-token', 'access_token$production$', '[0-9a-z]{16}\\$[0-9a-f]{32}'),
  token('shopify-token', 'shpss_ shpat_ shpca_ shppa_', '[A-Za-z0-9]{32,}'),
  detector(
    'twilio-key',
    [...'0123456789abcdef'].map(digit => `sk${digit}`).join(' '),
    `${before}SK[0-9a-fA-F]{32}${after}`,
    high,
  ),
  token('sendgrid-key', 'SG.', '[\\w-]{22}\\.[\\w-]{43}', {}),
  token('sendinblue-key', 'xkeysib-', '[0-9a-f]{64}-[A-Za-z0-9]{16}'),
  token('mailgun-key', 'key- pubkey-', '[0-9a-f]{32}', high),
  detector('mailchimp-key', '-us', '(?<=(?<![0-9a-f])(?<lead>[0-9a-f]{32}))-us\\d{1,2}(?!\\w)'),
  token('npm-token', 'npm_', '[A-Za-z0-9]{36}'),
  token('pypi-token', 'pypi-AgEIcHlwaS5vcmc pypi-AgENdGVzdC5weXBpLm9yZ', '[\\w-]{50,}', {}),
  token('rubygems-token', 'rubygems_', '[0-9a-f]{48}'),
  token('docker-token', 'dckr_pat_ dckr_oat_', '[\\w-]{20,}', {}),
  detector(
    'openai-key',
    'sk-',
    `${before}sk-(?:(?:proj|svcacct|admin)-)?[\\w-]{16,160}T3BlbkFJ[\\w-]{16,160}`,
  ),
  token('anthropic-key', 'sk-ant-api03- sk-ant-admin01-', '[\\w-]{60,}AA', {
    ...some,
    run: `${before}sk-ant-[\\w-]*`,
  }),
  token('huggingface-token', 'hf_ api_org_', '[A-Za-z]{34}', {
    holds: secret => /[a-z]/.test(secret.slice(3)) && /[A-Z]/.test(secret.slice(3)) && hasEntropy(2)(secret),
  }),
  token('groq-key', 'gsk_', '[A-Za-z0-9]{52}'),
  token('perplexity-key', 'pplx-', '[A-Za-z0-9]{48}', high),
  token('replicate-token', 'r8_', '[A-Za-z0-9]{37}', high),
  token('xai-key', 'xai-', '[A-Za-z0-9]{80}', high),
  token('linear-key', 'lin_api_', '[A-Za-z0-9]{40,}', {}),
  token('notion-token', 'ntn_', '\\d{11}[A-Za-z0-9]{35}'),
  token('vercel-token', 'vcp_ vci_ vca_ vcr_ vck_', '[A-Za-z0-9]{36,}'),
  token('cloudflare-token', 'cfat_ cfut_ cfk_ cfoat_', '[A-Za-z0-9]{40}[0-9a-f]{8}'),
  detector('cloudflare-ca', 'v1.0-', `${before}v1\\.0-[0-9a-f]{24}-[0-9a-f]{146}`),
  token('figma-token', 'figd_ figo_ figu_', '[\\w-]{40,}'),
  token('grafana-token', 'glc_', '[A-Za-z0-9+/]{32,}={0,3}', { holds: hasEntropy(3) }),
  token('grafana-token', 'glsa_', '[A-Za-z0-9]{32}_[0-9a-fA-F]{8}', high),
  detector('grafana-key', 'eyjrijoi', `${before}eyJrIjoi[A-Za-z0-9]{70,400}={0,3}`),
  token('vault-token', 'hvs. hvb. hvr.', '[\\w-]{24,}', high),
  detector('vault-token', 's.', '(?<![\\w.-])s\\.[A-Za-z0-9]{24}(?![\\w.])', {
    holds: secret => /\d/.test(secret) && hasEntropy(3.5)(secret),
  }),
  detector(
    'terraform-token',
    '.atlasv1.',
    '(?<=(?<!\\w)(?<lead>[A-Za-z0-9]{14}))\\.atlasv1\\.[\\w-]{60,70}',
    high,
  ),
  token('pulumi-token', 'pul-', '[0-9a-f]{40}', high),
  token('tailscale-key', 'tskey-', '[a-z]+-[A-Za-z0-9]+-[A-Za-z0-9]{10,}', {}),
  token('databricks-token', 'dapi', '[0-9a-fA-F]{32}(?:-\\d)?'),
  token('digitalocean-token', 'dop_v1_ doo_v1_ dor_v1_', '[0-9a-f]{64}'),
  token('doppler-token', 'dp.pt. dp.st. dp.ct. dp.sa.', '[\\w.-]{40,}'),
  token('dynatrace-token', 'dt0c01.', '[A-Z0-9]{24}\\.[A-Z0-9]{64}', {}),
  token('newrelic-key', 'NRAK- NRII- NRJS- NRIQ-', '[A-Za-z0-9-]{19,32}', {
    holds: hasEntropy(3),
  }),
  token('sentry-token', 'sntryu_', '[0-9a-f]{64}'),
  token('sentry-token', 'sntrys_', '[\\w+/=-]{40,}'),
  token('sonar-token', 'squ_ sqp_ sqa_', '[0-9a-f]{40}'),
  token('sourcegraph-token', 'sgp_', '(?:local_|[0-9a-fA-F]{16}_)?[0-9a-fA-F]{40}', high),
  token('heroku-key', 'HRKU-AA', '[\\w-]{58,}', {}),
  token('flyio-token', 'fo1_', '[\\w-]{43}', high),
  token('flyio-token', 'fm1r_ fm2_ fm1a_', '[A-Za-z0-9+/]{100,}={0,3}', {}),
  token('planetscale-token', 'pscale_tkn_ pscale_pw_ pscale_oauth_', '[\\w=.-]{32,64}'),
  token('postman-key', 'PMAK-', '[0-9a-f]{24}-[0-9a-f]{34}', {}),
  token('prefect-key', 'pnu_', '[A-Za-z0-9]{36}'),
  token('readme-key', 'rdme_', '[a-z0-9]{70}'),
  token('infracost-key', 'ico-', '[A-Za-z0-9]{32}', {
    holds: secret => /\d/.test(secret) && /[A-Z]/.test(secret) && hasEntropy(3.5)(secret),
  }),
  token('octopus-key', 'API-', '[A-Z0-9]{26}', {
    holds: secret => /\d/.test(secret) && hasEntropy(3)(secret),
  }),
  token('openshift-token', 'sha256~', '[\\w-]{43}', high),
  token('easypost-key', 'EZAK EZAT', '[A-Za-z0-9]{54}', { holds: hasEntropy(4) }),
  token('shippo-token', 'shippo_live_ shippo_test_', '[0-9a-fA-F]{40}'),
  token('duffel-token', 'duffel_test_ duffel_live_', '[\\w=-]{43}'),
  token('flutterwave-key', 'FLWSECK- FLWSECK_TEST- FLWPUBK_TEST-', '[0-9a-zA-Z]{12,34}(?:-X)?', {}),
  token('frameio-token', 'fio-u-', '[\\w=-]{64}'),
  token('lob-key', 'live_ test_', '[0-9a-f]{35}', high),
  token('airtable-token', 'pat', '[A-Za-z0-9]{14}\\.[0-9a-f]{64}'),
  token('adafruit-key', 'aio_', '[A-Za-z0-9]{28}'),
  token('adobe-secret', 'p8e-', '[A-Za-z0-9]{32}', high),
  token('age-key', 'AGE-SECRET-KEY-1', '[QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L]{58}', {}),
  token('alibaba-key', 'LTAI', '[A-Za-z0-9]{17,21}', {
    holds: secret => hasEntropy(3.5)(secret),
  }),
  token('tencent-key', 'AKID', '[A-Za-z0-9]{32}', { holds: hasEntropy(3.5) }),
  token('artifactory-key', 'AKCp', '[A-Za-z0-9]{69}', { holds: hasEntropy(4) }),
  token('artifactory-token', 'cmVmd', '[A-Za-z0-9]{59}', { holds: hasEntropy(4) }),
  token('asana-token', '0/ 1/', '\\d{13,16}[:/][0-9a-f]{32}', high),
  token('atlassian-token', 'ATATT3', '[\\w=-]{186}', { holds: hasEntropy(3) }),
  token('clickhouse-key', '4b1d', '[A-Za-z0-9]{38}', high),
  token('clojars-token', 'CLOJARS_', '[a-z0-9]{60}', {}),
  token('contentful-token', 'CFPAT-', '[\\w-]{43}', {}),
  token('facebook-token', 'EAAM EAAC', '[A-Za-z0-9]{100,}', { holds: hasEntropy(4) }),
  detector(
    'facebook-token',
    'facebook',
    'facebook[^\\n]{0,60}?(?<![0-9])(?<secret>\\d{15,16}\\|[\\w-]{27})(?![\\w-])',
    { flags: 'i', ...high },
  ),
  token('microsoft-pat', 'JQQJ99', '[A-Za-z0-9]{70,80}', { holds: hasEntropy(3.5) }),
  token('nuget-key', 'oy2', '[a-z0-9]{43}', high),
  token('onepassword-token', 'ops_eyJ', '[A-Za-z0-9+/_-]{200,}={0,3}', { holds: hasEntropy(4) }),
  detector(
    'onepassword-key',
    'a3-',
    `${before}A3-[A-Z0-9]{6}-(?:[A-Z0-9]{11}|[A-Z0-9]{6}-[A-Z0-9]{5})(?:-[A-Z0-9]{5}){3}`,
    { holds: hasEntropy(3.8) },
  ),
  token('intra42-secret', 's-s4t2ud- s-s4t2af-', '[0-9a-f]{64}'),
  token('typeform-token', 'tfp_', '[\\w.=-]{59}'),
  token('yandex-token', 't1.', '[A-Z0-9a-z_-]+={0,2}\\.[\\w-]{86}={0,2}'),
  token('yandex-key', 'AQVN', '[\\w-]{35,38}', { holds: hasEntropy(4) }),
  token('settlemint-token', 'sm_aat_ sm_pat_ sm_sat_', '[A-Za-z0-9]{16,}'),
  token('scalingo-token', 'tk-us-', '[\\w-]{48}'),
  token('supabase-key', 'sbp_ sb_secret_', '[\\w]{30,}'),
  token('mapbox-token', 'sk.eyJ pk.eyJ', '[A-Za-z0-9_-]{40,}\\.[\\w-]{20,}', {}),
  detector(
    'jwt',
    'eyj',
    '(?<![A-Za-z0-9])eyJ[\\w-]{10,}\\.(?:eyJ)?[\\w-]{10,}\\.(?:[\\w-]{0,}\\.){0,2}[\\w-]{8,}',
    { ...real, run: '(?<![A-Za-z0-9])eyJ[\\w-]*' },
  ),
  detector('jwt-base64', 'zxlk', '(?<![A-Za-z0-9])ZXlK(?:[A-Za-z0-9+/_-]{40,})={0,2}', high),
]
