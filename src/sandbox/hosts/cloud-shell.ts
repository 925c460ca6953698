/** Cloud Shell: a form, no identity of its own but the user's, and a fixed list of resources. */
import { answerJson } from '../exchange.ts'
import { type PlayedHost, prepareNothing, refuseAsObject } from './host.ts'
import { mintToken } from './identities.ts'

const path = '/oauth2/token'

/** The console of the portal, which asks in the user's name. */
const consoleClientId = 'b677c290-cf4b-4a8e-a60e-91ba650a4abe'

const audiences = [
  'https://management.azure.com',
  'https://management.core.windows.net',
  'https://graph.microsoft.com',
  'https://graph.windows.net',
  'https://vault.azure.net',
  'https://storage.azure.com',
  'https://database.windows.net',
  'https://batch.core.windows.net',
  'https://datalake.azure.net',
  'https://api.loganalytics.io',
  'https://ossrdbms-aad.database.windows.net',
]

export const cloudShell: PlayedHost = {
  name: 'cloud-shell',
  isTls: false,
  prepare: prepareNothing,
  variables: ({ origin }) => ({ MSI_ENDPOINT: `${origin}${path}` }),
  refuse: refuseAsObject,
  answer: async (exchange, { state }) => {
    const { method, form, headers, now, correlationId } = exchange
    const refuse = (code: string, message: string) => refuseAsObject(400, code, message, correlationId)
    if (exchange.path !== path || method !== 'POST') {
      return refuseAsObject(404, 'NotFound', 'There is nothing at this path.', correlationId)
    }
    if (headers['metadata']?.toLowerCase() !== 'true') return refuse('bad_request', 'The Metadata header is missing.')
    const resource = form.get('resource') ?? ''
    if (resource === '') return refuse('bad_request', 'The resource is missing.')
    const [user] = state.directory.users
    const unsupported = refuse(
      'AudienceNotSupported',
      `Audience ${resource} is not a supported MSI token audience. Supported audiences: ${audiences.join(', ')}`,
    )
    if (user === undefined || !audiences.includes(resource.replace(/\/$/, ''))) return unsupported
    const identity = { clientId: consoleClientId, objectId: user.objectId, resourceId: undefined }
    const issued = await mintToken(identity, resource, 'cloud-shell', now, state, {
      idtyp: 'user',
      appidacr: '2',
      scp: 'user_impersonation',
      name: user.displayName,
      upn: user.userPrincipalName,
      unique_name: user.userPrincipalName,
      xms_mirid: undefined,
    })
    if (issued === null) return unsupported
    return answerJson(
      200,
      JSON.stringify({
        access_token: issued.token,
        refresh_token: '',
        expires_in: String(issued.expiresIn),
        expires_on: String(issued.expiresOn),
        not_before: String(issued.notBefore),
        resource,
        token_type: 'Bearer',
      }),
    )
  },
}
