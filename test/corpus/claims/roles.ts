import type { Claim } from '../../../src/domain/claim.ts'
import { type EvidenceItem, numberEvidence } from '../../../src/domain/evidence.ts'
import { type Random, seededRandom } from './random.ts'
import { item } from './scenario.ts'

// Two true values, each in its part: who and whom, before and after, sent and received. Every sentence is made from
// them once as it is and once with the values changed over. `held` is for reporting only: other fields and other phrases,
// written after the judge was done, and not looked at while it is worked on.

/** `a` plays the first part (source, parent, old, sent), `b` the second. */
interface Pair {
  readonly a: string
  readonly b: string
}

interface Kind {
  readonly name: string
  /** `others` are two more values of the same kind, which play no part in the sentences. */
  readonly pair: (random: Random) => Pair
  /** How evidence names the two: items of label and quote. */
  readonly fields: readonly ((pair: Pair) => readonly (readonly [label: string, quote: string])[])[]
  /** True sentences about them. */
  readonly phrases: readonly string[]
  readonly held: Pick<Kind, 'fields' | 'phrases'>
}

const json = (value: unknown): readonly (readonly [string, string])[] => [['Event', JSON.stringify(value)]]

const address = (random: Random) =>
  `${random.pick(['203.0.113', '198.51.100', '10.0.4', '192.168.20', '45.83.64'])}.${2 + random.below(250)}`

const users = ['alice', 'bob', 'jdoe', 'm.garcia', 'svc_backup', 'deploy', 'k.tanaka', 'p.novak', 'jenkins', 'ann-lee'] // biome-ignore format: a list
const programs = ['winword.exe', 'powershell.exe', 'cmd.exe', 'rundll32.exe', 'mshta.exe', 'wscript.exe', 'nginx', 'bash', 'python3', 'curl', 'sshd', 'w3wp.exe'] // biome-ignore format: a list
const mails = ['billing@shop.example', 'it@corp.example', 'ceo@corp.example', 'info@bank.example', 'hr@corp.example'] // biome-ignore format: a list
const accountEvents = 'account created, deleted, disabled or added; password reset; account changed'
const owners = ['root', 'www-data', 'nobody', 'deploy', 'postgres', 'alice']

const two = (list: readonly string[]) => (random: Random) => {
  const [a = '', b = ''] = random.some(list, 2)
  return { a, b }
}

const numbers = (random: Random): Pair => {
  const a = 10_000 + random.below(900_000)
  return { a: String(a), b: String(a * 3 + 1_000 + random.below(900_000)) }
}

