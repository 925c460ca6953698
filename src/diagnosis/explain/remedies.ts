/** What to do about each cause: steps with the ids of the text filled in, and when the message's own advice leads astray. */
import type { CauseId } from '../../knowledge/causes.ts'
import { identityCommands, signInCommand, signInTool, type Told, tokenCommand, upgradeCommand, word } from './places.ts'

export interface Step {
  readonly text: string
  /** Ready to paste; what the text does not say stands as `<client-id>`. */
  readonly command?: string
}

const tenant = ({ facts }: Told): string => facts.tenantId ?? '<tenant-id>'
const client = ({ facts }: Told): string => facts.clientId ?? '<client-id>'

const signInAgain = (told: Told): Step => ({ text: 'sign in again, naming the tenant', command: signInCommand(told) })

/** Every cause has steps: the type says so. */
const remedies: Readonly<Record<CauseId, (told: Told) => readonly Step[]>> = {
  'account-ambiguous': (told) => [
    { text: 'forget the saved accounts', command: 'az account clear' },
    signInAgain(told),
  ],
  'account-disabled': (told) => [
    { text: 'have an administrator enable the account, or sign in with another' },
    signInAgain(told),
  ],
  'account-not-in-tenant': (told) => [
    {
      text: 'sign in to the tenant that has both the account and the resource',
      command: signInCommand({ ...told, facts: { tenantId: '<tenant-id>' } }),
    },
    { text: 'or have the account invited there as a guest' },
  ],
  'app-disabled': (told) => [
    {
      text: 'an administrator enables the service principal',
      command: `az ad sp update --id ${client(told)} --set accountEnabled=true`,
    },
  ],
  'app-not-found': (told) => [
    { text: 'see whether the application is in this tenant', command: `az ad sp show --id ${client(told)}` },
    { text: `if it is not, correct the client id (AZURE_CLIENT_ID) or the tenant (AZURE_TENANT_ID)` },
    { text: 'if it belongs to another tenant, install it here', command: `az ad sp create --id ${client(told)}` },
    { text: 'if it was made a moment ago, wait a minute and try again' },
  ],
  'arc-key-unreadable': () => [
    { text: "add the user to the agent's group, then sign in anew", command: 'sudo usermod -aG himds "$USER"' },
    { text: 'on Windows: run as administrator, or add the user to "Hybrid agent extension applications"' },
  ],
  'assertion-expired': ({ flat }) => [
    ...(/AADSTS500133|user assertion|on[- ]behalf/i.test(flat)
      ? [
          {
            text: "the caller's token ran out before it was exchanged: exchange it at once, and answer 401 so that the caller sends a new one",
          },
        ]
      : []),
    { text: 'make the assertion, or read the federated token file, anew before each request' },
    { text: 'in a long job: sign in again before the late steps, or use a credential that fetches a new token itself' },
  ],
  'assertion-wrong-token': () => [
    {
      text: 'send the token that was made for this: the projected federated token, or an assertion that the library signs',
    },
    {
      text: 'its aud, iss and sub have to be those that the application expects; see them with',
      command: 'azid whoami --token FILE',
    },
  ],
  'assignment-required': (told) => [
    {
      text: `an administrator assigns the user, group or app role${told.facts.clientId === undefined ? '' : ` on the enterprise application ${client(told)}`}`,
    },
  ],
  'azd-not-logged-in': (told) => [
    {
      text: 'sign in to azd; the sign-in of az does not count for it',
      command: signInCommand(told, 'azd'),
    },
  ],
  'broker-failure': () => [
    { text: 'repair the account in the settings of the operating system, or sign in without the broker' },
    { text: 'for az', command: 'az config set core.enable_broker_on_windows=false' },
    { text: 'for Azure PowerShell', command: 'Update-AzConfig -EnableLoginByWam $false' },
  ],
  'ca-blocked': ({ facts }) => [
    {
      text: `ask an administrator which policy it was: the sign-in log${facts.correlationId === undefined ? '' : `, correlation id ${facts.correlationId},`} names it`,
    },
    { text: 'then come from a place, device or flow that it allows, or use an identity that it does not cover' },
  ],
  'ca-device-required': () => [
    { text: 'sign in on a registered device through the browser or the broker: a device code proves no device' },
    { text: 'for automation use an application or managed identity' },
  ],
  'cae-challenge': (told) => [
    { text: 'sign out and in again', command: 'az logout && az login' },
    { text: 'let sign-in and service see the same outgoing address (VPN split tunnels, IPv6)' },
    ...(told.flat.includes('claims=')
      ? [{ text: 'a program passes the claims of the challenge to its next token request' }]
      : []),
  ],
  'cert-not-registered': (told) => [
    {
      text: 'upload the certificate that signs to the application',
      command: `az ad app credential reset --id ${client(told)} --cert @cert.pem --append`,
    },
    { text: 'where the application trusts a subject name, send the chain: AZURE_CLIENT_SEND_CERTIFICATE_CHAIN=true' },
  ],
  'cert-unreadable': () => [
    { text: 'put the leaf certificate and its private key into one PEM file, certificate first' },
    { text: 'from a PFX', command: 'openssl pkcs12 -in app.pfx -nodes -out app.pem' },
    { text: 'see that the path and the password are those of this file' },
  ],
  'cli-invocation-failed': (told) => [
    {
      text: 'run what the credential runs, as the same user, and repair what it says',
      command: tokenCommand(told),
    },
    { text: 'see that its folder belongs to this user', command: 'ls -ld ~/.azure' },
  ],
  'cli-not-installed': () => [
    { text: 'install the tool where the program runs, and see that its PATH has it', command: 'az version' },
    {
      text: 'on a server, in a container or in a job use managed identity, workload identity or a service principal instead',
    },
  ],
  'cli-not-logged-in': (told) => [
    {
      text: 'sign in, as the user and in the environment that the program runs in',
      command: signInCommand(told, 'az'),
    },
    { text: 'in a container or under sudo the sign-in of your own account is not seen' },
  ],
  'cli-timeout': () => [
    {
      text: 'let the credential wait longer: process_timeout (Python), ProcessTimeout (.NET), processTimeoutInMs (JS)',
    },
    { text: 'see how long the tool takes', command: 'time az account get-access-token --output none' },
  ],
  'clock-skew': () => [
    { text: 'set the clock by the network', command: 'timedatectl status' },
    { text: 'where the assertion is made by hand: nbf and exp are UTC seconds' },
  ],
  'consent-missing': (told) => [
    { text: 'grant consent for the organisation', command: `az ad app permission admin-consent --id ${client(told)}` },
    { text: 'or pre-authorize this client on the API that it calls (Expose an API, authorized client applications)' },
  ],
  'device-removed': (told) => [
    { text: 'register the device again (dsregcmd /leave, then join), then sign in' },
    signInAgain(told),
  ],
  'dns-failure': () => [
    { text: 'see whether the name resolves where the program runs', command: 'nslookup login.microsoftonline.com' },
    { text: 'where only a proxy leads out, name it: HTTPS_PROXY' },
  ],
  'env-incomplete': () => [
    {
      text: 'set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET (or AZURE_CLIENT_CERTIFICATE_PATH), or none of them',
    },
    { text: 'see which of them this shell has', command: 'azid explain environment' },
  ],
  'fic-issuer-mismatch': (told) => [
    ...(insideCluster.test(told.facts.issuer ?? '')
      ? [
          {
            text: 'first give the cluster an issuer that Entra can read from outside, then make the pod anew; on AKS',
            command:
              'az aks update --resource-group <group> --name <cluster> --enable-oidc-issuer --enable-workload-identity',
          },
          {
            text: 'take that issuer for the credential, not the one of the message',
            command:
              'az aks show --resource-group <group> --name <cluster> --query oidcIssuerProfile.issuerUrl --output tsv',
          },
        ]
      : []),
    {
      text: 'add a federated credential with exactly this issuer, the last slash included',
      command: ficCommand(told),
    },
    {
      text: 'see those that are there',
      command: `az ad app federated-credential list --id ${client(told)} --query "[].{issuer:issuer,subject:subject,audiences:audiences}"`,
    },
  ],
  'fic-subject-mismatch': (told) => [
    ...(/AADSTS700212|presented assertion audience/i.test(told.flat)
      ? [
          {
            text: 'it is the audience: ask for the token with the one of the federated credential, or add a credential with the one presented (other clouds have their own, such as api://AzureADTokenExchangeUSGov)',
          },
        ]
      : []),
    {
      text: `make the federated credential's subject equal to the one presented${told.facts.subject === undefined ? '' : `, ${told.facts.subject},`} letter case included`,
      command: ficCommand(told),
    },
    ...githubStep(told),
    {
      text: 'see those that are there',
      command: `az ad app federated-credential list --id ${client(told)} --query "[].{issuer:issuer,subject:subject,audiences:audiences}"`,
    },
  ],
  'ide-signin-unavailable': () => [
    { text: 'sign in with az instead, which every SDK reads', command: 'az login' },
    {
      text: 'in a container put az into the image and mount its folder, or hand over a service principal by variables',
    },
  ],
  'imds-proxied': () => [
    { text: 'exempt the address from the proxy', command: 'export NO_PROXY="$NO_PROXY,169.254.169.254"' },
    {
      text: 'a filter that answers without a proxy setting has to let 169.254.169.254 through, or managed identity is left out here',
    },
  ],
  'imds-unreachable': () => [
    {
      text: 'outside Azure leave managed identity out and name another credential',
      command: 'export AZURE_TOKEN_CREDENTIALS=dev',
    },
    {
      text: 'on an Azure VM see whether IMDS answers',
      command:
        'curl -s -H Metadata:true --noproxy "*" "http://169.254.169.254/metadata/instance?api-version=2021-02-01"',
    },
  ],
  'kubelogin-missing': () => [
    { text: "install Azure's kubelogin and put it first on the PATH", command: 'az aks install-cli' },
    { text: 'see which one kubectl finds', command: 'kubelogin --version' },
  ],
  'mfa-required': (told) => [
    ...webSteps(told.flat),
    {
      text: 'sign in where a person can answer, to this tenant',
      command: personCommand(told),
    },
    { text: 'for automation use an application or managed identity: policies for people do not hold for these' },
  ],
  'mi-ambiguous': (told) => [
    {
      text: 'name the identity: client_id of ManagedIdentityCredential, or for the default chain AZURE_CLIENT_ID',
      command: 'export AZURE_CLIENT_ID=<client-id-of-the-identity>',
    },
    { text: 'see which there are', command: identityCommands(told).show },
  ],
  'mi-endpoint-env-missing': () => [
    {
      text: 'restart the process so that it gets IDENTITY_ENDPOINT and IDENTITY_HEADER of its host; sudo, cron and SSH drop them',
    },
    { text: 'turn identity on for the app if it never was, and use a release of the library that knows this host' },
  ],
  'mi-endpoint-error': ({ flat }) => [
    ...(/nmi response/i.test(flat)
      ? [
          {
            text: 'a 404 of NMI: no identity is bound to the pod, so compare its label aadpodidbinding with the selectors',
            command: 'kubectl get azureidentitybinding,azureassignedidentity --all-namespaces',
          },
        ]
      : []),
    ...(/InternalError - :|azureml|AZUREML_/i.test(flat)
      ? [
          {
            text: 'on Azure Machine Learning name the identity of the compute: client_id=os.environ["DEFAULT_IDENTITY_CLIENT_ID"], or give the compute one',
          },
        ]
      : []),
    { text: 'try again after a while, with a longer limit' },
    {
      text: "if it stays, look at the host's own service (on Arc: azcmagent show; in pods: the identity webhook or NMI)",
    },
  ],
  'mi-none-assigned': (told) => [
    ...(/assigned identities for pod|aad-?pod-?identity|AzureIdentityBinding/i.test(told.flat)
      ? [
          {
            text: 'bind an identity to the pod: its label aadpodidbinding must be the selector of an AzureIdentityBinding',
            command: 'kubectl get azureidentitybinding,azureassignedidentity --all-namespaces',
          },
          { text: 'aad-pod-identity is at its end: workload identity takes its place' },
        ]
      : []),
    { text: `give the ${identityCommands(told).what} an identity`, command: identityCommands(told).assignSystem },
    {
      text: 'on an agent that Microsoft hosts there is none of yours: leave managed identity out and use the service connection',
    },
  ],
  'mi-not-assigned': (told) => [
    {
      text: `correct the id (AZURE_CLIENT_ID is taken for it in the default chain)${told.facts.clientId === undefined ? '' : `: ${client(told)} is not attached`}`,
    },
    {
      text: 'or attach that identity',
      command: identityCommands(told).assignUser,
    },
    { text: 'on an agent that Microsoft hosts there is none of yours: use the service connection instead' },
  ],
  'mi-request-unsupported': () => [
    { text: 'leave the id out: this host has one identity of its own', command: 'unset AZURE_CLIENT_ID' },
    { text: 'where it is the audience that is refused, use another credential for it' },
  ],
  'network-blocked': ({ flat }) => [
    ...closedServiceSteps(flat),
    {
      text: 'open the way to login.microsoftonline.com:443, or name the proxy',
      command: 'export HTTPS_PROXY=http://<proxy>:<port>',
    },
    {
      text: 'see what comes back',
      command:
        'curl -sS -o /dev/null -w "%{http_code}\\n" https://login.microsoftonline.com/common/v2.0/.well-known/openid-configuration',
    },
    { text: "Node's fetch and MSAL take no proxy from the variables by themselves: hand one to the library" },
  ],
  'no-credential-available': () => [
    { text: 'see each credential with its reason', command: 'azid explain environment' },
    { text: 'on your own machine sign in with a tool', command: 'az login' },
    {
      text: 'elsewhere choose one on purpose: managed identity, workload identity, or a service principal by variables',
    },
  ],
  'not-an-error': () => [{ text: 'nothing has to be done; lower the log level if the lines are in the way' }],
  'obo-assertion-invalid': () => [
    {
      text: 'pass the token that the caller sent to this API, whose aud is this API, not one for Graph or another service',
    },
    { text: 'see for whom it was made', command: 'azid whoami --token FILE' },
  ],
  'oidc-permission-missing': () => [
    {
      text: 'let the job ask for an id token: `permissions: id-token: write` in the workflow, with `contents: read` beside it',
    },
    { text: 'a workflow that is called needs it in the caller as well; pull requests from forks never get one' },
  ],
  'password-wrong': () => [
    {
      text: 'sign in interactively: the password grant knows no MFA, no federation and no guests',
      command: 'az login',
    },
    { text: 'in a shell quote the password, whose special characters are eaten otherwise' },
  ],
  'pipelines-oidc-unavailable': () => [
    { text: 'hand the token over to the step: env: SYSTEM_ACCESSTOKEN: $(System.AccessToken)' },
    { text: 'use the id of a service connection that this pipeline may use, and name it in the same stage' },
  ],
  'powershell-not-logged-in': (told) => [
    {
      text: 'sign in to Azure PowerShell',
      command: signInCommand(told, 'powershell'),
    },
  ],
  'preauthorization-missing': () => [
    { text: 'use an application of your own, a service principal or a managed identity for this API' },
    { text: 'nobody outside Microsoft can approve this client: consent does not help' },
  ],
  'public-client-disabled': (told) => [
    { text: 'allow public flows', command: `az ad app update --id ${client(told)} --is-fallback-public-client true` },
    { text: 'register http://localhost under "Mobile and desktop applications", not under "Web"' },
  ],
  'rbac-missing': (told) => roleSteps(told),
  'redirect-uri-mismatch': (told) => [
    {
      text: 'register exactly the redirect URI of the message',
      command: `az ad app update --id ${client(told)} --public-client-redirect-uris ${word(told.facts.redirectUri, '<redirect-uri>')}`,
    },
    { text: 'the command replaces those that are there: name them all' },
  ],
  'refresh-token-expired': (told) => [
    ...(/ExpiredAuthenticationToken|[Aa]ccess token (?:has )?expired|Lifetime validation failed|IDX10223|jwt expired/.test(
      told.flat,
    )
      ? [
          {
            text: 'in a program ask the credential for each request, and do not keep the text of a token: it lives about an hour',
          },
        ]
      : []),
    signInAgain(told),
  ],
  'request-malformed': ({ flat }) => [
    ...(/custom subdomain|provide an authentication key/i.test(flat)
      ? [
          {
            text: 'give the resource a custom subdomain, then use that address in place of the one of the region',
            command:
              'az cognitiveservices account update --name <account> --resource-group <group> --custom-domain <account>',
          },
        ]
      : []),
    ...(/Authentication scheme Bearer is not supported in this version/i.test(flat)
      ? [{ text: 'storage takes tokens since 2017: send the header x-ms-version: 2017-11-09 or a newer one' }]
      : []),
    {
      text: 'correct what the message names; where values come from a file or from variables, see that they are loaded first',
    },
  ],
  'resource-disabled': ({ facts }) => [
    {
      text: `an administrator licenses or enables the service${facts.resource === undefined ? '' : ` ${facts.resource}`} in this tenant`,
    },
  ],
  'resource-not-found': ({ facts, flat }) => [
    ...(/DeploymentNotFound|API deployment for this resource/i.test(flat)
      ? [
          {
            text: 'see the deployments that this resource has; the name in the address is that of the deployment, not of the model',
            command:
              'az cognitiveservices account deployment list --name <account> --resource-group <group> --output table',
          },
          { text: 'one that was made a moment ago takes some minutes' },
        ]
      : []),
    {
      text: `correct the audience${facts.resource === undefined ? '' : `: ${facts.resource} is none here`}; the host of a service is often not its audience`,
    },
    { text: 'see the right one of a service', command: 'azid explain vault' },
    { text: 'an API of your own has to be installed in this tenant, and listed for the client' },
  ],
  'scope-invalid': () => [
    {
      text: 'applications ask for the resource with /.default behind it, one resource a request',
      command: 'azid explain arm',
    },
    { text: 'users may ask for single scopes, each in full: https://graph.microsoft.com/User.Read' },
  ],
  'secret-expired': (told) => [
    {
      text: 'make a new secret, then put it wherever the old one is used',
      command: `az ad app credential reset --id ${client(told)} --append`,
    },
    {
      text: 'see when the others end',
      command: `az ad app credential list --id ${client(told)} --query "[].{end:endDateTime,hint:hint}"`,
    },
  ],
  'secret-invalid': (told) => [
    {
      text: "use the secret's value, not its id; the value can only be seen when it is made",
      command: `az ad app credential reset --id ${client(told)} --append`,
    },
    { text: 'see that shell, file or pipeline do not cut or quote it' },
  ],
  'session-revoked': (told) => [signInAgain(told)],
  'signin-frequency': (told) => [
    signInAgain(told),
    { text: 'for automation use an application or managed identity: the policy holds for people' },
  ],
  'subscription-not-visible': (told) => [
    {
      text: 'see what the account sees',
      command: signInTool(told) === 'powershell' ? 'Get-AzSubscription' : 'az account list --refresh --output table',
    },
    { text: 'sign in to the tenant of the subscription', command: toTenantCommand(told) },
  ],
  'tenant-not-allowed': (told) => [
    {
      text: `build the credential for that tenant, or allow it with additionally_allowed_tenants${told.facts.tenantId === undefined ? '' : ` (${tenant(told)})`}`,
    },
    { text: 'an empty list with a fixed tenant allows no other' },
  ],
  'tenant-not-found': () => [
    { text: 'see the tenant of the account', command: 'az account show --query tenantId' },
    { text: 'in another cloud name its authority', command: 'az cloud list --output table' },
  ],
  'tenant-not-named': () => [
    { text: 'name one tenant instead of common or organizations (AZURE_TENANT_ID)' },
    { text: 'or make the application multi-tenant, if others are to use it' },
  ],
  'tls-trust': () => [
    {
      text: 'give the root that signed it, as PEM, to this runtime: REQUESTS_CA_BUNDLE (Python, az), NODE_EXTRA_CA_CERTS (Node), SSL_CERT_FILE (Go), a trust store (Java)',
    },
    {
      text: 'see who signed',
      command: 'openssl s_client -connect login.microsoftonline.com:443 -showcerts </dev/null',
    },
  ],
  'token-cache-persistence': () => [
    {
      text: 'on Linux install libsecret and run a keyring; in containers keep the cache in memory, or allow plain storage knowingly',
    },
    {
      text: 'a store from another user or machine is not readable: remove it and sign in again',
      command: 'az account clear',
    },
  ],
  'token-protection': () => [
    { text: 'use a tool that signs in through the broker (WAM), on a registered device' },
    { text: 'where none can, an administrator exempts the application' },
  ],
  'tool-version-bug': (told) => [upgradeStep(told), { text: 'and see that the new one is the one that runs' }],
  'wi-not-injected': ({ flat }) => [
    ...(/permission denied|EACCES/i.test(flat)
      ? [
          {
            text: 'let the group of the program read the token file: securityContext.fsGroup of the pod',
          },
        ]
      : []),
    {
      text: 'give the pod the label azure.workload.identity/use: "true" and a service account with the annotation azure.workload.identity/client-id',
    },
    {
      text: 'make the pod anew: the webhook only changes pods as they are made',
      command: 'kubectl rollout restart deployment <name>',
    },
    { text: 'for an operator or provider it is its own pod that needs this' },
  ],
  'wrong-audience': (told) => audienceSteps(told),
  'wrong-tenant-token': (told) => [
    { text: 'sign in to the tenant of the resource', command: toTenantCommand(withoutRefusedIssuer(told)) },
    { text: 'for an application: ask the authority of that tenant' },
  ],
}

