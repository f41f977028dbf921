import type { Random } from './random.ts'
import { item, type Scenario } from './scenario.ts'
import { sentence } from './sentence.ts'
import {
  address,
  clock,
  count,
  date,
  domain,
  duration,
  host,
  labelNumber,
  level,
  polar,
  port,
  protocol,
  severity,
  technique,
  user,
} from './slots.ts'
import { syslogTime, type World } from './world.ts'

type Claims = Scenario['claims']
/** Many failed SSH logons, one field an item, with counts computed by code. */
export function sshGuessing(w: World, random: Random): Scenario {
  const from = () => address(w.attacker)
  const claims: Claims = [
    {
      parts: sentence`${host(w.host)} recorded ${count(w.count, random)} ${polar('failed', 'successful')} SSH logons for ${user(w.user)} from ${from()}.`,
      cites: ['host', 'line', 'counts'],
    },
    {
      parts: sentence`There were ${count(w.count, random)} failed attempts between ${clock(w.start, random)} and ${clock(w.end, random)}.`,
      cites: ['counts', 'line'],
    },
    {
      parts: sentence`An attacker at ${from()} ${polar('failed', 'managed')} to log on as ${user(w.user)} over ${protocol('SSH')}.`,
      cites: ['line'],
    },
    { parts: sentence`The source address is ${from()}.`, cites: ['srcip'] },
    {
      parts: sentence`Rule ${labelNumber(w.ruleId)} fired at level ${level(w.level)}.`,
      cites: ['rule', 'level'],
    },
    {
      parts: sentence`Wazuh rates this as ${severity(w.level)} severity (level ${level(w.level)}).`,
      cites: ['level'],
    },
    { parts: sentence`The first failure was logged on ${date(w.start, random)}.`, cites: ['counts', 'line'] },
    {
      parts: sentence`sshd on ${host(w.host)} rejected passwords for ${user(w.user)} sent from ${from()} port ${port(w.sourcePort)}.`,
      cites: ['host', 'line'],
    },
    { parts: sentence`The activity lasted ${duration(w.minutes, random)}.`, cites: ['counts'] },
    { parts: sentence`All alerts in the case concern a single host.`, cites: ['counts'] },
    {
      parts: sentence`The rule is mapped to ${technique('T1110.001')} (Password Guessing).`,
      cites: ['technique'],
    },
    {
      parts: sentence`Password guessing (${technique('T1110.001')}) is the technique that the rule names.`,
      cites: ['technique'],
    },
    {
      parts: sentence`Failed passwords for the account ${user(w.user)} came from ${from()}.`,
      cites: ['line'],
    },
    { parts: sentence`${user(w.user)} was the targeted account.`, cites: ['line'] },
    {
      parts: sentence`Agent ${labelNumber(w.agentId)} (${host(w.host)}) reported the events.`,
      cites: ['agent'],
    },
    {
      parts: sentence`No logon ${polar('succeeded', 'failed')}: each of the ${count(w.count, random)} attempts failed.`,
      cites: ['counts', 'line', 'outcome'],
    },
    {
      parts: sentence`The attempts were ${polar('not successful', 'successful')}.`,
      cites: ['outcome', 'line'],
    },
    {
      parts: sentence`The password for ${user(w.user)} was ${polar('not accepted', 'accepted')}.`,
      cites: ['outcome', 'line'],
    },
  ]
  return {
    name: 'ssh-guessing',
    items: {
      rule: item('Rule', `${w.ruleId}: sshd: Multiple authentication failures.`),
      level: item('Level', String(w.level)),
      host: item('Host', w.host),
      agent: item(
        `The host ${w.host}`,
        `agent ${w.agentId} is ${w.host}, Ubuntu 22.04.3 LTS, status active`,
        { kind: 'agent' },
      ),
      srcip: item('Source address', w.attacker),
      line: item(
        'Log line',
        `${syslogTime(w.start)} ${w.host.split('.')[0]} sshd[${w.pid}]: Failed password for ${w.user} from ${w.attacker} port ${w.sourcePort} ssh2`,
        { trust: 'attacker-controlled' },
      ),
      counts: item(
        'Failed attempts in this case',
        `failed attempts: ${w.count}, hosts: 1, first: ${w.start.toISOString()}, last: ${w.end.toISOString()}`,
        {
          kind: 'related-alerts',
          facts: {
            failed_attempts: w.count,
            hosts: 1,
            first: w.start.toISOString(),
            last: w.end.toISOString(),
          },
        },
      ),
      outcome: item('Outcome', `all attempts failed, no logon accepted from ${w.attacker}`, {
        kind: 'related-alerts',
      }),
      technique: item('ATT&CK technique T1110.001', 'T1110.001 Password Guessing (Credential Access)', {
        kind: 'technique',
        trust: 'knowledge-base',
      }),
    },
    claims,
  }
}

