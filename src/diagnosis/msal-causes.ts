/** Which cause a code of MSAL's own points to, of whichever MSAL, when nothing else in the text says otherwise. A code that fits several causes is absent. */
import type { CauseId } from '../knowledge/causes.ts'

const groups: Readonly<Partial<Record<CauseId, readonly string[]>>> = {
  'mfa-required': [
    'idw10502',
    'idw10204',
    'no_tokens_found',
    'user_null',
    'no_account_found',
    'no_account_in_silent_request',
    'no_account_for_login_hint',
    'no_prompt_failed',
    'failed_to_acquire_token_silently_from_broker',
    'token_refresh_required',
    'interrupted_user',
    'ui_not_allowed',
    'ux_not_allowed',
    'max_age_transpired',
    'user_timeout_reached',
    'device_code_expired',
    'code_expired',
    'user_canceled',
    'authentication_canceled',
    'integrated_windows_auth_not_supported_managed_user',
  ],
  'refresh-token-expired': [
    'refresh_token_expired',
    'bad_token',
    'failed_to_refresh_token',
    'obo_cache_key_not_in_cache_error',
  ],
  'account-ambiguous': [
    'multiple_accounts_for_login_hint',
    'multiple_matching_accounts',
    'multiple_matching_tokens',
    'multiple_matching_tokens_detected',
    'multiple_matching_appmetadata',
  ],
  'account-not-in-tenant': ['native_account_unavailable', 'user_mismatch'],
  'password-wrong': [
    'federated_service_returned_error',
    'ropc_not_supported_for_msa',
    'password_required_for_managed_user',
    'accessing_ws_metadata_exchange_failed',
    'parsing_ws_metadata_exchange_failed',
    'missing_federation_metadata_url',
    'wstrust_endpoint_not_found',
    'parsing_wstrust_response_failed',
    'unknown_user_type',
    'unknown_user',
    'get_user_name_failed',
  ],
  'network-blocked': [
    'network_error',
    'no_network_connectivity',
    'network_not_available',
    'request_timeout',
    'post_request_failed',
    'non_parsable_oauth_error',
    'json_parse_failed',
    'http_listener_error',
    'linux_xdg_open_failed',
    'no_system_webview',
    'loopback_server_timeout',
    'loopback_server_already_exists',
  ],
  'tenant-not-found': ['tenant_discovery_failed', 'issuer_validation_failed', 'authority_validation_failed'],
  'tenant-not-named': ['missing_tenant_id_error', 'missing_tenanted_authority', 'idw10405'],
  'scope-invalid': [
    'idw10404',
    'empty_input_scopes_error',
    'empty_input_scopeset',
    'scopes_required_client_credentials',
    'exactly_one_scope_expected',
  ],
  'redirect-uri-mismatch': [
    'redirect_uri_validation_failed',
    'no_redirect_uri',
    'loopback_redirect_uri',
    'loopback_response_uri_mismatch',
    'non_https_redirect_failed',
    'redirecturierror',
  ],
  'cert-unreadable': [
    'idw10109',
    'cert_without_private_key',
    'certificate_not_rsa',
    'cryptographic_error',
    'thumbprint_missing_from_client_certificate',
    'invalid_certificate',
  ],
  'assertion-wrong-token': ['invalid_assertion', 'invalid_client_assertion', 'invalid_jwt', 'empty_fic_assertion'],
  'obo-assertion-invalid': ['user_assertion_null'],
  'broker-failure': [
    'platform_broker_error',
    'unknown_broker_error',
    'current_broker_account',
    'wam_interactive_error',
    'wam_failed_to_signout',
    'webview2_runtime_not_installed',
    'broker_error',
  ],
  'ca-device-required': ['device_certificate_not_found', 'device_authentication_failed'],
  'ca-blocked': ['protection_policy_required'],
  'imds-unreachable': [
    'managed_identity_unreachable_network',
    'managed_identity_all_sources_unavailable',
    'network_unavailable',
  ],
  'mi-endpoint-error': [
    'imds_service_error',
    'invalid_managed_identity_response',
    'managed_identity_response_parse_failure',
  ],
  'mi-endpoint-env-missing': [
    'missing_managed_identity_env_var',
    'invalid_managed_identity_endpoint',
    'identity_endpoint_url_malformed',
    'imds_endpoint_url_malformed',
    'msi_endpoint_url_malformed',
    'azure_pod_identity_authority_host_url_malformed',
    'unable_to_create_source',
  ],
  'mi-request-unsupported': [
    'user_assigned_managed_identity_not_supported',
    'user_assigned_managed_identity_not_configurable_at_runtime',
    'user_assigned_not_available_at_runtime',
    'user_assigned_managed_identity_not_confirmed',
    'unable_to_create_azure_arc',
    'unable_to_create_cloud_shell',
    'platform_not_supported',
    'arcplatformnotsupportederror',
    'invalid_managed_identity_id_type',
  ],
  'arc-key-unreadable': ['unable_to_read_secret_file'],
  'assignment-required': ['idw10201', 'idw10202'],
  'consent-missing': ['idw10203'],
  'wrong-tenant-token': ['idw10303'],
  'request-malformed': [
    'idw10101',
    'idw10104',
    'idw10105',
    'idw10106',
    'idw10107',
    'idw10108',
    'idw10301',
    'idw10503',
    'no_client_id',
    'client_credential_authentication_types_are_mutually_exclusive',
    'client_credentials_required_in_confidential_client_application',
    'invalid_client_credential',
    'invalid_client_credential_configuration',
    'invalid_authority',
    'invalid_authority_type',
    'authority_type_mismatch',
    'authority_tenant_specified_twice',
    'authority_host_mismatch',
    'authority_mismatch',
    'authority_uri_insecure',
    'untrusted_authority',
    'url_parse_error',
    'empty_url_error',
    'invalid_claims',
    'invalid_json_claims_format',
    'claims_request_parsing_error',
    'token_request_empty',
    'request_cannot_be_made',
    'duplicate_query_parameter',
    'invalid_cloud_discovery_metadata',
    'state_mismatch',
    'state_not_found',
    'nonce_mismatch',
    'missing_user_identifier',
    'conflicting_user_identifiers',
    'region_required_for_mtls_pop',
    'regional_authority_validation',
  ],
}