/** Promise: at least one step for every cause. */
export function stepsFor(cause: CauseId, told: Told): readonly Step[] {
  return remedies[cause](told)
}

/** The tenant that is named may be the one whose token was refused: then it is not the one to sign in to. */
function withoutRefusedIssuer(told: Told): Told {
  const refused = /(?:The issuer |Issuer: )'https?:\/\/[^'/]{4,60}\/([\da-f-]{36})[^']{0,20}'/i.exec(told.flat)?.[1]
  if (refused === undefined || told.facts.tenantId?.toLowerCase() !== refused.toLowerCase()) return told
  const { tenantId: _, ...facts } = told.facts
  return { ...told, facts }
}

/** With a placeholder where the text names no tenant: the sign-in is to one in particular. */
function toTenantCommand(told: Told): string {
  return signInCommand({ ...told, facts: { ...told.facts, tenantId: tenant(told) } })
}

/** Also for the resource, where the text names it: the proof that a person gives is asked for by resource. */
function personCommand(told: Told): string {
  const command = toTenantCommand(told)
  if (!command.startsWith('az login') || command.includes('--scope') || told.facts.resource === undefined)
    return command
  return `${command} --scope ${word(told.facts.resource, '<resource>').replace(/\/$/, '')}/.default`
}

function upgradeStep(told: Told): Step {
  const command = upgradeCommand(told)
  return { text: 'upgrade the tool or library', ...(command === undefined ? {} : { command }) }
}

