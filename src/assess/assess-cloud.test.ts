import { describe } from 'vitest'
import { check } from '../../test/support/assessment-check.ts'
import type { AlertParts } from '../../test/support/wazuh-alert.ts'

/** One entry of AWS CloudTrail. */
const trail = (eventName: string, more: object = {}, level = 3): AlertParts => ({
  rule: ['80202', level, `AWS Cloudtrail: ${eventName}.`, ['amazon', 'aws', 'aws_cloudtrail']],
  data: {
    aws: {
      eventName,
      eventSource: 'service.amazonaws.com',
      sourceIPAddress: '198.51.100.9',
      userIdentity: { type: 'IAMUser', userName: 'ann' },
      ...more,
    },
  },
  location: 'Wazuh-AWS',
})
const finding = (severity: string): AlertParts => ({
  rule: ['80301', 3, 'AWS GuardDuty: finding', ['amazon', 'aws', 'aws_guardduty']],
  data: { aws: { severity, title: 'finding', type: 'Recon:EC2/PortProbeUnprotectedPort' } },
})
const office = (Operation: string, more: object = {}, level = 3): AlertParts => ({
  rule: ['91500', level, 'Office 365: events.', ['office365']],
  data: { office365: { Operation, UserId: 'ann@corp.example', ...more } },
})
const google = (methodName: string, request: object = {}): AlertParts => ({
  rule: ['65000', 3, 'GCP event', ['gcp']],
  data: { gcp: { protoPayload: { methodName, request } } },
})
const gitHub = (action: string, more: object = {}): AlertParts => ({
  rule: ['91100', 3, 'GitHub event', ['github']],
  data: { github: { action, actor: 'ann', ...more } },
})

describe('AWS', () => {
  check('looks at its machines', 'noise', trail('DescribeVolumes'))
  check('is refused a list', 'noise', trail('ListKeys', { errorCode: 'AccessDenied' }))
  check('switches its log off', 'person', trail('StopLogging'))
  check(
    'gives all rights',
    'person',
    trail('AttachUserPolicy', {
      requestParameters: { policyArn: 'arn:aws:iam::aws:policy/AdministratorAccess' },
    }),
  )
  check(
    'opens a port to everybody',
    'person',
    trail('AuthorizeSecurityGroupIngress', {
      requestParameters: { ipPermissions: { items: [{ ipRanges: { items: [{ cidrIp: '0.0.0.0/0' }] } }] } },
    }),
  )
  check(
    'lets everybody read a bucket',
    'person',
    trail('PutBucketPolicy', {
      requestParameters: { bucketPolicy: { Statement: [{ Effect: 'Allow', Principal: '*' }] } },
    }),
  )
  check('has a key deleted', 'person', trail('ScheduleKeyDeletion'))
  check('a role stores a backup', 'noise', trail('PutObject', { userIdentity: { type: 'AssumedRole' } }))
  const logon = (result: string, type = 'IAMUser') =>
    trail('ConsoleLogin', { responseElements: { ConsoleLogin: result }, userIdentity: { type } })
  check('an ordinary logon to the console', 'noise', logon('Success'))
  check('a failed logon to the console', 'noise', logon('Failure'))
  check('a failed logon of the owner', 'noise', logon('Failure', 'Root'))
  check('a finding that is rated high', 'person', finding('8'))
  check('a finding that is rated low', 'noise', finding('2'))
  check('a severity that is no number', 'noise', finding('__proto__'))
})

describe('Microsoft 365', () => {
  check('a logon', 'noise', office('UserLoggedIn'))
  check('a file is read', 'noise', office('FileAccessed'))
  const forwarding = { Parameters: [{ Name: 'ForwardTo', Value: 'x@example.net' }] }
  check('mail is sent on', 'person', office('New-InboxRule', forwarding))
  check(
    'a mailbox is sent on',
    'person',
    office('Set-Mailbox', { Parameters: [{ Name: 'ForwardingSmtpAddress' }] }),
  )
  check(
    'somebody may rule over all',
    'person',
    office('Add member to role.', {
      ModifiedProperties: [{ Name: 'Role.DisplayName', NewValue: '"Global Administrator"' }],
    }),
  )
})

describe('Google Cloud and GitHub', () => {
  check('machines are listed', 'noise', google('v1.compute.disks.list'))
  check('the log is cut off', 'person', google('google.logging.v2.ConfigServiceV2.DeleteSink'))
  check(
    'the network is opened',
    'person',
    google('v1.compute.firewalls.patch', { sourceRanges: ['0.0.0.0/0'] }),
  )
  check('a repository is cloned', 'noise', gitHub('git.clone'))
  check('a repository is made public', 'person', gitHub('repo.access', { visibility: 'public' }))
  check('the second factor is no longer asked for', 'person', gitHub('org.disable_two_factor_requirement'))
})

describe('a log that only looks like that of a cloud', () => {
  check('is not read as one', 'noise', {
    rule: ['100500', 3, 'Application event', ['local']],
    data: { aws: { eventName: 'StopLogging' } },
  })
})
