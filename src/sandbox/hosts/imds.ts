/** The instance metadata service: refuses what lacks its header or came through a proxy, and knows every form of id. */
import { answerJson } from '../exchange.ts'
import { type PlayedHost, prepareNothing, refuseAsOAuth } from './host.ts'
import { findIdentity, mintToken, unknownResource } from './identities.ts'

const imdsPath = '/metadata/identity/oauth2/token'

const versions = ['2018-02-01', '2019-02-01', '2019-08-01', '2020-06-01', '2021-02-01']

const ids = { client_id: 'clientId', object_id: 'objectId', msi_res_id: 'resourceId', mi_res_id: 'resourceId' } as const

export const imds: PlayedHost = {
  name: 'imds',
  isTls: false,
  prepare: prepareNothing,
  variables: ({ origin }) => ({ AZURE_POD_IDENTITY_AUTHORITY_HOST: origin }),
  refuse: refuseAsOAuth,
  answer: async ({ method, path, query, headers, now }, { state }) => {
    if (path !== imdsPath) return refuseAsOAuth(404, 'not_found', 'The requested resource was not found')
    if (headers['metadata']?.toLowerCase() !== 'true') {
      return refuseAsOAuth(400, 'invalid_request', 'Required metadata header not specified')
    }
    if (headers['x-forwarded-for'] !== undefined) {
      return refuseAsOAuth(400, 'invalid_request', 'Requests with the header X-Forwarded-For are not accepted')
    }
    if (method !== 'GET') return refuseAsOAuth(405, 'method_not_allowed', `The method ${method} is not allowed`)
    const version = query.get('api-version') ?? ''
    if (!versions.includes(version)) {
      return refuseAsOAuth(400, 'invalid_request', `The api-version '${version}' is missing or not supported`)
    }
    const resource = query.get('resource') ?? ''
    if (resource === '') return refuseAsOAuth(400, 'invalid_request', "Required query variable 'resource' is missing")
    const identity = findIdentity(query, ids)
    if (identity === null) return refuseAsOAuth(400, 'invalid_request', 'Identity not found')
    const issued = await mintToken(identity, resource, 'imds', now, state)
    if (issued === null) return refuseAsOAuth(400, 'invalid_resource', unknownResource(resource, state))
    return answerJson(
      200,
      JSON.stringify({
        access_token: issued.token,
        client_id: identity.clientId,
        expires_in: String(issued.expiresIn),
        expires_on: String(issued.expiresOn),
        ext_expires_in: String(issued.expiresIn),
        not_before: String(issued.notBefore),
        resource,
        token_type: 'Bearer',
      }),
    )
  },
}
