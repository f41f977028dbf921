import type { WazuhEvent } from './event.ts'

/** Tests that Wazuh has in code; `<compiled_rule>` names them. */
export const compiledRules: Readonly<Record<string, (event: WazuhEvent) => boolean>> = {
  comp_srcuser_dstuser: ({ fields }) =>
    !fields.srcuser || !fields.dstuser || fields.srcuser === fields.dstuser,
  check_id_size: ({ fields }) => (fields.id?.length ?? 0) >= 10,
  comp_mswin_targetuser_calleruser_diff: ({ log }) => {
    const target = accountAfter(log, 'Target Account Name')
    const caller = accountAfter(log, 'Caller User Name')
    return target !== undefined && caller !== undefined && !caller.startsWith(target)
  },
  is_simple_http_request: ({ fields }) => fields.url !== undefined && !fields.url.includes('?'),
  is_valid_crawler: ({ log }) => crawlers.some(prefix => log.startsWith(prefix)),
}

const crawlers = ['66.249.', '72.14.', '209.85', '65.55.', '207.46', '74.6.', '72.30.', '67.195']

/** The text after the label's colon, up to and with the tab or the first of two spaces that ends an account. */
function accountAfter(log: string, label: string): string | undefined {
  const start = log.indexOf(label)
  const colon = start < 0 ? -1 : log.indexOf(':', start)
  return colon < 0 ? undefined : /^[\s\S]*?(?:\t| {2}|$)/.exec(log.slice(colon + 1))?.[0]
}
