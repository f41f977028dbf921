import { randomUUID } from 'node:crypto'
import type { RuleKind } from '../domain/rule-draft.ts'

/** What a new draft begins with: the shape of a rule of its kind, to be written over. */
export function ruleTemplate(kind: RuleKind, title: string, day: string): string {
  const line = title.replaceAll(/[\r\n]+/g, ' ')
  switch (kind) {
    case 'wazuh':
      return `<group name="local,">
  <rule id="100000" level="5">
    <if_sid>1</if_sid>
    <match>words of the log</match>
    <description>${line.replaceAll(/[<>&]/g, ' ')}</description>
  </rule>
</group>
`
    case 'decoders':
      return `<decoder name="${ruleName(line).toLowerCase()}">
  <program_name>^name-of-the-program$</program_name>
</decoder>

<decoder name="${ruleName(line).toLowerCase()}-fields">
  <parent>${ruleName(line).toLowerCase()}</parent>
  <regex type="pcre2">user (\\S+) from (\\S+)</regex>
  <order>srcuser, srcip</order>
</decoder>
`
    case 'lists':
      return 'key-1:value\nkey-2:\n'
    case 'sigma':
      return `title: ${JSON.stringify(line)}
id: ${randomUUID()}
status: experimental
description: What it detects, and why that is bad
references: []
author: Detection engineering
date: ${day}
tags:
  - attack.execution
  - attack.t1059
logsource:
  product: windows
  category: process_creation
detection:
  selection:
    Image|endswith: \\example.exe
  condition: selection
falsepositives:
  - Unknown
level: medium
`
    case 'yara':
      return `rule ${ruleName(line)} {
  meta:
    description = ${JSON.stringify(line)}
    author = "Detection engineering"
    date = "${day}"
    reference = "where it comes from"
  strings:
    $a = "a string that no clean file holds"
  condition:
    filesize < 5MB and all of them
}
`
  }
}

/** A YARA identifier of a title. */
function ruleName(title: string): string {
  const words = title.replaceAll(/[^A-Za-z0-9]+/g, '_').replaceAll(/^_+|_+$/g, '')
  return /^[A-Za-z]/.test(words) ? words.slice(0, 60) : `rule_${words.slice(0, 60)}`
}