export const kinds: readonly Kind[] = [
  {
    name: 'address',
    pair: random => {
      const a = address(random)
      let b = address(random)
      while (b === a) b = address(random)
      return { a, b }
    },
    fields: [
      ({ a, b }) => [['Source address', a], ['Destination address', b]],
      ({ a, b }) => json({ srcip: a, dstip: b, action: 'connection' }),
      ({ a, b }) => json({ source: { ip: a, port: 51_000 }, destination: { ip: b, port: 443 }, event: 'connection' }),
      ({ a, b }) => json({ src_ip: a, dest_ip: b, event_type: 'connection' }),
      ({ a, b }) => [['Log line', `connection SRC=${a} DST=${b} PROTO=TCP`]],
      ({ a, b }) => json({ win: { eventdata: { sourceIp: a, destinationIp: b, image: 'a connection' } } }),
      ({ a, b }) => [['Log line', `TCP connection ${a}:51000 -> ${b}:443`]],
      ({ a, b }) => [['Log line', `connection id.orig_h=${a} id.resp_h=${b}`]],
      ({ a, b }) => json({ data: { srcip: a, dstip: b }, full_log: 'connection' }),
      ({ a, b }) => [['Client address', a], ['Server address', b], ['Event', 'connection']],
      ({ a, b }) => json({ client: { ip: a }, server: { ip: b }, kind: 'connection' }),
    ],
    phrases: [
      '{a} connected to {b}.', 'The connection to {b} came from {a}.', '{b} was contacted by {a}.', 'The source of the connection is {a}.',
      'The connection went from {a} to {b}.', '{b} is the destination of the connection.', '{a} is the source address, {b} the destination address.',
      '{b} received a connection from {a}.', '{b} was the target of a connection from {a}.', '{a} opened a connection to {b}.',
      'The destination address was {b}.', '{a} was the source of a connection to {b}.', 'A connection reached {b} from {a}.',
      '{b} got a connection that {a} opened.', 'The client {a} connected to the server {b}.', 'With {a} as its source, the connection had {b} as its destination.',
      'The remote peer {a} reached {b}.', '{b} was reached by {a}.', 'Address {a} made a connection to address {b}.', 'A connection from {a} was directed at {b}.', 'Connections arrived at {b} from {a}.', '{a} is where the connection came from.', '{b} is where the connection went to.', 'The connection was opened by {a}.', 'The traffic source was {a}.', '{a} initiated the connection, and {b} was its target.',
    ],
    held: {
      fields: [
        ({ a, b }) => json({ network: { src: { address: a }, dst: { address: b } }, kind: 'connection' }),
        ({ a, b }) => [['Log line', `event connection attacker=${a} victim=${b}`]],
      ],
      phrases: [
        '{b} saw a connection from {a}.', 'The connection had {b} as its target.', 'Host {a} attacked host {b}.', '{b} was attacked, and the source was {a}.', 'The origin of the connection to {b} is {a}.', '{a} tried to reach {b}.',
      ],
    },
  },
  {
    name: 'account',
    pair: two(users),
    fields: [
      ({ a, b }) => [['Acting account', a], ['Target account', b], ['Rule', accountEvents]],
      ({ a, b }) => json({ subjectUserName: a, targetUserName: b, message: accountEvents }),
      ({ a, b }) => json({ actor: { name: a }, target: { name: b }, message: accountEvents }),
      ({ a, b }) => json({ srcuser: a, dstuser: b, message: accountEvents }),
      ({ a, b }) => json({ SubjectUserName: a, TargetUserName: b, text: accountEvents }),
      ({ a, b }) => [['Caller account', a], ['Target user', b], ['Rule', accountEvents]],
    ],
    phrases: [
      '{a} created the account {b}.', 'The account {b} was created by {a}.', '{a} reset the password of {b}.', 'The password of {b} was reset by {a}.',
      '{b} was changed by {a}.', 'The target account was {b}.', '{a} is the acting account.', 'The password reset of {b} was made by {a}.',
      'The account {a} made a change to the account {b}.', 'The acting account was {a}, the target account {b}.', 'Account {b} had its password reset by {a}.', '{b} is the account that {a} created.',
      '{a} deleted the account {b}.', 'The user {a} disabled {b}.', '{b} was disabled by the user {a}.', 'It was {a} who deleted {b}.', 'The account that was deleted is {b}.', 'The deletion of {b} was done by {a}.', 'The one who acted was {a}.', '{b} was added by {a}.',
    ],
    held: {
      fields: [
        ({ a, b }) => json({ caller_user: a, target_user: b, text: 'account unlocked, removed, password changed' }),
        ({ a, b }) => [['Initiator', a], ['Recipient account', b], ['Rule', 'account unlocked, removed, password changed']],
      ],
      phrases: [
        '{a} unlocked {b}.', '{b} was unlocked by {a}.', '{a} changed the password for {b}.', 'The user who removed {b} was {a}.', 'Removed by {a}: the account {b}.', '{b} had its password changed by {a}.',
      ],
    },
  },
  {
    name: 'process',
    pair: two(programs),
    fields: [
      ({ a, b }) => [['Parent program', a], ['Program', b]],
      ({ a, b }) => json({ parentImage: `C:\\Windows\\${a}`, image: `C:\\Windows\\${b}` }),
      ({ a, b }) => json({ process: { name: b, parent: { name: a } } }),
      ({ a, b }) => json({ ParentProcessName: a, NewProcessName: b }),
      ({ a, b }) => json({ parent_process: a, process_name: b }),
      ({ a, b }) => [['Log line', `process created: parent=${a} child=${b}`]],
      ({ a, b }) => json({ parentCommandLine: a, parentProcess: a, newProcess: b }),
      ({ a, b }) => [['Parent image', `C:\\Tools\\${a}`], ['Image', `C:\\Tools\\${b}`]],
      ({ a, b }) => json({ process: { executable: `/usr/bin/${b}`, parent: { executable: `/usr/bin/${a}` } } }),
    ],
    phrases: [
      '{a} started {b}.', '{b} was started by {a}.', 'The parent of {b} is {a}.', '{a} is the parent of {b}.',
      '{b} is a child of {a}.', '{b} is the child process of {a}.', '{a} spawned {b}.', '{b}, a child of {a}, ran.',
      'The process {b} had the parent {a}.', 'The parent process was {a}.', '{a} launched the process {b}.', '{a} has the child process {b}.',
      'The child process is {b}.', "{b}'s parent is {a}.", '{b} ran under {a}.', '{b} ran as a child of {a}.',
      'The program {b} was spawned from {a}.', '{b} has {a} as its parent.', 'The child of {a} was {b}.', '{b} came from its parent {a}.',
      'The process {a} executed {b}.', 'Parent {a} started child {b}.', "{a}'s child process was {b}.", 'The process tree shows {a} above its child {b}.',
      '{b} was created by {a}.', '{a} invoked {b}.', '{a} gave rise to the child {b}.', '{b} runs under its parent {a}.', 'Process {b} was a child of process {a}.', '{b} was launched from {a}.', '{a} is listed as the parent of {b}.', '{b}, started by {a}, was seen.', 'The parent was {a} and the child {b}.', 'It was {a} that started {b}.', 'The parent process of {b} was {a}.', 'Its parent is {a}.',
    ],
    held: {
      fields: [
        ({ a, b }) => json({ parent_name: a, name: b, exe: b }),
        ({ a, b }) => [['Parent process', a], ['Executable', b]],
      ],
      phrases: [
        '{a} ran {b}.', 'Started by {a}, {b} ran.', '{b} is what {a} started.', '{a} is the process that spawned {b}.', '{b} was executed as a child process of {a}.', 'The parent-child pair is {a} and {b}.',
      ],
    },
  },
  {
    name: 'mail',
    pair: two(mails),
    fields: [
      ({ a, b }) => [['Sender', a], ['Recipient', b], ['Rule', 'mail message']],
      ({ a, b }) => json({ from: a, to: b, subject: 'mail' }),
      ({ a, b }) => [['Log line', `mail sender=${a} recipient=${b}`]],
      ({ a, b }) => json({ email: { from: { address: a }, to: { address: b } } }),
      ({ a, b }) => json({ mail_from: a, rcpt_to: b, text: 'mail' }),
      ({ a, b }) => [['From', a], ['To', b], ['Kind', 'mail']],
    ],
    phrases: [
      '{a} sent a mail to {b}.', 'The mail to {b} came from {a}.', '{b} received a mail from {a}.', 'The sender is {a}.',
      'The mail was sent by {a}.', 'The mail was addressed to {b}.', 'The recipient was {b}.', '{b} was the recipient of a mail from {a}.',
      '{b} got a mail that {a} sent.', '{a} is the sender and {b} the recipient.', '{a} mailed {b}.', 'A mail from {a} was received by {b}.',
      'A mail went from {a} to {b}.', '{b} was sent a mail by {a}.', 'The message from {a} was for {b}.', 'It was {a} who sent the mail.', 'The mail reached {b}.', '{a} wrote to {b}.', 'From {a} came a mail to {b}.', 'The mail has {a} as its sender.',
    ],
    held: {
      fields: [
        ({ a, b }) => json({ message: { sender: a, recipient: b }, kind: 'mail' }),
        ({ a, b }) => [['Mail from', a], ['Mail to', b]],
      ],
      phrases: [
        '{b} has a mail from {a}.', 'A mail was sent to {b}.', 'A mail was sent from {a}.', 'The sender of the mail to {b} is {a}.', '{a} emailed {b}.', 'Sent by {a}, the mail went to {b}.',
      ],
    },
  },
  {
    name: 'change',
    pair: two(owners),
    fields: [
      ({ a, b }) => [['Owner before', a], ['Owner after', b], ['Change', 'owner changed']],
      ({ a, b }) => json({ uname_before: a, uname_after: b, changed: 'owner' }),
      ({ a, b }) => json({ old_owner: a, new_owner: b, event: 'change' }),
      ({ a, b }) => json({ owner: { old: a, new: b }, event: 'change' }),
      ({ a, b }) => json({ previousValue: a, currentValue: b, what: 'owner change' }),
      ({ a, b }) => [['Log line', `owner changed from '${a}' to '${b}'`]],
      ({ a, b }) => json({ syscheck: { uname_before: a, uname_after: b }, message: 'owner change' }),
      ({ a, b }) => [['Previous owner', a], ['Current owner', b], ['Event', 'change']],
      ({ a, b }) => json({ change: { before: { owner: a }, after: { owner: b } } }),
    ],
    phrases: [
      'The owner changed from {a} to {b}.', 'The new owner is {b}.', 'The old owner was {a}.', 'The owner was {a} before.',
      'The owner is now {b}.', 'The owner was changed to {b}.', 'Before the change the owner was {a}.', 'The owner was {a} and is now {b}.',
      'The owner became {b}.', 'After the change the owner is {b}.', 'The previous owner was {a}, the current owner is {b}.', 'The owner was {a} and became {b}.',
      'The owner {a} was replaced by {b}.', '{b} replaced {a} as owner.', 'The owner used to be {a}.', 'The owner was set to {b}.',
      'Ownership passed from {a} to {b}.', 'It is owned by {b} now.', '{a} was the owner before the change.', '{b} is the owner after the change.', 'The owner switched to {b}.', 'The owner is no longer {a}.', 'The earlier owner was {a}.', 'The owner went from {a} to {b}.', 'Owner {a} became {b}.', 'The change made {b} the owner.',
    ],
    held: {
      fields: [
        ({ a, b }) => json({ owner_old: a, owner_new: b, event: 'change' }),
        ({ a, b }) => [['Owner (old)', a], ['Owner (new)', b], ['Event', 'change']],
      ],
      phrases: [
        'The old owner {a} gave way to the new owner {b}.', 'The owner changed to {b}.', 'First the owner was {a}, then {b}.', '{b} took over from {a} as owner.', 'The owner had been {a}.', 'The current owner is {b}.',
      ],
    },
  },
  {
    name: 'transfer',
    pair: numbers,
    fields: [
      ({ a, b }) => [['Bytes sent', a], ['Bytes received', b]],
      ({ a, b }) => json({ sentbyte: Number(a), rcvdbyte: Number(b), srcip: '10.0.4.8', dstip: '203.0.113.9' }),
      ({ a, b }) => json({ bytes_toserver: Number(a), bytes_toclient: Number(b), src_ip: '10.0.4.8', dest_ip: '203.0.113.9' }),
      ({ a, b }) => json({ bytes_sent: Number(a), bytes_received: Number(b) }),
      ({ a, b }) => json({ orig_bytes: Number(a), resp_bytes: Number(b) }),
      ({ a, b }) => [['Flow', `sent ${a} bytes, received ${b} bytes`]],
      ({ a, b }) => json({ bytesOut: Number(a), bytesIn: Number(b) }),
      ({ a, b }) => json({ network: { tx_bytes: Number(a), rx_bytes: Number(b) } }),
      ({ a, b }) => json({ bytes_out: Number(a), bytes_in: Number(b) }),
      ({ a, b }) => json({ flow: { bytes_toserver: Number(a), bytes_toclient: Number(b) } }),
      ({ a, b }) => [['Traffic', `bytes sent=${a} bytes received=${b}`]],
      ({ a, b }) => json({ sentBytes: Number(a), receivedBytes: Number(b) }),
    ],
    phrases: [
      '{a} bytes were sent.', '{b} bytes were received.', 'It sent {a} bytes and received {b} bytes.', 'The host received {b} bytes.',
      'The client sent {a} bytes to the server.', 'The server sent {b} bytes to the client.', 'The client received {b} bytes.', 'The server received {a} bytes from the client.',
      'Received bytes: {b}.', 'A total of {a} bytes was sent.', '{b} bytes came back.', 'There were {a} sent bytes and {b} received bytes.',
      '{a} bytes went out.', 'In total {b} bytes were received and {a} bytes sent.', '{a} bytes outbound and {b} bytes inbound were counted.', 'The connection sent {a} bytes.',
      'The host sent {a} bytes.', 'It received {b} bytes of data.', '{b} bytes had been received.', 'The number of bytes sent is {a}.', 'Bytes received were {b}, bytes sent {a}.', 'Outbound were {a} bytes.', 'The client uploaded {a} bytes.', 'The upload was {a} bytes, the download {b} bytes.', '{a} bytes were sent to the server.', '{b} bytes were received from the server.',
    ],
    held: {
      fields: [
        ({ a, b }) => json({ stats: { bytes_sent: Number(a), bytes_rcvd: Number(b) } }),
        ({ a, b }) => [['Sent bytes', a], ['Received bytes', b]],
      ],
      phrases: [
        '{a} bytes were transmitted.', 'It received {b} bytes.', 'The volume sent was {a} bytes.', 'The client sent {a} bytes and received {b} bytes.', 'The sent volume is {a} bytes.', 'Of the traffic {b} bytes were inbound.',
      ],
    },
  },
] // biome-ignore format: tables

export type Half = 'seen' | 'held'

export interface RoleCase {
  readonly kind: string
  readonly evidence: readonly EvidenceItem[]
  readonly right: Claim
  readonly wrong: Claim
}

/** Every phrase under every naming of a half, `rounds` times with other values. */
export function roleCases(seed: number, half: Half, rounds: number): RoleCase[] {
  const random = seededRandom(seed)
  return kinds.flatMap(({ name, pair, held, ...seen }) => {
    const { fields, phrases } = half === 'held' ? held : seen
    return fields.flatMap(field =>
      phrases.flatMap(phrase =>
        Array.from({ length: rounds }, (): RoleCase => {
          const values = pair(random)
          const evidence = numberEvidence(field(values).map(([label, quote]) => item(label, quote)))
          const claim = ({ a, b }: Pair): Claim => ({
            text: phrase.replaceAll('{a}', a).replaceAll('{b}', b),
            evidence: evidence.map(({ id, quote }) => ({ id, quote })),
          })
          return { kind: name, evidence, right: claim(values), wrong: claim({ a: values.b, b: values.a }) }
        }),
      ),
    )
  })
}