/** What a cluster without a public issuer writes into its tokens. */
const insideCluster = /^https?:\/\/(?:kubernetes\.default|localhost|[\w.-]{1,80}\.svc\b)/

function ficCommand(told: Told): string {
  const subject = word(told.facts.subject, '<subject>')
  const ofGithub = subject.startsWith('repo:') ? 'https://token.actions.githubusercontent.com' : '<issuer>'
  const issuer = insideCluster.test(told.facts.issuer ?? '')
    ? '<issuer-of-the-cluster>'
    : word(told.facts.issuer, ofGithub)
  return `az ad app federated-credential create --id ${client(told)} --parameters '{"name":"<name>","issuer":"${issuer}","subject":"${subject}","audiences":["${word(told.facts.audience, 'api://AzureADTokenExchange')}"]}'`
}

function githubStep({ facts }: Told): readonly Step[] {
  const { subject } = facts
  if (subject === undefined || !subject.startsWith('repo:')) return []
  if (subject.includes(':environment:'))
    return [{ text: 'the job names an environment, so the subject has it and not the branch' }]
  return [
    {
      text: 'a job without `environment:` presents its branch, tag or pull_request; add the environment if the credential names one',
    },
  ]
}

/** In a web app nobody sits at a terminal: the library has to send the person back to the sign-in. */
function webSteps(flat: string): readonly Step[] {
  if (/IDW10502|MicrosoftIdentityWebChallengeUser|TokenAcquisition\b/.test(flat)) {
    return [
      {
        text: 'in a web app let the person sign in again: [AuthorizeForScopes] on the action, the consent handler in Blazor; an API hands the challenge on to its caller',
      },
    ]
  }
  if (
    /MsalUiRequired|InteractionRequiredAuth|no_account_in_silent|no_tokens_found|not found in the cache|login hint was passed/.test(
      flat,
    )
  ) {
    return [
      {
        text: 'in a program catch this of the silent call and then ask the person: AcquireTokenInteractive, acquireTokenRedirect or a device code',
      },
    ]
  }
  return []
}

