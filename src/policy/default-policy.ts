import type { Policy } from './policy.ts'

/**
 * The policy where none is configured. A model on this machine sees everything but secrets; the further away a
 * model is, the less it sees; secrets never leave, not even as placeholders, for a zone without a contract.
 */
export const defaultPolicy: Policy = {
  version: 1,
  rules: [
    {
      id: 'this-machine',
      zones: ['local'],
      classes: { public: 'allow', internal: 'allow', confidential: 'allow', secret: 'pseudonymise' },
    },
    {
      id: 'own-premises',
      zones: ['on-prem'],
      classes: { public: 'allow', internal: 'allow', confidential: 'pseudonymise', secret: 'pseudonymise' },
    },
    {
      id: 'under-contract',
      zones: ['contracted'],
      classes: {
        public: 'allow',
        internal: 'pseudonymise',
        confidential: 'pseudonymise',
        secret: 'pseudonymise',
      },
    },
    {
      id: 'anyone',
      zones: ['public'],
      classes: { public: 'allow', internal: 'pseudonymise', confidential: 'pseudonymise', secret: 'local' },
    },
  ],
  redaction: { keep: ['address.public', 'uuid'] },
}
