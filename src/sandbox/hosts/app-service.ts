/** App Service, Functions and Container Apps: the header's value from the environment, and 2019-08-01. */
import { type Answer, answerJson } from '../exchange.ts'
import { type PlayedHost, prepareNothing } from './host.ts'
import { findIdentity, mintToken } from './identities.ts'

const path = '/msi/token'

const ids = {
  client_id: 'clientId',
  object_id: 'objectId',
  principal_id: 'objectId',
  mi_res_id: 'resourceId',
} as const

export const appService: PlayedHost = {
  name: 'app-service',
  isTls: false,
  prepare: prepareNothing,
  variables: ({ origin, secret }) => ({ IDENTITY_ENDPOINT: `${origin}${path}`, IDENTITY_HEADER: secret }),
  refuse: (status, _, message, correlationId) => refuse(status, message, correlationId),
  answer: async (exchange, { state, secret }) => {
    const { method, query, headers, now, correlationId } = exchange
    if (exchange.path !== path || method !== 'GET') return refuse(404, 'Not Found', correlationId)
    if (headers['x-identity-header'] !== secret) {
      return refuse(401, 'The X-IDENTITY-HEADER is missing or not that of this app.', correlationId)
    }
    if (query.get('api-version') !== '2019-08-01') {
      return refuse(400, 'The api-version is missing or not supported.', correlationId)
    }
    const resource = query.get('resource') ?? ''
    if (resource === '') return refuse(400, 'The resource is missing.', correlationId)
    const identity = findIdentity(query, ids)
    if (identity === null) {
      const message =
        'No User Assigned or Delegated Managed Identity found for specified ClientId/ResourceId/PrincipalId.'
      return refuse(400, message, correlationId)
    }
    const issued = await mintToken(identity, resource, 'app-service', now, state)
    // The real one does not say what was wrong either; a wrong resource is the usual reason.
    if (issued === null) return refuse(500, 'An unexpected error occured while fetching the AAD Token.', correlationId)
    return answerJson(
      200,
      JSON.stringify({
        access_token: issued.token,
        expires_on: String(issued.expiresOn),
        resource,
        token_type: 'Bearer',
        client_id: identity.clientId,
      }),
    )
  },
}

function refuse(status: number, message: string, correlationId: string): Answer {
  return answerJson(status, JSON.stringify({ statusCode: status, message, correlationId }))
}