/** Whose token a service wants, by its host or name (the audiences of Azure's public cloud). */
const audiences: readonly (readonly [RegExp, string])[] = [
  [
    /ossrdbms-aad|\.(?:postgres|mysql|mariadb)\.database\.|psql|\bpq: |pg_hba/i,
    'https://ossrdbms-aad.database.windows.net',
  ],
  [/\.database\.windows\.net|SqlException|SQL Server|Login failed for user/i, 'https://database.windows.net'],
  [/\.vault\.azure\.net|AKV\d{5}|key ?vault/i, 'https://vault.azure.net'],
  [/\.documents\.azure\.com|cosmos/i, 'https://cosmos.azure.com'],
  [/\.servicebus\.windows\.net/i, 'https://servicebus.azure.net'],
  [/\.search\.windows\.net/i, 'https://search.azure.com'],
  [/\.azconfig\.io/i, 'https://azconfig.io'],
  [/\.(?:blob|queue|table|file|dfs)\.core\.|storage account/i, 'https://storage.azure.com'],
  [/\.services\.ai\.azure|FoundryPermissions/i, 'https://ai.azure.com'],
  [/openai|cognitive|OpenAIEmbedding/i, 'https://cognitiveservices.azure.com'],
  [/management\.azure\.com|management\.core\.windows/i, 'https://management.azure.com'],
  [/graph\.microsoft\.com/i, 'https://graph.microsoft.com'],
]

