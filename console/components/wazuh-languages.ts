import { xml } from '@codemirror/lang-xml'

// What may stand where in Wazuh's XML, for completion.

/** Wazuh's elements. Source: Wazuh 4.14 documentation, "Rules syntax" and "Decoders syntax". */
const matchers = [
  'match',
  'regex',
  'field',
  'srcip',
  'dstip',
  'srcport',
  'dstport',
  'user',
  'url',
  'id',
  'hostname',
  'program_name',
  'status',
  'protocol',
  'system_name',
  'action',
  'location',
  'data',
  'extra_data',
  'srcgeoip',
  'dstgeoip',
]
const same = [
  'source_ip',
  'srcip',
  'dstip',
  'srcport',
  'dstport',
  'srcuser',
  'user',
  'location',
  'field',
  'url',
]
const ruleParts = [
  ...matchers,
  'decoded_as',
  'category',
  'time',
  'weekday',
  'list',
  'if_sid',
  'if_group',
  'if_level',
  'if_matched_sid',
  'if_matched_group',
  'if_fts',
  ...same.map(name => `same_${name}`),
  ...same.map(name => `different_${name}`),
  'global_frequency',
  'check_diff',
  'options',
  'mitre',
  'group',
  'description',
  'info',
]
const types = [
  { name: 'type', values: ['pcre2', 'osregex', 'osmatch'] },
  { name: 'negate', values: ['yes', 'no'] },
]

/** Rules. */
export const wazuhRules = () =>
  xml({
    elements: [
      { name: 'group', top: true, children: ['rule'], attributes: [{ name: 'name' }] },
      {
        name: 'rule',
        children: ruleParts,
        attributes: [
          { name: 'id' },
          { name: 'level', values: Array.from({ length: 17 }, (_, level) => String(level)) },
          { name: 'frequency' },
          { name: 'timeframe' },
          { name: 'ignore' },
          { name: 'overwrite', values: ['yes', 'no'] },
          { name: 'noalert', values: ['0', '1'] },
          { name: 'maxsize' },
        ],
      },
      ...matchers.map(name => ({
        name,
        children: [],
        attributes: name === 'field' ? [{ name: 'name' }, ...types] : types,
      })),
      {
        name: 'list',
        children: [],
        attributes: [
          { name: 'field' },
          {
            name: 'lookup',
            values: [
              'match_key',
              'not_match_key',
              'match_key_value',
              'address_match_key',
              'not_address_match_key',
              'address_match_key_value',
            ],
          },
          { name: 'check_value' },
        ],
      },
      {
        name: 'options',
        children: [],
        textContent: ['no_full_log', 'alert_by_email', 'no_email_alert', 'no_log'],
      },
      { name: 'mitre', children: ['id'] },
      {
        name: 'info',
        children: [],
        attributes: [{ name: 'type', values: ['text', 'link', 'cve', 'osvdb'] }],
      },
      ...[
        'decoded_as',
        'category',
        'time',
        'weekday',
        'if_sid',
        'if_group',
        'if_level',
        'if_matched_sid',
      ].map(name => ({
        name,
        children: [],
      })),
      ...['if_matched_group', 'if_fts', 'description'].map(name => ({ name, children: [] })),
    ],
  })

const decoderTypes = ['firewall', 'ids', 'web-log', 'syslog', 'squid', 'windows', 'host-information', 'ossec']
const offsets = ['after_parent', 'after_prematch', 'after_regex']
const fieldNames = [
  'srcip',
  'dstip',
  'srcport',
  'dstport',
  'srcuser',
  'dstuser',
  'protocol',
  'action',
  'status',
  'url',
  'id',
  'data',
  'extra_data',
  'system_name',
]

/** Decoders. */
export const wazuhDecoders = () =>
  xml({
    elements: [
      {
        name: 'decoder',
        top: true,
        children: [
          'parent',
          'program_name',
          'prematch',
          'regex',
          'order',
          'plugin_decoder',
          'use_own_name',
          'type',
          'fts',
          'ftscomment',
          'accumulate',
          'json_null_field',
          'json_array_structure',
        ],
        attributes: [{ name: 'name' }],
      },
      ...['prematch', 'regex'].map(name => ({
        name,
        children: [],
        attributes: [
          { name: 'type', values: ['pcre2', 'osregex'] },
          { name: 'offset', values: offsets },
        ],
      })),
      {
        name: 'program_name',
        children: [],
        attributes: [{ name: 'type', values: ['pcre2', 'osregex', 'osmatch'] }],
      },
      {
        name: 'plugin_decoder',
        children: [],
        textContent: [
          'JSON_Decoder',
          'PF_Decoder',
          'SymantecWS_Decoder',
          'SonicWall_Decoder',
          'OSSECAlert_Decoder',
        ],
        attributes: [{ name: 'offset', values: offsets.slice(0, 2) }],
      },
      { name: 'order', children: [], textContent: fieldNames },
      { name: 'fts', children: [], textContent: fieldNames },
      { name: 'type', children: [], textContent: decoderTypes },
      { name: 'use_own_name', children: [], textContent: ['true'] },
      { name: 'json_null_field', children: [], textContent: ['string', 'discard'] },
      { name: 'json_array_structure', children: [], textContent: ['array', 'csv'] },
      ...['parent', 'ftscomment', 'accumulate'].map(name => ({ name, children: [] })),
    ],
  })
