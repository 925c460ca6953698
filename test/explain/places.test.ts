import { describe, expect, test } from 'vitest'
import { explainFailure } from '../../src/diagnosis/explain/explain-failure.ts'

/** The commands of the first cause. */
function commands(text: string): readonly string[] {
  return explainFailure(text)?.causes[0]?.steps.flatMap(({ command }) => command ?? []) ?? []
}

const tenant = '0a0a0a0a-1111-4222-8333-444444444444'

/** The words of the first cause's steps. */
function steps(text: string): string {
  return (
    explainFailure(text)
      ?.causes[0]?.steps.map((step) => step.text)
      .join('\n') ?? ''
  )
}

describe('what to do is said for the tool and the host of the text', () => {
  test('Terraform is told of its own switch where an account takes no keys', () => {
    const text =
      'Error: Failed to get existing workspaces: containers.Client#ListBlobs: StatusCode=403 -- Original Error: autorest/azure: Service returned an error. Status=403 Code="KeyBasedAuthenticationNotPermitted" Message="Key based authentication is not permitted on this storage account."'
    expect(steps(text)).toContain('use_azuread_auth')
    expect(steps(text)).not.toContain('AZURE_OPENAI_API_KEY')
  })

  test('a pod of aad-pod-identity needs a binding, not an identity for a machine', () => {
    const text =
      'adal: Refresh request failed. Status Code = 404. Response body: getting assigned identities for pod default/web in CREATED state failed after 16 attempts'
    expect(steps(text)).toContain('aadpodidbinding')
  })

  test('an audience that fits no federated credential is told as such', () => {
    const text =
      "AADSTS700212: No matching federated identity record found for presented assertion audience 'api://shop'. Trace ID: 1"
    expect(steps(text)).toContain('it is the audience')
  })

  test('a pod without workload identity asks for the identities of its node', () => {
    const text =
      'external-dns level=error msg="azure.BearerAuthorizer#WithAuthorization: adal: Refresh request failed. Status Code = 400. Response body: {\\"error\\":\\"invalid_request\\",\\"error_description\\":\\"Identity not found\\"}"'
    expect(commands(text)).toContain('az vmss identity assign --resource-group <node-group> --name <scale-set>')
  })

  test('a quote ends where a stack begins', () => {
    const text = `OpenSSL: [('PEM routines', 'get_name', 'no start line')]
Traceback (most recent call last):
  File "python3.12/site-packages/knack/cli.py", line 215, in invoke
azure.cli.core: failed`
    expect(explainFailure(text)?.causes[0]?.because).not.toContain('Traceback')
  })

  test('Azure PowerShell signs in with its own command, to the tenant of the message', () => {
    const text = `Get-AzVM: Your Azure credentials have not been set up or have expired, please run Connect-AzAccount to set up your Azure credentials.
Authentication failed against tenant ${tenant}. User interaction is required. This may be due to the conditional access policy settings such as multi-factor authentication (MFA).`
    expect(commands(text)).toContain(`Connect-AzAccount -Tenant ${tenant}`)
  })

  test('azd signs in to the scope that it asks for', () => {
    const text =
      'ERROR: fetching token: reauthentication required, run `azd auth login --scope https://graph.microsoft.com/.default` to log in'
    expect(commands(text)).toContain('azd auth login --scope https://graph.microsoft.com/.default')
  })

  test('azcopy has a sign-in of its own', () => {
    const text = `failed to perform copy command due to error: no SAS token or OAuth token is present and the resource is not public (tenant ${tenant})`
    expect(commands(text).some((command) => command.startsWith('azcopy login'))).toBe(true)
  })

  test('az signs in to the scope that it asks for', () => {
    const text = `ERROR: AADSTS70043: The refresh token has expired or is invalid due to sign-in frequency checks by conditional access. Trace ID: ${tenant}
Interactive authentication is needed. Please run:
az login --scope https://management.core.windows.net//.default`
    expect(commands(text)).toContain('az login --scope https://management.core.windows.net//.default')
  })

  test.each([
    [
      'az functionapp identity assign --resource-group <group> --name <app>',
      'Result: Failure Exception: CredentialUnavailableError: ManagedIdentityCredential authentication unavailable. No identity has been assigned to this resource. Stack: File "/azure-functions-host/workers/python/3.11/LINUX/X64/azure_functions_worker/dispatcher.py"',
    ],
    [
      'az containerapp identity assign --resource-group <group> --name <app> --system-assigned',
      'HTTP Error 400: Bad Request for url http://localhost:42356/msi/token?resource=https://vault.azure.net',
    ],
    [
      'az vm identity assign --resource-group <group> --name <vm>',
      '{"error":"invalid_request","error_description":"Identity not found"}',
    ],
  ])('an identity is given by %s', (command, text) => {
    expect(commands(text)).toContain(command)
  })

  test.each([
    [
      'pip install --upgrade azure-identity',
      "Traceback (most recent call last):\n  File \"/srv/app.py\", line 3, in <module>\n    from azure.identity import DefaultAzureCredential\nImportError: cannot import name 'DefaultAzureCredential' from 'azure.identity'",
    ],
    [
      'terraform init -upgrade',
      'Error: Error building ARM Config: Error populating Client ID from the Azure CLI: No Authorization Tokens were found - please ensure the Azure CLI is installed and then log-in with `az login`.\n\n  on provider.tf line 1, in provider "azurerm":',
    ],
  ])('%s upgrades what wrote it', (command, text) => {
    expect(commands(text)).toContain(command)
  })

  test('of two tenants the one that the service expects is signed in to', () => {
    const text = `The access token is from the wrong issuer 'https://sts.windows.net/11111111-1111-4111-8111-111111111111/'. It must match the tenant 'https://sts.windows.net/${tenant}/' associated with this subscription.`
    expect(commands(text)).toContain(`az login --tenant ${tenant}`)
  })

  test('a tenant that does not have the account is not the one to sign in to', () => {
    const text = `AADSTS50020: User account 'dev@contoso.test' from identity provider 'live.com' does not exist in tenant 'Fabrikam' and cannot access the application. https://login.microsoftonline.com/${tenant}/oauth2/v2.0/token`
    expect(commands(text).join('\n')).not.toContain(tenant)
  })

  test('a directory that may not be read wants a permission of Graph, not a role', () => {
    const text =
      'Error: Error getting authenticated object ID: Error listing Service Principals: autorest.DetailedError{PackageType:"graphrbac.ServicePrincipalsClient", Method:"List", StatusCode:403}'
    expect(commands(text)).toEqual([])
    expect(explainFailure(text)?.causes[0]?.steps[0]?.text).toContain('Graph')
  })

  test("azd's events are shown as the sentence in them", () => {
    const text =
      'AzureDeveloperCliCredential.get_token failed: {"type":"consoleMessage","timestamp":"2026-01-02T03:04:05Z","data":{"message":"\\nERROR: not logged in, run `azd auth login` to login\\n"}}'
    expect(explainFailure(text)?.credentials[0]?.message).toMatch(/^ERROR: not logged in/)
  })

  test('a quote begins with a whole word', () => {
    const text =
      'Failed to pull image: Head "https://shop.azurecr.io/v2/web/manifests/v1": unauthorized: authentication required'
    expect(explainFailure(text)?.causes[0]?.because).toContain('"https://shop.azurecr.io/v2')
  })
})