function audienceSteps({ flat }: Told): readonly Step[] {
  const named =
    /(?:for the resource|[Ee]xpected audience|audience should be|resource_id=|resource=)[ :"'[]{0,4}(https:\/\/[\w./-]{4,120}\w)/.exec(
      flat,
    )?.[1]
  const audience = named ?? audiences.find(([when]) => when.test(flat))?.[1]
  const command =
    audience === undefined
      ? 'azid explain <audience>'
      : `azid get-token --scope ${audience.replace(/\/$/, '')}/.default`
  const isKeyless =
    /AuthenticationTypeDisabled|KeyBasedAuth|LocalAuthDisabled|subscription key|\b(?:key|local auth)\w* .{0,40}(?:disabled|not permitted)/i.test(
      flat,
    )
  return [
    ...(isKeyless && /terraform|azurerm|Failed to get existing workspaces/i.test(flat)
      ? [
          {
            text: 'in Terraform: use_azuread_auth = true in the backend (or ARM_USE_AZUREAD=true), storage_use_azuread = true in the provider, and a data role such as Storage Blob Data Contributor',
          },
        ]
      : []),
    ...(isKeyless && !/terraform|azurerm|Failed to get existing workspaces/i.test(flat)
      ? [
          {
            text: 'leave the key out and hand a credential over: a key in a variable such as AZURE_OPENAI_API_KEY wins over it in many clients',
          },
        ]
      : []),
    {
      text:
        audience === undefined
          ? 'ask for a token for the audience that the message expects'
          : 'a token for this service is had with this scope; a database takes it as the password',
      command,
    },
    { text: 'see for whom the one that was sent is', command: 'azid whoami --token FILE' },
  ]
}

