# PowerShell completion for azid, made from its tables by `azid completion powershell`

Register-ArgumentCompleter -Native -CommandName azid -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    # What may follow, by command: a word, or a word = what it is for.
    $words = @{
        '' = @('get-token=get a token, in the shape you need', 'token=get a token, in the shape you need', 'whoami=say whose token it is: its claims in words', 'explain=say what a code, a name or a failure means, and what to do', 'completion=print a completion script for a shell', 'cache=look at and clean up cached tokens', 'sandbox=run a local Entra ID to try and test against', 'help=show help for a command or a topic')
        'help' = @('get-token', 'whoami', 'explain', 'completion', 'cache', 'sandbox', 'environment', 'exit-codes')
        'cache' = @('list=list cached tokens, ours and those of other tools', 'show=show one cached token: everything but its value', 'status=say where the cache is, how it is protected and what is in it', 'remove=remove cached tokens of an account, tenant, resource or credential', 'clear=remove every cached token')
        'sandbox' = @('run=run a command with a local Entra ID in place of the cloud', 'start=start a local Entra ID and print how to use it')
        'get-token' = @('arm', 'management', 'graph', 'aad-graph', 'vault', 'keyvault', 'managedhsm', 'storage', 'disk', 'openai', 'cognitive', 'ai-services', 'ai', 'foundry', 'ml', 'search', 'sql', 'postgres', 'mysql', 'oss-rdbms', 'redis', 'cosmos', 'cosmos-inference', 'servicebus', 'eventhubs', 'eventgrid', 'relay', 'appconfig', 'acr', 'aks', 'devops', 'databricks', 'kusto', 'adx', 'loganalytics', 'appinsights', 'monitor', 'monitor-ingestion', 'metrics', 'prometheus', 'synapse', 'batch', 'purview', 'maps', 'webpubsub', 'signalr', 'communication', 'iot-dps', 'iothub', 'digitaltwins', 'deviceupdate', 'devcenter', 'loadtesting', 'confidential-ledger', 'attest', 'deid', 'easm', 'powerbi', 'fabric', 'datalake', 'appservice-scm', 'vm-login')
        'whoami' = @('arm', 'management', 'graph', 'aad-graph', 'vault', 'keyvault', 'managedhsm', 'storage', 'disk', 'openai', 'cognitive', 'ai-services', 'ai', 'foundry', 'ml', 'search', 'sql', 'postgres', 'mysql', 'oss-rdbms', 'redis', 'cosmos', 'cosmos-inference', 'servicebus', 'eventhubs', 'eventgrid', 'relay', 'appconfig', 'acr', 'aks', 'devops', 'databricks', 'kusto', 'adx', 'loganalytics', 'appinsights', 'monitor', 'monitor-ingestion', 'metrics', 'prometheus', 'synapse', 'batch', 'purview', 'maps', 'webpubsub', 'signalr', 'communication', 'iot-dps', 'iothub', 'digitaltwins', 'deviceupdate', 'devcenter', 'loadtesting', 'confidential-ledger', 'attest', 'deid', 'easm', 'powerbi', 'fabric', 'datalake', 'appservice-scm', 'vm-login')
        'completion' = @('bash', 'zsh', 'fish', 'powershell')
    }
    $options = @{
        '' = @('-h=show help and end', '--help=show help and end', '-V=show the version and end', '--version=show the version and end', '--json=print one JSON object, also when the command fails', '-q=say nothing on stderr but errors', '--quiet=say nothing on stderr but errors', '-v=say on stderr what was resolved and tried', '--verbose=say on stderr what was resolved and tried', '--debug=say on stderr all that is looked at, redacted', '--no-color=no colours; NO_COLOR does the same')
        'get-token' = @('--scope=scope to ask for, for example https://vault.azure.net/.default', '-r=resource to ask for: a URI, an app id or a short name', '--resource=resource to ask for: a URI, an app id or a short name', '--server-id=resource to ask for: a URI, an app id or a short name', '-c=one credential, or a chain of your own in this order', '--credential=one credential, or a chain of your own in this order', '--exclude=leave these credentials out of the default chain', '--include=add credentials that the default chain leaves out', '--require-envvar=refuse to run unless AZURE_TOKEN_CREDENTIALS is set', '--sdk=whose order, policy and wording to follow', '-t=tenant to ask in: its id or one of its domains', '--tenant=tenant to ask in: its id or one of its domains', '--tenant-id=tenant to ask in: its id or one of its domains', '--client-id=client id of the app or of the user-assigned managed identity', '--object-id=object id of the user-assigned managed identity', '--resource-id=Azure resource id of the user-assigned managed identity', '--subscription=subscription of az whose account is asked', '--username=user to choose among the accounts of the shared token cache', '--client-secret-file=file that holds the client secret; - reads stdin', '--certificate=PEM or PKCS#12 file with the certificate and its key', '--certificate-password-file=file that holds the password of the certificate; - reads stdin', '--send-certificate-chain=send the chain too, for subject name and issuer authentication', '--federated-token-file=file in which a platform keeps the token of a workload', '--client-assertion-file=file that holds a client assertion (a JWT); - reads stdin', '--client-assertion-command=program that prints a client assertion', '--user-assertion-file=file that holds the access token of the user to ask for; - reads stdin', '--service-connection-id=id of the service connection of Azure Pipelines', '--additionally-allowed-tenants=other tenants a credential may ask in; * allows any', '--authority-host=host to ask for tokens, when it is not the cloud''s own', '--cloud=cloud whose hosts and resources are meant', '--disable-instance-discovery=do not ask Microsoft whether the authority is genuine', '--ca-file=PEM file of certificate authorities to trust as well', '--claims=claims challenge to answer, as JSON or base64', '--cae=ask for a token of continuous access evaluation', '--no-cache=neither read nor write the token cache', '--force-refresh=ask for a new token even where a cached one is good', '--min-ttl=least remaining life of a cached token', '--timeout=limit of the whole run; none unless given', '--process-timeout=limit of one run of az, azd, pwsh or a command for an assertion', '--imds-timeout=limit of the probe for a managed identity endpoint', '--fast=ask for no managed identity where nothing looks like Azure', '--expect-tenant=exit code 7 unless the token is of this tenant', '--expect-user=exit code 7 unless the token is of this user, app or object id', '--expect-type=exit code 7 unless the token is of this kind of identity', '-o=shape of the answer', '--output=shape of the answer', '--output-file=write to this file (mode 0600) instead of stdout', '--shell=whose syntax --output env uses', '--var=name of the variable that --output env sets', '--json=print one JSON object, also when the command fails', '-q=say nothing on stderr but errors', '--quiet=say nothing on stderr but errors', '-v=say on stderr what was resolved and tried', '--verbose=say on stderr what was resolved and tried', '--debug=say on stderr all that is looked at, redacted', '--no-color=no colours; NO_COLOR does the same', '-h=show help and end', '--help=show help and end')
        'whoami' = @('--scope=scope to ask for, for example https://vault.azure.net/.default', '-r=resource to ask for: a URI, an app id or a short name', '--resource=resource to ask for: a URI, an app id or a short name', '--server-id=resource to ask for: a URI, an app id or a short name', '-c=one credential, or a chain of your own in this order', '--credential=one credential, or a chain of your own in this order', '--exclude=leave these credentials out of the default chain', '--include=add credentials that the default chain leaves out', '--require-envvar=refuse to run unless AZURE_TOKEN_CREDENTIALS is set', '--sdk=whose order, policy and wording to follow', '-t=tenant to ask in: its id or one of its domains', '--tenant=tenant to ask in: its id or one of its domains', '--tenant-id=tenant to ask in: its id or one of its domains', '--client-id=client id of the app or of the user-assigned managed identity', '--object-id=object id of the user-assigned managed identity', '--resource-id=Azure resource id of the user-assigned managed identity', '--subscription=subscription of az whose account is asked', '--username=user to choose among the accounts of the shared token cache', '--client-secret-file=file that holds the client secret; - reads stdin', '--certificate=PEM or PKCS#12 file with the certificate and its key', '--certificate-password-file=file that holds the password of the certificate; - reads stdin', '--send-certificate-chain=send the chain too, for subject name and issuer authentication', '--federated-token-file=file in which a platform keeps the token of a workload', '--client-assertion-file=file that holds a client assertion (a JWT); - reads stdin', '--client-assertion-command=program that prints a client assertion', '--user-assertion-file=file that holds the access token of the user to ask for; - reads stdin', '--service-connection-id=id of the service connection of Azure Pipelines', '--additionally-allowed-tenants=other tenants a credential may ask in; * allows any', '--authority-host=host to ask for tokens, when it is not the cloud''s own', '--cloud=cloud whose hosts and resources are meant', '--disable-instance-discovery=do not ask Microsoft whether the authority is genuine', '--ca-file=PEM file of certificate authorities to trust as well', '--claims=claims challenge to answer, as JSON or base64', '--cae=ask for a token of continuous access evaluation', '--no-cache=neither read nor write the token cache', '--force-refresh=ask for a new token even where a cached one is good', '--min-ttl=least remaining life of a cached token', '--timeout=limit of the whole run; none unless given', '--process-timeout=limit of one run of az, azd, pwsh or a command for an assertion', '--imds-timeout=limit of the probe for a managed identity endpoint', '--fast=ask for no managed identity where nothing looks like Azure', '--expect-tenant=exit code 7 unless the token is of this tenant', '--expect-user=exit code 7 unless the token is of this user, app or object id', '--expect-type=exit code 7 unless the token is of this kind of identity', '--token=decode this token instead of acquiring one', '--verify=check the signature against the keys of the authority', '--all-claims=list every claim with its meaning', '--json=print one JSON object, also when the command fails', '-q=say nothing on stderr but errors', '--quiet=say nothing on stderr but errors', '-v=say on stderr what was resolved and tried', '--verbose=say on stderr what was resolved and tried', '--debug=say on stderr all that is looked at, redacted', '--no-color=no colours; NO_COLOR does the same', '-h=show help and end', '--help=show help and end')
        'explain' = @('--json=print one JSON object, also when the command fails', '-q=say nothing on stderr but errors', '--quiet=say nothing on stderr but errors', '-v=say on stderr what was resolved and tried', '--verbose=say on stderr what was resolved and tried', '--debug=say on stderr all that is looked at, redacted', '--no-color=no colours; NO_COLOR does the same', '-h=show help and end', '--help=show help and end')
        'sandbox run' = @('--as=whom the sandbox lets the command be', '--fault=let the sandbox misbehave', '--directory=tenants, apps and resources of the sandbox, as JSON', '--log-requests=say each request on stderr, redacted', '--log-json=say each request on stderr as a line of JSON, redacted', '-q=say nothing on stderr but errors', '--quiet=say nothing on stderr but errors', '-v=say on stderr what was resolved and tried', '--verbose=say on stderr what was resolved and tried', '--debug=say on stderr all that is looked at, redacted', '--no-color=no colours; NO_COLOR does the same', '-h=show help and end', '--help=show help and end')
        'sandbox start' = @('--as=whom the sandbox lets the command be', '--fault=let the sandbox misbehave', '--directory=tenants, apps and resources of the sandbox, as JSON', '--port=listen on this port of loopback; default any free one', '--log-requests=say each request on stderr, redacted', '--log-json=say each request on stderr as a line of JSON, redacted', '--json=print one JSON object, also when the command fails', '-q=say nothing on stderr but errors', '--quiet=say nothing on stderr but errors', '-v=say on stderr what was resolved and tried', '--verbose=say on stderr what was resolved and tried', '--debug=say on stderr all that is looked at, redacted', '--no-color=no colours; NO_COLOR does the same', '-h=show help and end', '--help=show help and end')
        'cache list' = @('--read-foreign=open what other tools keep in the keyring', '--json=print one JSON object, also when the command fails', '-q=say nothing on stderr but errors', '--quiet=say nothing on stderr but errors', '-v=say on stderr what was resolved and tried', '--verbose=say on stderr what was resolved and tried', '--debug=say on stderr all that is looked at, redacted', '--no-color=no colours; NO_COLOR does the same', '-h=show help and end', '--help=show help and end')
        'cache show' = @('--json=print one JSON object, also when the command fails', '-q=say nothing on stderr but errors', '--quiet=say nothing on stderr but errors', '-v=say on stderr what was resolved and tried', '--verbose=say on stderr what was resolved and tried', '--debug=say on stderr all that is looked at, redacted', '--no-color=no colours; NO_COLOR does the same', '-h=show help and end', '--help=show help and end')
        'cache status' = @('--json=print one JSON object, also when the command fails', '-q=say nothing on stderr but errors', '--quiet=say nothing on stderr but errors', '-v=say on stderr what was resolved and tried', '--verbose=say on stderr what was resolved and tried', '--debug=say on stderr all that is looked at, redacted', '--no-color=no colours; NO_COLOR does the same', '-h=show help and end', '--help=show help and end')
        'cache remove' = @('--account=of this user, app or object id', '-t=tenant to ask in: its id or one of its domains', '--tenant=tenant to ask in: its id or one of its domains', '--tenant-id=tenant to ask in: its id or one of its domains', '-r=resource to ask for: a URI, an app id or a short name', '--resource=resource to ask for: a URI, an app id or a short name', '--server-id=resource to ask for: a URI, an app id or a short name', '-c=one credential, or a chain of your own in this order', '--credential=one credential, or a chain of your own in this order', '--json=print one JSON object, also when the command fails', '-q=say nothing on stderr but errors', '--quiet=say nothing on stderr but errors', '-v=say on stderr what was resolved and tried', '--verbose=say on stderr what was resolved and tried', '--debug=say on stderr all that is looked at, redacted', '--no-color=no colours; NO_COLOR does the same', '-h=show help and end', '--help=show help and end')
        'cache clear' = @('-y=do not ask', '--yes=do not ask', '--json=print one JSON object, also when the command fails', '-q=say nothing on stderr but errors', '--quiet=say nothing on stderr but errors', '-v=say on stderr what was resolved and tried', '--verbose=say on stderr what was resolved and tried', '--debug=say on stderr all that is looked at, redacted', '--no-color=no colours; NO_COLOR does the same', '-h=show help and end', '--help=show help and end')
        'completion' = @('-q=say nothing on stderr but errors', '--quiet=say nothing on stderr but errors', '-v=say on stderr what was resolved and tried', '--verbose=say on stderr what was resolved and tried', '--debug=say on stderr all that is looked at, redacted', '--no-color=no colours; NO_COLOR does the same', '-h=show help and end', '--help=show help and end')
    }
    # The values of an option; $null: files.
    $values = @{
        '--scope' = @('arm', 'management', 'graph', 'aad-graph', 'vault', 'keyvault', 'managedhsm', 'storage', 'disk', 'openai', 'cognitive', 'ai-services', 'ai', 'foundry', 'ml', 'search', 'sql', 'postgres', 'mysql', 'oss-rdbms', 'redis', 'cosmos', 'cosmos-inference', 'servicebus', 'eventhubs', 'eventgrid', 'relay', 'appconfig', 'acr', 'aks', 'devops', 'databricks', 'kusto', 'adx', 'loganalytics', 'appinsights', 'monitor', 'monitor-ingestion', 'metrics', 'prometheus', 'synapse', 'batch', 'purview', 'maps', 'webpubsub', 'signalr', 'communication', 'iot-dps', 'iothub', 'digitaltwins', 'deviceupdate', 'devcenter', 'loadtesting', 'confidential-ledger', 'attest', 'deid', 'easm', 'powerbi', 'fabric', 'datalake', 'appservice-scm', 'vm-login')
        '-r' = @('arm', 'management', 'graph', 'aad-graph', 'vault', 'keyvault', 'managedhsm', 'storage', 'disk', 'openai', 'cognitive', 'ai-services', 'ai', 'foundry', 'ml', 'search', 'sql', 'postgres', 'mysql', 'oss-rdbms', 'redis', 'cosmos', 'cosmos-inference', 'servicebus', 'eventhubs', 'eventgrid', 'relay', 'appconfig', 'acr', 'aks', 'devops', 'databricks', 'kusto', 'adx', 'loganalytics', 'appinsights', 'monitor', 'monitor-ingestion', 'metrics', 'prometheus', 'synapse', 'batch', 'purview', 'maps', 'webpubsub', 'signalr', 'communication', 'iot-dps', 'iothub', 'digitaltwins', 'deviceupdate', 'devcenter', 'loadtesting', 'confidential-ledger', 'attest', 'deid', 'easm', 'powerbi', 'fabric', 'datalake', 'appservice-scm', 'vm-login')
        '--resource' = @('arm', 'management', 'graph', 'aad-graph', 'vault', 'keyvault', 'managedhsm', 'storage', 'disk', 'openai', 'cognitive', 'ai-services', 'ai', 'foundry', 'ml', 'search', 'sql', 'postgres', 'mysql', 'oss-rdbms', 'redis', 'cosmos', 'cosmos-inference', 'servicebus', 'eventhubs', 'eventgrid', 'relay', 'appconfig', 'acr', 'aks', 'devops', 'databricks', 'kusto', 'adx', 'loganalytics', 'appinsights', 'monitor', 'monitor-ingestion', 'metrics', 'prometheus', 'synapse', 'batch', 'purview', 'maps', 'webpubsub', 'signalr', 'communication', 'iot-dps', 'iothub', 'digitaltwins', 'deviceupdate', 'devcenter', 'loadtesting', 'confidential-ledger', 'attest', 'deid', 'easm', 'powerbi', 'fabric', 'datalake', 'appservice-scm', 'vm-login')
        '--server-id' = @('arm', 'management', 'graph', 'aad-graph', 'vault', 'keyvault', 'managedhsm', 'storage', 'disk', 'openai', 'cognitive', 'ai-services', 'ai', 'foundry', 'ml', 'search', 'sql', 'postgres', 'mysql', 'oss-rdbms', 'redis', 'cosmos', 'cosmos-inference', 'servicebus', 'eventhubs', 'eventgrid', 'relay', 'appconfig', 'acr', 'aks', 'devops', 'databricks', 'kusto', 'adx', 'loganalytics', 'appinsights', 'monitor', 'monitor-ingestion', 'metrics', 'prometheus', 'synapse', 'batch', 'purview', 'maps', 'webpubsub', 'signalr', 'communication', 'iot-dps', 'iothub', 'digitaltwins', 'deviceupdate', 'devcenter', 'loadtesting', 'confidential-ledger', 'attest', 'deid', 'easm', 'powerbi', 'fabric', 'datalake', 'appservice-scm', 'vm-login')
        '-c' = @('default', 'environment', 'workload-identity', 'managed-identity', 'shared-token-cache', 'visual-studio-code', 'azure-cli', 'azure-powershell', 'azure-developer-cli', 'broker', 'client-secret', 'client-certificate', 'client-assertion', 'azure-pipelines', 'github-actions', 'on-behalf-of')
        '--credential' = @('default', 'environment', 'workload-identity', 'managed-identity', 'shared-token-cache', 'visual-studio-code', 'azure-cli', 'azure-powershell', 'azure-developer-cli', 'broker', 'client-secret', 'client-certificate', 'client-assertion', 'azure-pipelines', 'github-actions', 'on-behalf-of')
        '--exclude' = @('environment', 'workload-identity', 'managed-identity', 'shared-token-cache', 'visual-studio-code', 'azure-cli', 'azure-powershell', 'azure-developer-cli', 'interactive-browser', 'broker')
        '--include' = @('environment', 'workload-identity', 'managed-identity', 'shared-token-cache', 'visual-studio-code', 'azure-cli', 'azure-powershell', 'azure-developer-cli', 'interactive-browser', 'broker')
        '--sdk' = @('python')
        '-t' = @()
        '--tenant' = @()
        '--tenant-id' = @()
        '--client-id' = @()
        '--object-id' = @()
        '--resource-id' = @()
        '--subscription' = @()
        '--username' = @()
        '--client-secret-file' = $null
        '--certificate' = $null
        '--certificate-password-file' = $null
        '--federated-token-file' = $null
        '--client-assertion-file' = $null
        '--client-assertion-command' = $null
        '--user-assertion-file' = $null
        '--service-connection-id' = @()
        '--additionally-allowed-tenants' = @()
        '--authority-host' = @()
        '--cloud' = @('public', 'usgov', 'china')
        '--ca-file' = $null
        '--claims' = @()
        '--min-ttl' = @()
        '--timeout' = @()
        '--process-timeout' = @()
        '--imds-timeout' = @()
        '--expect-tenant' = @()
        '--expect-user' = @()
        '--expect-type' = @('user', 'service-principal', 'managed-identity')
        '-o' = @('token', 'json', 'az', 'azd', 'header', 'env')
        '--output' = @('token', 'json', 'az', 'azd', 'header', 'env')
        '--output-file' = $null
        '--shell' = @('bash', 'zsh', 'sh')
        '--var' = @()
        '--token' = $null
        '--as' = @('service-principal', 'service-principal-certificate', 'workload-identity', 'azure-pipelines', 'github-actions', 'on-behalf-of', 'managed-identity', 'managed-identity:imds', 'managed-identity:app-service', 'managed-identity:service-fabric', 'managed-identity:azure-ml', 'managed-identity:cloud-shell', 'managed-identity:azure-arc', 'wrong-secret', 'expired-secret', 'disabled-app', 'unknown-app', 'unknown-tenant')
        '--fault' = @()
        '--directory' = $null
        '--port' = @()
        '--account' = @()
    }
    $names = @{
        ',cache' = 'cache'
        ',sandbox' = 'sandbox'
        ',get-token' = 'get-token'
        ',token' = 'get-token'
        ',whoami' = 'whoami'
        ',explain' = 'explain'
        'sandbox,run' = 'sandbox run'
        'sandbox,start' = 'sandbox start'
        'cache,list' = 'cache list'
        'cache,show' = 'cache show'
        'cache,status' = 'cache status'
        'cache,remove' = 'cache remove'
        'cache,clear' = 'cache clear'
        ',completion' = 'completion'
        ',help' = 'help'
    }

    $before = @($commandAst.CommandElements |
        Where-Object { $_.Extent.EndOffset -lt $cursorPosition -or $_.Extent.EndOffset -le $cursorPosition -and -not $wordToComplete } |
        Select-Object -Skip 1 | ForEach-Object { $_.Extent.Text })
    $command = ''
    foreach ($word in $before) {
        if ($word -ceq '--') { return }
        if ($names.ContainsKey("$command,$word")) { $command = $names["$command,$word"] }
    }

    $last = if ($before.Count -gt 0) { $before[-1] } else { '' }
    if ($values.ContainsKey($last)) {
        if ($null -eq $values[$last]) { return }
        $done = if ($wordToComplete -match '^(.*,)') { $Matches[1] } else { '' }
        $values[$last] | Where-Object { "$done$_" -like "$wordToComplete*" } | ForEach-Object {
            [System.Management.Automation.CompletionResult]::new("$done$_", $_, 'ParameterValue', $_)
        }
        return
    }

    $found = if ($wordToComplete -like '-*') { $options[$command] } else { $words[$command] }
    $found | Where-Object { $_ -clike "$wordToComplete*" } | ForEach-Object {
        $word, $text = $_ -split '=', 2
        [System.Management.Automation.CompletionResult]::new($word, $word, 'ParameterValue', $(if ($text) { $text } else { $word }))
    }
}
