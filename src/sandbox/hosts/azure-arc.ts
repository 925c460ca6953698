/** Azure Arc's agent: 401 with the name of a fresh key file first, then a token for whoever can read it; each key works once. */
import { type Answer, answerJson } from '../exchange.ts'
import { type HostContext, type HostExchange, type PlayedHost, refuseAsOAuth } from './host.ts'
import { findIdentity, mintToken, unknownResource } from './identities.ts'

const path = '/metadata/identity/oauth2/token'

const versions = ['2019-11-01', '2020-06-01', '2021-02-01']

const ids = { client_id: 'clientId', object_id: 'objectId', msi_res_id: 'resourceId' } as const

export const azureArc: PlayedHost = {
  name: 'azure-arc',
  isTls: false,
  prepare: ({ keys }) => keys.prepare(),
  variables: ({ origin }) => ({ IDENTITY_ENDPOINT: `${origin}${path}`, IMDS_ENDPOINT: origin }),
  refuse: refuseAsOAuth,
  answer: async (exchange, context) => {
    const { method, query, headers } = exchange
    if (exchange.path !== path || method !== 'GET') {
      return refuseAsOAuth(404, 'not_found', 'There is nothing at this path.')
    }
    if (headers['metadata']?.toLowerCase() !== 'true') {
      return refuseAsOAuth(400, 'invalid_request', 'Required metadata header not specified')
    }
    const version = query.get('api-version') ?? ''
    if (!versions.includes(version)) {
      return refuseAsOAuth(400, 'invalid_request', `The api-version '${version}' is missing or not supported`)
    }
    const { authorization } = headers
    if (authorization === undefined) {
      const file = await context.keys.create()
      return { ...refuseAsOAuth(401, 'unauthorized', 'The key is missing.'), ...challenge(file) }
    }
    const key = /^Basic (.+)$/.exec(authorization)?.[1]
    if (key === undefined || !(await context.keys.redeem(key))) {
      return refuseAsOAuth(401, 'unauthorized', 'The key is wrong or was used before.')
    }
    return answerWithToken(exchange, context)
  },
}

function challenge(file: string): Pick<Answer, 'headers'> {
  return { headers: { 'content-type': 'application/json; charset=utf-8', 'www-authenticate': `Basic realm=${file}` } }
}

async function answerWithToken({ query, now }: HostExchange, { state }: HostContext): Promise<Answer> {
  const resource = query.get('resource') ?? ''
  if (resource === '') return refuseAsOAuth(400, 'invalid_request', "Required query variable 'resource' is missing")
  const identity = findIdentity(query, ids)
  if (identity === null) return refuseAsOAuth(400, 'invalid_request', 'Identity not found')
  const issued = await mintToken(identity, resource, 'azure-arc', now, state)
  if (issued === null) return refuseAsOAuth(400, 'invalid_resource', unknownResource(resource, state))
  return answerJson(
    200,
    JSON.stringify({
      access_token: issued.token,
      client_id: identity.clientId,
      object_id: identity.objectId,
      ...(identity.resourceId === undefined ? {} : { msi_res_id: identity.resourceId }),
      expires_in: String(issued.expiresIn),
      expires_on: String(issued.expiresOn),
      ext_expires_in: String(issued.expiresIn),
      not_before: String(issued.notBefore),
      resource,
      token_type: 'Bearer',
    }),
  )
}