/** A firewall of the service itself, not the way to Entra. */
function closedServiceSteps(flat: string): readonly Step[] {
  if (
    !/ForbiddenByFirewall|Client address is not authorized|AuthorizationFailure|Public network access|network rule/i.test(
      flat,
    )
  )
    return []
  const address = /[Cc]lient address:? ?(\d{1,3}(?:\.\d{1,3}){3})/.exec(flat)?.[1] ?? '<address>'
  const isVault = /vault/i.test(flat)
  return [
    {
      text: 'let this address through the firewall of the service, or call it from its network: no role helps here',
      command: isVault
        ? `az keyvault network-rule add --name <vault> --ip-address ${address}`
        : `az storage account network-rule add --account-name <account> --ip-address ${address}`,
    },
  ]
}

interface Role {
  readonly when: RegExp
  readonly role: string
  readonly what: string
}

/** Built-in roles for the actions that services name when they refuse (learn.microsoft.com/azure/role-based-access-control/built-in-roles). */
const roles: readonly Role[] = [
  {
    when: /CognitiveServices\/accounts\/OpenAI|\/openai\/deployments|openai\./i,
    role: 'Cognitive Services OpenAI User',
    what: 'the Azure OpenAI resource',
  },
  {
    when: /AIServices\/agents|aka\.ms\/FoundryPermissions/i,
    role: 'Azure AI User',
    what: 'the AI Foundry resource',
  },
  { when: /CognitiveServices/i, role: 'Cognitive Services User', what: 'the AI services resource' },
  { when: /KeyVault\/vaults\/(?:write|delete)\b/i, role: 'Key Vault Contributor', what: 'the resource group' },
  {
    when: /vaults\/secrets\/(?:set|delete|recover|backup)|secrets (?:set|delete) permission/i,
    role: 'Key Vault Secrets Officer',
    what: 'the vault',
  },
  {
    when: /KeyVault\/vaults\/certificates|certificates? (?:get|list) permission/i,
    role: 'Key Vault Certificate User',
    what: 'the vault',
  },
  {
    when: /KeyVault\/vaults\/secrets|secrets (?:get|list) permission/i,
    role: 'Key Vault Secrets User',
    what: 'the vault',
  },
  { when: /KeyVault\/vaults\/keys|keys \w+ permission/i, role: 'Key Vault Crypto User', what: 'the vault' },
  { when: /KeyVault\/vaults\/read/i, role: 'Key Vault Reader', what: 'the vault' },
  { when: /KeyVault|key vault/i, role: 'Key Vault Secrets User', what: 'the vault (to read secrets)' },
  {
    when: /queueServices|\.queue\.core\./i,
    role: 'Storage Queue Data Contributor',
    what: 'the storage account (Owner and Contributor do not include data)',
  },
  {
    when: /tableServices|\.table\.core\./i,
    role: 'Storage Table Data Contributor',
    what: 'the storage account (Owner and Contributor do not include data)',
  },
  {
    when: /AuthorizationPermissionMismatch|not authorized to perform this operation using this permission|blobServices/i,
    role: 'Storage Blob Data Contributor',
    what: 'the storage account (Owner and Contributor do not include data)',
  },
  { when: /'Send' claim.{0,200}eventhub/i, role: 'Azure Event Hubs Data Sender', what: 'the namespace' },
  { when: /eventhub|consumergroups/i, role: 'Azure Event Hubs Data Receiver', what: 'the namespace' },
  { when: /\.azconfig\.io|AppConfiguration/i, role: 'App Configuration Data Reader', what: 'the store' },
  { when: /\.search\.windows\.net|Microsoft\.Search/i, role: 'Search Index Data Reader', what: 'the search service' },
  { when: /\.azurecr\.io/i, role: 'AcrPull', what: 'the registry' },
  { when: /'Send' claim/i, role: 'Azure Service Bus Data Sender', what: 'the namespace' },
  { when: /'Listen' claim|servicebus/i, role: 'Azure Service Bus Data Receiver', what: 'the namespace' },
  {
    when: /Microsoft\.Authorization\/roleAssignments/i,
    role: 'Role Based Access Control Administrator',
    what: 'the scope of the message',
  },
  { when: /Microsoft\.\w{2,40}\/[\w/]{2,120}\/read\b/, role: 'Reader', what: 'the scope of the message' },
  { when: /\/(?:write|delete|action)'/i, role: 'Contributor', what: 'the scope of the message, or a narrower one' },
]

function roleSteps({ facts, flat }: Told): readonly Step[] {
  if (/Authorization_RequestDenied|Insufficient privileges|graphrbac/i.test(flat)) {
    return [
      { text: 'grant the Graph application permission that the call needs, and admin consent for it' },
      { text: 'an Azure role does not help: Microsoft Graph has permissions of its own' },
    ]
  }
  if (/<token-identified principal>/.test(flat)) {
    return [
      { text: 'make the identity a user of the database', command: 'CREATE USER [<name>] FROM EXTERNAL PROVIDER' },
    ]
  }
  if (/\b(?:WRONGPASS|NOPERM|NOAUTH)\b|\.redis\.(?:cache|azure)/.test(flat)) {
    return [
      {
        text: 'give the identity an access policy of the cache, which is no Azure role; its object id is the user name',
        command: `az redis access-policy-assignment create --name <cache> --resource-group <group> --policy-assignment-name <name> --access-policy-name "Data Contributor" --object-id ${facts.objectId ?? '<object-id>'} --object-id-alias <name>`,
      },
    ]
  }
  if (/\.(?:postgres|mysql|mariadb)\.database\.|ossrdbms-aad/i.test(flat)) {
    const isMysql = /mysql|mariadb/i.test(flat)
    return [
      {
        text: 'an Entra administrator of the server makes the identity a user of it; its name is written as in Entra',
        command: isMysql
          ? "CREATE AADUSER '<name>' IDENTIFIED BY '<client-id>'"
          : "SELECT * FROM pgaadauth_create_principal('<name>', false, false)",
      },
      { text: 'the token is the password, the name of the identity the user', command: 'azid get-token postgres' },
    ]
  }
  if (/kusto/i.test(flat)) {
    return [
      {
        text: 'give the identity a role in the database, which is no Azure role',
        command: `.add database <database> viewers ('aadapp=${facts.clientId ?? '<client-id>'};${facts.tenantId ?? '<tenant-id>'}')`,
      },
    ]
  }
  if (/cannot be authorized by AAD token in data plane/i.test(flat)) {
    return [
      {
        text: 'no data role lets a token make or change databases and containers of Cosmos DB: do that through Resource Manager',
        command: 'az cosmosdb sql database create --account-name <account> --resource-group <group> --name <database>',
      },
      {
        text: 'for it the identity needs an Azure role, such as DocumentDB Account Contributor; the program only opens what is there',
      },
    ]
  }
  if (/Request blocked by Auth|DocumentDB/i.test(flat)) {
    return [
      {
        text: 'give a data role of Cosmos DB, which is no Azure role',
        command: `az cosmosdb sql role assignment create --account-name <account> --resource-group <group> --role-definition-id 00000000-0000-0000-0000-000000000002 --principal-id ${facts.objectId ?? '<object-id>'} --scope /`,
      },
    ]
  }
  const { role, what } = roles.find(({ when }) => when.test(`${facts.action ?? ''} ${flat}`)) ?? {
    role: '<role>',
    what: 'the resource',
  }
  // Whoever comes through a client of developers' tools is a person.
  const isPerson = facts.user !== undefined || /\bappid=(?:04b07795|1950a258|872cd9fa|aebc6443|04f0c124)-/i.test(flat)
  const type = isPerson ? 'User' : 'ServicePrincipal'
  const assignee = `--assignee-object-id ${facts.objectId ?? '<object-id>'} --assignee-principal-type ${type}`
  return [
    {
      text: `give the role ${role} on ${what}`,
      command: `az role assignment create ${assignee} --role "${role}" --scope ${word(facts.scope, '<resource-id>')}`,
    },
    { text: 'then wait up to ten minutes, and get a new token: one that was cached does not know of it' },
  ]
}

interface AdviceRule {
  readonly id: string
  readonly when: RegExp
  readonly causes: readonly CauseId[]
  readonly text: string
}

/** When what the message advises does not help. */
const astray: readonly AdviceRule[] = [
  {
    id: 'login-does-not-help-consent',
    when: /az login|set up account/i,
    causes: [
      'consent-missing',
      'preauthorization-missing',
      'ca-blocked',
      'ca-device-required',
      'token-protection',
      'tenant-not-allowed',
      'scope-invalid',
      'resource-not-found',
    ],
    text: 'the message says to sign in with az, which does not change this: the sign-in is there and is refused',
  },
  {
    id: 'consent-does-not-help',
    when: /must be configured via preauthorization/i,
    causes: ['scope-invalid', 'preauthorization-missing'],
    text: 'the message speaks of preauthorization by the owner of the API, which nobody outside Microsoft can give',
  },
  {
    id: 'no-az-on-a-host',
    when: /az login|install/i,
    causes: ['imds-unreachable', 'mi-endpoint-env-missing', 'wi-not-injected', 'mi-not-assigned', 'mi-none-assigned'],
    text: 'on a host of Azure, in a pod or in a job neither az nor an editor belongs into the chain: the identity of the host does',
  },
  {
    id: 'refresh-does-not-grant',
    when: /If access was recently granted, please refresh your credentials/i,
    causes: ['rbac-missing'],
    text: 'refreshing the credentials, as the message says, only helps where the role was granted a moment ago',
  },
  {
    id: 'az-login-is-not-azd',
    when: /az login/i,
    causes: ['azd-not-logged-in'],
    text: 'az login does not sign in azd: each keeps its own accounts',
  },
  {
    id: 'environment-line-is-noise',
    when: /Environment variables are not fully configured/i,
    causes: [
      'cli-not-logged-in',
      'mi-not-assigned',
      'mi-none-assigned',
      'mi-ambiguous',
      'imds-unreachable',
      'no-credential-available',
    ],
    text: 'the line about environment variables is in every such message and only means that no service principal was set',
  },
]

/** Notes for the first cause only: they are about what the message makes one believe. */
export function misleadingAdvice(
  cause: CauseId | undefined,
  flat: string,
): readonly { readonly id: string; readonly text: string }[] {
  if (cause === undefined) return []
  return astray
    .filter(({ causes, when }) => causes.includes(cause) && when.test(flat))
    .map(({ id, text }) => ({ id, text }))
}
