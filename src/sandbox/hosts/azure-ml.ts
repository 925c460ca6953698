/** Azure Machine Learning compute: 2017-09-01, with `clientid` for a user-assigned identity. */
import { answerJson } from '../exchange.ts'
import { type PlayedHost, prepareNothing, refuseAsObject } from './host.ts'
import { findIdentity, mintToken, systemAssigned } from './identities.ts'

const path = '/MSI/auth'

export const azureMl: PlayedHost = {
  name: 'azure-ml',
  isTls: false,
  prepare: prepareNothing,
  // A compute always names its own identity, and most SDKs ask for it by that name.
  variables: ({ origin, secret }) => ({
    MSI_ENDPOINT: `${origin}${path}`,
    MSI_SECRET: secret,
    DEFAULT_IDENTITY_CLIENT_ID: systemAssigned.clientId,
  }),
  refuse: refuseAsObject,
  answer: async (exchange, { state, secret }) => {
    const { method, query, headers, now, correlationId } = exchange
    const refuse = (status: number, message: string) => refuseAsObject(status, 'UserError', message, correlationId)
    if (exchange.path !== path || method !== 'GET') return refuse(404, 'There is nothing at this path.')
    if (headers['secret'] !== secret) return refuse(401, 'The secret is missing or not that of this compute.')
    if (query.get('api-version') !== '2017-09-01') return refuse(400, 'The api-version is missing or not supported.')
    const resource = query.get('resource') ?? ''
    if (resource === '') return refuse(400, 'The resource is missing.')
    const identity = findIdentity(query, { clientid: 'clientId' })
    if (identity === null) return refuse(400, 'The identity is not assigned to this compute.')
    const issued = await mintToken(identity, resource, 'azure-ml', now, state)
    if (issued === null) return refuse(400, `The resource ${resource} is not known.`)
    const token = { access_token: issued.token, expires_on: String(issued.expiresOn), resource, token_type: 'Bearer' }
    return answerJson(200, JSON.stringify(token))
  },
}