/** By code, in lower case. */
export const causesOfMsal: ReadonlyMap<string, CauseId> = new Map(
  (Object.entries(groups) as [CauseId, readonly string[]][]).flatMap(([cause, codes]) =>
    codes.map((code) => [code, cause] as const),
  ),
)

/** How the libraries print their codes; the group is the code. */
const forms: readonly RegExp[] = [
  /\b(IDW\d{5})\b/g,
  /\berror ?code["']?\s?[:=]\s?["']?([a-z][\w-]{4,70})\b/gi,
  /\b(?:Client(?:Auth|Configuration)|Server|InteractionRequiredAuth|Node(?:Auth)?|ManagedIdentity|Auth)Error: ([a-z]\w{4,70})(?=[:\s]|$)/g,
  /\bMsal\w{2,30}Exception: ([a-z]+_\w{3,60})(?=[:\s]|$)/g,
]

/** What Entra's own errors and suberrors mostly stand for; `invalid_grant` stands for too much. */
export const causesOfOauth: Readonly<Record<string, CauseId>> = {
  basic_action: 'mfa-required',
  additional_action: 'mfa-required',
  interrupted_user: 'mfa-required',
  ux_not_allowed: 'mfa-required',
  message_only: 'ca-blocked',
  protection_policy_required: 'ca-blocked',
  consent_required: 'consent-missing',
  user_password_expired: 'password-wrong',
  bad_token: 'refresh-token-expired',
  token_expired: 'refresh-token-expired',
  client_mismatch: 'refresh-token-expired',
  device_authentication_failed: 'device-removed',
  interaction_required: 'mfa-required',
  login_required: 'mfa-required',
  expired_token: 'mfa-required',
  code_expired: 'mfa-required',
  account_selection_required: 'account-ambiguous',
  authorization_pending: 'not-an-error',
  slow_down: 'not-an-error',
  authorization_declined: 'consent-missing',
  invalid_client: 'secret-invalid',
  invalid_request: 'request-malformed',
  unauthorized_client: 'app-not-found',
  invalid_scope: 'scope-invalid',
  invalid_resource: 'resource-not-found',
  invalid_target: 'resource-not-found',
  invalid_instance: 'tenant-not-found',
  invalid_token: 'wrong-audience',
  insufficient_scope: 'rbac-missing',
  insufficient_claims: 'cae-challenge',
}

const suberror = /\bsub_?error["']?\s?[:=]>?\s?["']?([a-z]+_[a-z_]{2,40})\b/gi

export interface MsalFinding {
  /** As the text has it. */
  readonly code: string
  /** Whose word it is. */
  readonly by: 'MSAL' | 'Microsoft.Identity.Web' | 'Entra'
  readonly cause: CauseId
  readonly at: number
}

/** Linear in the text; at most twenty. */
export function findMsalCodes(flat: string): readonly MsalFinding[] {
  const found = new Map<string, MsalFinding>()
  for (const form of forms) {
    for (const match of flat.matchAll(form)) {
      const code = match[1] ?? ''
      const cause = causesOfMsal.get(code.toLowerCase())
      if (cause === undefined || found.has(code.toLowerCase())) continue
      const by = /^idw/i.test(code) ? 'Microsoft.Identity.Web' : 'MSAL'
      found.set(code.toLowerCase(), { code, by, cause, at: match.index })
      if (found.size >= 20) return [...found.values()]
    }
  }
  for (const match of flat.matchAll(suberror)) {
    const code = (match[1] ?? '').toLowerCase()
    const cause = causesOfOauth[code]
    if (cause !== undefined && !found.has(code)) found.set(code, { code, by: 'Entra', cause, at: match.index })
  }
  return [...found.values()]
}
