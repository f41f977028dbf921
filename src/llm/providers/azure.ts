import { createAzure } from '@ai-sdk/azure'
import type { Provider } from '../sdk-model.ts'
import { baseSettings } from './base-settings.ts'

/** Azure OpenAI: `model` is the name of the deployment, `baseUrl` ends in `/openai`. With an API version, the older addresses by deployment. */
export const azure: Provider = {
  create: setup => {
    const { apiVersion } = setup.profile
    return createAzure({
      ...baseSettings(setup),
      ...(apiVersion ? { apiVersion, useDeploymentBasedUrls: true } : {}),
    }).chat(setup.profile.model)
  },
  defaultBaseUrl: () => undefined,
  providerOptions: { azure: { strictJsonSchema: true } },
}