/** A Windows logon in Wazuh's JSON. */
export function windowsLogon(w: World, random: Random): Scenario {
  const event = { eventID: w.level > 8 ? '4625' : '4624' }
  const failed = event.eventID === '4625'
  const outcome = () => (failed ? polar('failed', 'succeeded') : polar('succeeded', 'failed'))
  const claims: Claims = [
    {
      parts: sentence`A logon of ${user(w.user)} to ${host(w.host)} from ${address(w.attacker)} ${outcome()}.`,
      cites: ['event', 'keywords'],
    },
    {
      parts: sentence`Event ${labelNumber(event.eventID)} names ${user(w.user)} as the target account.`,
      cites: ['event'],
    },
    {
      parts: sentence`The logon type was ${labelNumber(3)}, that is over the network.`,
      cites: ['event', 'type'],
    },
    {
      parts: sentence`The event on ${host(w.host)} shows source port ${port(w.sourcePort)}.`,
      cites: ['event'],
    },
    { parts: sentence`${user(w.user)} used ${protocol('NTLM')} to authenticate.`, cites: ['event'] },
    {
      parts: sentence`The logon was recorded at ${clock(w.start, random)} on ${date(w.start, random)}.`,
      cites: ['time'],
    },
    {
      parts: sentence`Windows logged it with the result "${polar(failed ? 'Audit Failure' : 'Audit Success', failed ? 'Audit Success' : 'Audit Failure')}".`,
      cites: ['keywords'],
    },
    {
      parts: sentence`Source address ${address(w.attacker)} and workstation ${host(w.otherHost)} stand in the event.`,
      cites: ['event'],
    },
    {
      parts: sentence`Over the ${count(7, random)} days before, ${count(w.count, random)} alerts concerned ${user(w.user)}.`,
      cites: ['history'],
    },
  ]
  return {
    name: 'windows-logon',
    items: {
      event: item(
        'Event',
        JSON.stringify({
          win: {
            system: { ...event, computer: w.host },
            eventdata: {
              targetUserName: w.user,
              logonType: '3',
              ipAddress: w.attacker,
              ipPort: String(w.sourcePort),
              workstationName: w.otherHost,
              authenticationPackageName: 'NTLM',
            },
          },
        }),
        { trust: 'attacker-controlled' },
      ),
      keywords: item(
        'Outcome',
        failed
          ? 'Audit Failure: An account failed to log on.'
          : 'Audit Success: An account was successfully logged on.',
      ),
      type: item('Logon type', '3 (network)'),
      time: item('Time', w.start.toISOString().replace('Z', '+0000')),
      history: item(`How often before: ${w.user}`, `${w.user}: ${w.count} alerts in the 7 days before`, {
        kind: 'history',
        facts: { alerts_before: w.count, days: 7 },
      }),
    },
    claims,
  }
}

/** Somebody gave somebody else rights. */
export function groupChange(w: World, random: Random): Scenario {
  const claims: Claims = [
    {
      parts: sentence`${user(w.user, 'who')} added ${user(w.otherUser, 'who')} to the group Administrators.`,
      cites: ['actor', 'target', 'group'],
    },
    {
      parts: sentence`${user(w.otherUser, 'who')} was added to Administrators by ${user(w.user, 'who')} on ${host(w.host)}.`,
      cites: ['actor', 'target', 'group', 'host'],
    },
    { parts: sentence`The change was made at ${clock(w.start, random)}.`, cites: ['time'] },
    {
      parts: sentence`The account ${user(w.otherUser)} is ${polar('enabled', 'disabled')}.`,
      cites: ['state'],
    },
    { parts: sentence`The domain in the event is ${domain(w.domain)}.`, cites: ['domain'] },
    {
      parts: sentence`The change was ${polar('not approved', 'approved')} in the ticket system.`,
      cites: ['ticket'],
    },
    { parts: sentence`Members were added to ${count(2, random)} groups.`, cites: ['counts'] },
  ]
  return {
    name: 'group-change',
    items: {
      actor: item('Acting account', w.user),
      target: item('Target account', w.otherUser),
      group: item('Rule', 'Member added to a security-enabled local group: Administrators'),
      host: item('Host', w.host),
      time: item('Time', w.start.toISOString()),
      state: item('Account state', `${w.otherUser}: enabled, password never expires`),
      domain: item('Domain', w.domain),
      ticket: item('Ticket system', 'change approved: false', { trust: 'human' }),
      counts: item('Group changes', 'groups: 2, accounts: 1', { facts: { groups: 2, accounts: 1 } }),
    },
    claims,
  }
}
