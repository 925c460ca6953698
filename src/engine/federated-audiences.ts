/** For whom a job asks its token. */
import type { CloudName } from './types.ts'

/** What Entra expects by default (learn.microsoft.com/entra/workload-id/workload-identity-federation-create-trust). */
export const gitHubAudiences: Readonly<Record<CloudName, string>> = {
  public: 'api://AzureADTokenExchange',
  usgov: 'api://AzureADTokenExchangeUSGov',
  china: 'api://AzureADTokenExchangeChina',
}
