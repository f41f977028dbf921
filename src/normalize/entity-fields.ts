import type { EntityType } from '../domain/alert.ts'

/** A field that names an entity. */
export interface EntityField {
  readonly path: readonly string[]
  readonly type: EntityType
  readonly role: string
}

const field = (path: string, type: EntityType, role: string): EntityField => ({
  path: path.split('/'),
  type,
  role,
})

/** Every alert of Wazuh 4 has these. */
export const commonFields: readonly EntityField[] = [
  field('agent/name', 'host', 'subject'),
  field('agent/ip', 'address', 'subject'),
]

/** By the member of `data` (or of the alert) under which they stand: only branches that an alert has are looked at. */
export const fieldsByBranch: Readonly<Record<string, readonly EntityField[]>> = {
  data: [
    field('data/srcip', 'address', 'source'),
    field('data/src_ip', 'address', 'source'),
    field('data/dstip', 'address', 'target'),
    field('data/dest_ip', 'address', 'target'),
    field('data/srcuser', 'user', 'actor'),
    field('data/dstuser', 'user', 'target'),
    field('data/user', 'user', 'actor'),
    field('data/url', 'url', 'target'),
    field('data/system_name', 'host', 'subject'),
    field('data/file', 'file', 'target'),
    field('data/cve', 'cve', 'subject'),
  ],
  'data/win': [
    field('data/win/eventdata/user', 'user', 'actor'),
    field('data/win/eventdata/subjectUserName', 'user', 'actor'),
    field('data/win/eventdata/targetUserName', 'user', 'target'),
    field('data/win/eventdata/sourceUser', 'user', 'actor'),
    field('data/win/eventdata/memberName', 'user', 'target'),
    field('data/win/eventdata/ipAddress', 'address', 'source'),
    field('data/win/eventdata/sourceIp', 'address', 'source'),
    field('data/win/eventdata/destinationIp', 'address', 'target'),
    field('data/win/eventdata/destinationHostname', 'domain', 'target'),
    field('data/win/eventdata/queryName', 'domain', 'target'),
    field('data/win/eventdata/workstationName', 'host', 'source'),
    field('data/win/eventdata/image', 'process', 'subject'),
    field('data/win/eventdata/newProcessName', 'process', 'subject'),
    field('data/win/eventdata/sourceImage', 'process', 'actor'),
    field('data/win/eventdata/targetImage', 'process', 'target'),
    field('data/win/eventdata/parentImage', 'process', 'parent'),
    field('data/win/eventdata/targetFilename', 'file', 'target'),
    field('data/win/eventdata/imageLoaded', 'file', 'target'),
    field('data/win/eventdata/imagePath', 'file', 'target'),
    field('data/win/eventdata/serviceFileName', 'file', 'target'),
    field('data/win/eventdata/path', 'file', 'subject'),
    field('data/win/eventdata/serviceName', 'service', 'target'),
    field('data/win/eventdata/targetObject', 'registry', 'target'),
    field('data/win/eventdata/hashes', 'hash', 'subject'),
    field('data/win/eventdata/hash', 'hash', 'subject'),
  ],
  'data/audit': [
    field('data/audit/exe', 'process', 'subject'),
    field('data/audit/file/name', 'file', 'target'),
    field('data/audit/acct', 'user', 'actor'),
  ],
  'data/http': [field('data/http/hostname', 'domain', 'target'), field('data/http/url', 'url', 'target')],
  'data/tls': [field('data/tls/sni', 'domain', 'target')],
  'data/dns': [field('data/dns/rrname', 'domain', 'target')],
  'data/vulnerability': [field('data/vulnerability/cve', 'cve', 'subject')],
  'data/virustotal': [
    field('data/virustotal/source/file', 'file', 'subject'),
    field('data/virustotal/source/sha1', 'hash', 'subject'),
    field('data/virustotal/source/md5', 'hash', 'subject'),
  ],
  'data/aws': [
    field('data/aws/source_ip_address', 'address', 'source'),
    field('data/aws/sourceIPAddress', 'address', 'source'),
    field('data/aws/userIdentity/userName', 'user', 'actor'),
    field('data/aws/userIdentity/arn', 'cloud-resource', 'actor'),
    field('data/aws/requestParameters/bucketName', 'cloud-resource', 'target'),
  ],
  'data/office365': [
    field('data/office365/UserId', 'user', 'actor'),
    field('data/office365/ClientIP', 'address', 'source'),
  ],
  'data/github': [
    field('data/github/actor', 'user', 'actor'),
    field('data/github/repo', 'cloud-resource', 'target'),
  ],
  syscheck: [
    field('syscheck/path', 'file', 'target'),
    field('syscheck/sha256_after', 'hash', 'subject'),
    field('syscheck/sha1_after', 'hash', 'subject'),
    field('syscheck/md5_after', 'hash', 'subject'),
    field('syscheck/audit/user/name', 'user', 'actor'),
    field('syscheck/audit/process/name', 'process', 'actor'),
  ],
}

/** Findings of Wazuh 5 speak WCS, which follows the Elastic Common Schema. */
export const findingFields: readonly EntityField[] = [
  field('wazuh/agent/name', 'host', 'subject'),
  field('host/name', 'host', 'subject'),
  field('host/ip', 'address', 'subject'),
  field('source/ip', 'address', 'source'),
  field('source/user/name', 'user', 'actor'),
  field('destination/ip', 'address', 'target'),
  field('destination/domain', 'domain', 'target'),
  field('destination/user/name', 'user', 'target'),
  field('user/name', 'user', 'actor'),
  field('user/target/name', 'user', 'target'),
  field('process/executable', 'process', 'subject'),
  field('process/parent/executable', 'process', 'parent'),
  field('process/hash/sha256', 'hash', 'subject'),
  field('file/path', 'file', 'target'),
  field('file/hash/sha256', 'hash', 'subject'),
  field('file/hash/md5', 'hash', 'subject'),
  field('dns/question/name', 'domain', 'target'),
  field('url/original', 'url', 'target'),
  field('registry/path', 'registry', 'target'),
  field('service/name', 'service', 'target'),
  field('vulnerability/id', 'cve', 'subject'),
  field('email/from/address', 'email', 'source'),
  field('cloud/instance/id', 'cloud-resource', 'subject'),
]
