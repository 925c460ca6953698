/** Service Fabric: TLS with a certificate of its own, the Secret header, one identity set in the cluster. */
import { answerJson } from '../exchange.ts'
import { type PlayedHost, prepareNothing, refuseAsObject } from './host.ts'
import { mintToken, systemAssigned } from './identities.ts'

const path = '/metadata/identity/oauth2/token'

export const serviceFabric: PlayedHost = {
  name: 'service-fabric',
  isTls: true,
  prepare: prepareNothing,
  variables: ({ origin, secret, thumbprint }) => ({
    IDENTITY_ENDPOINT: `${origin}${path}`,
    IDENTITY_HEADER: secret,
    IDENTITY_SERVER_THUMBPRINT: thumbprint,
    IDENTITY_API_VERSION: '2019-07-01-preview',
  }),
  refuse: refuseAsObject,
  answer: async (exchange, { state, secret }) => {
    const { method, query, headers, now, correlationId } = exchange
    if (exchange.path !== path || method !== 'GET') {
      return refuseAsObject(404, 'NotFound', 'There is nothing at this path.', correlationId)
    }
    if (headers['secret'] === undefined) {
      return refuseAsObject(400, 'SecretHeaderNotFound', 'Secret is not found in the request headers.', correlationId)
    }
    if (headers['secret'] !== secret) {
      const message = 'Managed identity not found for application host.'
      return refuseAsObject(404, 'ManagedIdentityNotFound', message, correlationId)
    }
    const version = query.get('api-version') ?? ''
    if (!['2019-07-01-preview', '2020-05-01'].includes(version)) {
      return refuseAsObject(400, 'InvalidApiVersion', `The api-version '${version}' is not supported.`, correlationId)
    }
    const resource = query.get('resource') ?? ''
    if (resource === '') {
      const message = "The parameter 'resource' should not be null or empty string."
      return refuseAsObject(400, 'ArgumentNullOrEmpty', message, correlationId)
    }
    const issued = await mintToken(systemAssigned, resource, 'service-fabric', now, state)
    if (issued === null) return refuseAsObject(500, 'InternalServerError', 'An internal error occurred.', correlationId)
    const token = { token_type: 'Bearer', access_token: issued.token, expires_on: issued.expiresOn, resource }
    return answerJson(200, JSON.stringify(token))
  },
}
