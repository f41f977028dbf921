import { createAmazonBedrock } from '@ai-sdk/amazon-bedrock'
import type { Provider } from '../sdk-model.ts'

/** Amazon Bedrock through the Converse API, with SigV4 credentials or a bearer token (see `ModelProfile.region`). */
export const bedrock: Provider = {
  create: ({ profile, key, fetch }) => {
    const [accessKeyId = '', secretAccessKey, sessionToken] = key?.expose().split(':') ?? []
    return createAmazonBedrock({
      region: profile.region ?? 'us-east-1',
      fetch,
      ...(profile.baseUrl ? { baseURL: profile.baseUrl } : {}),
      ...(secretAccessKey
        ? { accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) }
        : { apiKey: accessKeyId }),
    }).languageModel(profile.model)
  },
  defaultBaseUrl: profile => `https://bedrock-runtime.${profile.region ?? 'us-east-1'}.amazonaws.com`,
}
