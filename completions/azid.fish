# fish completion for azid, made from its tables by `azid completion fish`

# The command so far: its full name, a group's name, or nothing.
function __azid_command
    set -l command ''
    for word in (commandline -opc)[2..-1]
        switch "$command,$word"
            case ',cache'
                set command 'cache'
            case 'help,cache'
                set command 'help cache'
            case ',sandbox'
                set command 'sandbox'
            case 'help,sandbox'
                set command 'help sandbox'
            case ',get-token' ',token'
                set command 'get-token'
            case ',chain'
                set command 'chain'
            case ',whoami'
                set command 'whoami'
            case ',explain'
                set command 'explain'
            case ',login'
                set command 'login'
            case ',logout'
                set command 'logout'
            case ',exec'
                set command 'exec'
            case ',serve'
                set command 'serve'
            case 'cache,list'
                set command 'cache list'
            case 'cache,show'
                set command 'cache show'
            case 'cache,status'
                set command 'cache status'
            case 'cache,remove'
                set command 'cache remove'
            case 'cache,clear'
                set command 'cache clear'
            case 'sandbox,run'
                set command 'sandbox run'
            case 'sandbox,start'
                set command 'sandbox start'
            case ',completion'
                set command 'completion'
            case ',help'
                set command 'help'
        end
    end
    echo $command
end

function __azid_at
    test (__azid_command) = "$argv"
end

# What is typed of a value, without the option that it may be joined to.
function __azid_value
    string replace -r '^(--[a-z-]+=|-[a-z])' '' -- (commandline -ct)
end

# Words joined by commas: the last one is completed.
function __azid_list
    set -l before (string match -r '^.*,' -- (__azid_value))
    for word in ($argv)
        echo "$before$word"
    end
end

# One of the words that the first argument lists, or a variable that it goes into: VAR=WORD.
function __azid_assignment
    set -l before (string match -r '^[^=]*=' -- (__azid_value))
    for word in ($argv[1])
        echo "$before$word"
    end
    if test -z "$before"
        for name in $argv[2..-1]
            echo "$name="
        end
    end
end

function __azid_targets
    printf '%s\n' 'arm	Azure Resource Manager' \
        'management	Azure Resource Manager' \
        'graph	Microsoft Graph' \
        'aad-graph	Azure AD Graph (retired)' \
        'vault	Azure Key Vault' \
        'keyvault	Azure Key Vault' \
        'managedhsm	Azure Key Vault Managed HSM' \
        'storage	Azure Storage' \
        'disk	Azure Disks' \
        'openai	Azure AI services' \
        'cognitive	Azure AI services' \
        'ai-services	Azure AI services' \
        'ai	Azure AI Foundry' \
        'foundry	Azure AI Foundry' \
        'ml	Azure Machine Learning' \
        'search	Azure AI Search' \
        'sql	Azure SQL Database' \
        'postgres	Azure Database for PostgreSQL and MySQL' \
        'mysql	Azure Database for PostgreSQL and MySQL' \
        'oss-rdbms	Azure Database for PostgreSQL and MySQL' \
        'redis	Azure Cache for Redis' \
        'cosmos	Azure Cosmos DB' \
        'cosmos-inference	Azure Cosmos DB semantic reranker' \
        'servicebus	Azure Service Bus' \
        'eventhubs	Azure Event Hubs' \
        'eventgrid	Azure Event Grid' \
        'relay	Azure Relay' \
        'appconfig	Azure App Configuration' \
        'acr	Azure Container Registry' \
        'aks	Azure Kubernetes Service' \
        'devops	Azure DevOps' \
        'databricks	Azure Databricks' \
        'kusto	Azure Data Explorer' \
        'adx	Azure Data Explorer' \
        'loganalytics	Log Analytics' \
        'appinsights	Application Insights' \
        'monitor	Azure Monitor' \
        'monitor-ingestion	Azure Monitor' \
        'metrics	Azure Monitor metrics' \
        'prometheus	Azure Monitor managed Prometheus' \
        'synapse	Azure Synapse' \
        'batch	Azure Batch' \
        'purview	Microsoft Purview' \
        'maps	Azure Maps' \
        'webpubsub	Azure Web PubSub' \
        'signalr	Azure SignalR' \
        'communication	Azure Communication Services' \
        'iot-dps	Azure IoT Hub Device Provisioning' \
        'iothub	Azure IoT Hub' \
        'digitaltwins	Azure Digital Twins' \
        'deviceupdate	Device Update for IoT Hub' \
        'devcenter	Microsoft Dev Center' \
        'loadtesting	Azure Load Testing' \
        'confidential-ledger	Azure Confidential Ledger' \
        'attest	Azure Attestation' \
        'deid	Azure Health Data de-identification' \
        'easm	Defender External Attack Surface Management' \
        'powerbi	Power BI' \
        'fabric	Microsoft Fabric' \
        'datalake	Azure Data Lake Storage Gen1 (retired)' \
        'appservice-scm	Azure App Service deployment' \
        'vm-login	sign-in to Linux virtual machines'
end

function __azid_credentials
    printf '%s\n' 'default	DefaultAzureCredential' \
        'environment	EnvironmentCredential' \
        'workload-identity	WorkloadIdentityCredential' \
        'managed-identity	ManagedIdentityCredential' \
        'shared-token-cache	SharedTokenCacheCredential' \
        'visual-studio	VisualStudioCredential' \
        'intellij	IntelliJCredential' \
        'visual-studio-code	VisualStudioCodeCredential' \
        'azure-cli	AzureCliCredential' \
        'azure-powershell	AzurePowerShellCredential' \
        'azure-developer-cli	AzureDeveloperCliCredential' \
        'interactive-browser	InteractiveBrowserCredential' \
        'broker	BrokerCredential' \
        'device-code	DeviceCodeCredential' \
        'authorization-code	AuthorizationCodeCredential' \
        'client-secret	ClientSecretCredential' \
        'client-certificate	ClientCertificateCredential' \
        'client-assertion	ClientAssertionCredential' \
        'azure-pipelines	AzurePipelinesCredential' \
        'github-actions	GitHubActionsCredential' \
        'on-behalf-of	OnBehalfOfCredential'
end

function __azid_links
    printf '%s\n' 'environment	EnvironmentCredential' \
        'workload-identity	WorkloadIdentityCredential' \
        'managed-identity	ManagedIdentityCredential' \
        'shared-token-cache	SharedTokenCacheCredential' \
        'visual-studio-code	VisualStudioCodeCredential' \
        'azure-cli	AzureCliCredential' \
        'azure-powershell	AzurePowerShellCredential' \
        'azure-developer-cli	AzureDeveloperCliCredential' \
        'interactive-browser	InteractiveBrowserCredential' \
        'broker	BrokerCredential'
end


# Another program's command line follows after --; it is completed as that program's own.
function __azid_is_program
    contains -- -- (commandline -opc)
end

function __azid_program
    set -l words (commandline -opc)
    set -l cut (contains -i -- -- $words)
    set -l own (string escape -- $words[(math $cut + 1)..-1])
    complete -C (string join ' ' -- $own (commandline -ct))
end

complete -c azid -f
complete -c azid -n '__azid_at' -a get-token -d 'get a token, in the shape you need'
complete -c azid -n '__azid_at' -a token -d 'get a token, in the shape you need'
complete -c azid -n '__azid_at' -a chain -d 'run the chain: what each credential did, and why'
complete -c azid -n '__azid_at' -a whoami -d 'say whose token it is: its claims in words'
complete -c azid -n '__azid_at' -a explain -d 'say what a code, a name or a failure means, and what to do'
complete -c azid -n '__azid_at' -a login -d 'sign a person in, and remember the account'
complete -c azid -n '__azid_at' -a logout -d 'forget accounts that are signed in'
complete -c azid -n '__azid_at' -a exec -d 'run a command with tokens only in its environment'
complete -c azid -n '__azid_at' -a serve -d 'give tokens to local apps and containers, as App Service does'
complete -c azid -n '__azid_at' -a completion -d 'print a completion script for a shell'
complete -c azid -n '__azid_at' -a cache -d 'look at and clean up cached tokens'
complete -c azid -n '__azid_at' -a sandbox -d 'run a local Entra ID to try and test against'
complete -c azid -n '__azid_at' -a help -d 'show help for a command or a topic'
complete -c azid -n '__azid_at help' -a get-token -d 'get a token, in the shape you need'
complete -c azid -n '__azid_at help' -a chain -d 'run the chain: what each credential did, and why'
complete -c azid -n '__azid_at help' -a whoami -d 'say whose token it is: its claims in words'
complete -c azid -n '__azid_at help' -a explain -d 'say what a code, a name or a failure means, and what to do'
complete -c azid -n '__azid_at help' -a login -d 'sign a person in, and remember the account'
complete -c azid -n '__azid_at help' -a logout -d 'forget accounts that are signed in'
complete -c azid -n '__azid_at help' -a exec -d 'run a command with tokens only in its environment'
complete -c azid -n '__azid_at help' -a serve -d 'give tokens to local apps and containers, as App Service does'
complete -c azid -n '__azid_at help' -a completion -d 'print a completion script for a shell'
complete -c azid -n '__azid_at help' -a cache -d 'look at and clean up cached tokens'
complete -c azid -n '__azid_at help' -a sandbox -d 'run a local Entra ID to try and test against'
complete -c azid -n '__azid_at help' -a environment
complete -c azid -n '__azid_at help' -a exit-codes
complete -c azid -n '__azid_at cache' -a list -d 'list cached tokens, ours and those of other tools'
complete -c azid -n '__azid_at help cache' -a list -d 'list cached tokens, ours and those of other tools'
complete -c azid -n '__azid_at cache' -a show -d 'show one cached token: everything but its value'
complete -c azid -n '__azid_at help cache' -a show -d 'show one cached token: everything but its value'
complete -c azid -n '__azid_at cache' -a status -d 'say where the cache is, how it is protected and what is in it'
complete -c azid -n '__azid_at help cache' -a status -d 'say where the cache is, how it is protected and what is in it'
complete -c azid -n '__azid_at cache' -a remove -d 'remove cached tokens of an account, tenant, resource or credential'
complete -c azid -n '__azid_at help cache' -a remove -d 'remove cached tokens of an account, tenant, resource or credential'
complete -c azid -n '__azid_at cache' -a clear -d 'remove every cached token'
complete -c azid -n '__azid_at help cache' -a clear -d 'remove every cached token'
complete -c azid -n '__azid_at sandbox' -a run -d 'run a command with a local Entra ID in place of the cloud'
complete -c azid -n '__azid_at help sandbox' -a run -d 'run a command with a local Entra ID in place of the cloud'
complete -c azid -n '__azid_at sandbox' -a start -d 'start a local Entra ID and print how to use it'
complete -c azid -n '__azid_at help sandbox' -a start -d 'start a local Entra ID and print how to use it'
complete -c azid -n '__azid_at' -s h -l help -d 'show help and end'
complete -c azid -n '__azid_at' -s V -l version -d 'show the version and end'
complete -c azid -n '__azid_at' -l json -d 'print one JSON object, also when the command fails'
complete -c azid -n '__azid_at' -s q -l quiet -d 'say nothing on stderr but errors'
complete -c azid -n '__azid_at' -s v -l verbose -d 'say on stderr what was resolved and tried'
complete -c azid -n '__azid_at' -l debug -d 'say on stderr all that is looked at, redacted'
complete -c azid -n '__azid_at' -l no-color -d 'no colours; NO_COLOR does the same'
complete -c azid -n '__azid_at get-token' -l scope -xa '(__azid_targets)' -d 'scope to ask for, for example https://vault.azure.net/.default'
complete -c azid -n '__azid_at get-token' -s r -l resource -l server-id -xa '(__azid_targets)' -d 'resource to ask for: a URI, an app id or a short name'
complete -c azid -n '__azid_at get-token' -s c -l credential -xa '(__azid_list __azid_credentials)' -d 'one credential, or a chain of your own in this order'
complete -c azid -n '__azid_at get-token' -l exclude -xa '(__azid_list __azid_links)' -d 'leave these credentials out of the default chain'
complete -c azid -n '__azid_at get-token' -l include -xa '(__azid_list __azid_links)' -d 'add credentials that the default chain leaves out'
complete -c azid -n '__azid_at get-token' -l require-envvar -d 'refuse to run unless AZURE_TOKEN_CREDENTIALS is set'
complete -c azid -n '__azid_at get-token' -l sdk -xa 'python js dotnet java go' -d 'whose order, policy and wording to follow; all compares (chain)'
complete -c azid -n '__azid_at get-token' -s t -l tenant -l tenant-id -x -d 'tenant to ask in: its id or one of its domains'
complete -c azid -n '__azid_at get-token' -l client-id -x -d 'client id of the app or of the user-assigned managed identity'
complete -c azid -n '__azid_at get-token' -l object-id -x -d 'object id of the user-assigned managed identity'
complete -c azid -n '__azid_at get-token' -l resource-id -x -d 'Azure resource id of the user-assigned managed identity'
complete -c azid -n '__azid_at get-token' -l subscription -x -d 'subscription of az whose account is asked'
complete -c azid -n '__azid_at get-token' -l username -x -d 'user to choose among the accounts that are signed in'
complete -c azid -n '__azid_at get-token' -l client-secret-file -rF -d 'file that holds the client secret; - reads stdin'
complete -c azid -n '__azid_at get-token' -l certificate -rF -d 'PEM or PKCS#12 file with the certificate and its key; - reads stdin'
complete -c azid -n '__azid_at get-token' -l certificate-password-file -rF -d 'file that holds the password of the certificate; - reads stdin'
complete -c azid -n '__azid_at get-token' -l send-certificate-chain -d 'send the chain too, for subject name and issuer authentication'
complete -c azid -n '__azid_at get-token' -l federated-token-file -rF -d 'file in which a platform keeps the token of a workload'
complete -c azid -n '__azid_at get-token' -l enable-azure-proxy -d 'ask through the token proxy of AKS (identity binding)'
complete -c azid -n '__azid_at get-token' -l client-assertion-file -rF -d 'file that holds a client assertion (a JWT); - reads stdin'
complete -c azid -n '__azid_at get-token' -l client-assertion-command -rF -d 'program that prints a client assertion'
complete -c azid -n '__azid_at get-token' -l user-assertion-file -rF -d 'file that holds the access token of the user to ask for; - reads stdin'
complete -c azid -n '__azid_at get-token' -l service-connection-id -x -d 'id of the service connection of Azure Pipelines'
complete -c azid -n '__azid_at get-token' -l authorization-code-file -rF -d 'file that holds an authorization code; - reads stdin'
complete -c azid -n '__azid_at get-token' -l code-verifier-file -rF -d 'file that holds the PKCE verifier of that code; - reads stdin'
complete -c azid -n '__azid_at get-token' -l redirect-uri -x -d 'where the sign-in page sends the browser back to'
complete -c azid -n '__azid_at get-token' -l no-prompt -d 'never ask a person: end with 4 and say what is needed'
complete -c azid -n '__azid_at get-token' -l additionally-allowed-tenants -x -d 'other tenants a credential may ask in; * allows any'
complete -c azid -n '__azid_at get-token' -l authority-host -x -d 'host to ask for tokens, when it is not the cloud\'s own'
complete -c azid -n '__azid_at get-token' -l cloud -xa 'public usgov china' -d 'cloud whose hosts and resources are meant'
complete -c azid -n '__azid_at get-token' -l disable-instance-discovery -d 'do not ask Microsoft whether the authority is genuine'
complete -c azid -n '__azid_at get-token' -l ca-file -rF -d 'PEM file of certificate authorities to trust as well; - reads stdin'
complete -c azid -n '__azid_at get-token' -l claims -x -d 'claims challenge to answer, as JSON or base64'
complete -c azid -n '__azid_at get-token' -l cae -d 'ask for a token of continuous access evaluation'
complete -c azid -n '__azid_at get-token' -l timeout -x -d 'limit of the whole run; none unless given'
complete -c azid -n '__azid_at get-token' -l process-timeout -x -d 'limit of one run of az, azd, pwsh or a command for an assertion'
complete -c azid -n '__azid_at get-token' -l imds-timeout -x -d 'limit of the probe for a managed identity endpoint'
complete -c azid -n '__azid_at get-token' -l fast -d 'ask for no managed identity where nothing looks like Azure'
complete -c azid -n '__azid_at get-token' -l no-cache -d 'neither read nor write the token cache'
complete -c azid -n '__azid_at get-token' -l force-refresh -d 'ask for a new token even where a cached one is good'
complete -c azid -n '__azid_at get-token' -l min-ttl -x -d 'least remaining life of a cached token'
complete -c azid -n '__azid_at get-token' -l expect-tenant -x -d 'exit code 7 unless the token is of this tenant'
complete -c azid -n '__azid_at get-token' -l expect-user -x -d 'exit code 7 unless the token is of this user, app or object id'
complete -c azid -n '__azid_at get-token' -l expect-type -xa 'user service-principal managed-identity' -d 'exit code 7 unless the token is of this kind of identity'
complete -c azid -n '__azid_at get-token' -s o -l output -xa 'token json az azd header env dotenv github-actions azure-pipelines gitlab exec-credential managed-identity' -d 'shape of the answer'
complete -c azid -n '__azid_at get-token' -l output-file -rF -d 'write to this file (mode 0600) instead of stdout'
complete -c azid -n '__azid_at get-token' -l shell -xa 'sh bash zsh fish powershell cmd nu' -d 'whose syntax --output env uses; usually sh'
complete -c azid -n '__azid_at get-token' -l var -xa 'AZURE_ACCESS_TOKEN GRAPH_TOKEN AZURE_OPENAI_AD_TOKEN PGPASSWORD MYSQL_PWD REDISCLI_AUTH AZURE_DEVOPS_EXT_PAT DATABRICKS_TOKEN' -d 'name of the variable to set; once for each target'
complete -c azid -n '__azid_at get-token' -l unset -d 'take the variables away again; asks for no token'
complete -c azid -n '__azid_at get-token' -l json -d 'print one JSON object, also when the command fails'
complete -c azid -n '__azid_at get-token' -s q -l quiet -d 'say nothing on stderr but errors'
complete -c azid -n '__azid_at get-token' -s v -l verbose -d 'say on stderr what was resolved and tried'
complete -c azid -n '__azid_at get-token' -l debug -d 'say on stderr all that is looked at, redacted'
complete -c azid -n '__azid_at get-token' -l no-color -d 'no colours; NO_COLOR does the same'
complete -c azid -n '__azid_at get-token' -s h -l help -d 'show help and end'
complete -c azid -n '__azid_at get-token' -a '(__azid_targets)'
complete -c azid -n '__azid_at chain' -l scope -xa '(__azid_targets)' -d 'scope to ask for, for example https://vault.azure.net/.default'
complete -c azid -n '__azid_at chain' -s r -l resource -l server-id -xa '(__azid_targets)' -d 'resource to ask for: a URI, an app id or a short name'
complete -c azid -n '__azid_at chain' -s c -l credential -xa '(__azid_list __azid_credentials)' -d 'one credential, or a chain of your own in this order'
complete -c azid -n '__azid_at chain' -l exclude -xa '(__azid_list __azid_links)' -d 'leave these credentials out of the default chain'
complete -c azid -n '__azid_at chain' -l include -xa '(__azid_list __azid_links)' -d 'add credentials that the default chain leaves out'
complete -c azid -n '__azid_at chain' -l require-envvar -d 'refuse to run unless AZURE_TOKEN_CREDENTIALS is set'
complete -c azid -n '__azid_at chain' -l sdk -xa 'python js dotnet java go all' -d 'whose order, policy and wording to follow; all compares (chain)'
complete -c azid -n '__azid_at chain' -s t -l tenant -l tenant-id -x -d 'tenant to ask in: its id or one of its domains'
complete -c azid -n '__azid_at chain' -l client-id -x -d 'client id of the app or of the user-assigned managed identity'
complete -c azid -n '__azid_at chain' -l object-id -x -d 'object id of the user-assigned managed identity'
complete -c azid -n '__azid_at chain' -l resource-id -x -d 'Azure resource id of the user-assigned managed identity'
complete -c azid -n '__azid_at chain' -l subscription -x -d 'subscription of az whose account is asked'
complete -c azid -n '__azid_at chain' -l username -x -d 'user to choose among the accounts that are signed in'
complete -c azid -n '__azid_at chain' -l client-secret-file -rF -d 'file that holds the client secret; - reads stdin'
complete -c azid -n '__azid_at chain' -l certificate -rF -d 'PEM or PKCS#12 file with the certificate and its key; - reads stdin'
complete -c azid -n '__azid_at chain' -l certificate-password-file -rF -d 'file that holds the password of the certificate; - reads stdin'
complete -c azid -n '__azid_at chain' -l send-certificate-chain -d 'send the chain too, for subject name and issuer authentication'
complete -c azid -n '__azid_at chain' -l federated-token-file -rF -d 'file in which a platform keeps the token of a workload'
complete -c azid -n '__azid_at chain' -l enable-azure-proxy -d 'ask through the token proxy of AKS (identity binding)'
complete -c azid -n '__azid_at chain' -l client-assertion-file -rF -d 'file that holds a client assertion (a JWT); - reads stdin'
complete -c azid -n '__azid_at chain' -l client-assertion-command -rF -d 'program that prints a client assertion'
complete -c azid -n '__azid_at chain' -l user-assertion-file -rF -d 'file that holds the access token of the user to ask for; - reads stdin'
complete -c azid -n '__azid_at chain' -l service-connection-id -x -d 'id of the service connection of Azure Pipelines'
complete -c azid -n '__azid_at chain' -l authorization-code-file -rF -d 'file that holds an authorization code; - reads stdin'
complete -c azid -n '__azid_at chain' -l code-verifier-file -rF -d 'file that holds the PKCE verifier of that code; - reads stdin'
complete -c azid -n '__azid_at chain' -l redirect-uri -x -d 'where the sign-in page sends the browser back to'
complete -c azid -n '__azid_at chain' -l no-prompt -d 'never ask a person: end with 4 and say what is needed'
complete -c azid -n '__azid_at chain' -l additionally-allowed-tenants -x -d 'other tenants a credential may ask in; * allows any'
complete -c azid -n '__azid_at chain' -l authority-host -x -d 'host to ask for tokens, when it is not the cloud\'s own'
complete -c azid -n '__azid_at chain' -l cloud -xa 'public usgov china' -d 'cloud whose hosts and resources are meant'
complete -c azid -n '__azid_at chain' -l disable-instance-discovery -d 'do not ask Microsoft whether the authority is genuine'
complete -c azid -n '__azid_at chain' -l ca-file -rF -d 'PEM file of certificate authorities to trust as well; - reads stdin'
complete -c azid -n '__azid_at chain' -l claims -x -d 'claims challenge to answer, as JSON or base64'
complete -c azid -n '__azid_at chain' -l cae -d 'ask for a token of continuous access evaluation'
complete -c azid -n '__azid_at chain' -l timeout -x -d 'limit of the whole run; none unless given'
complete -c azid -n '__azid_at chain' -l process-timeout -x -d 'limit of one run of az, azd, pwsh or a command for an assertion'
complete -c azid -n '__azid_at chain' -l imds-timeout -x -d 'limit of the probe for a managed identity endpoint'
complete -c azid -n '__azid_at chain' -l fast -d 'ask for no managed identity where nothing looks like Azure'
complete -c azid -n '__azid_at chain' -l all -d 'all of them: every credential of the chain at once, or every account'
complete -c azid -n '__azid_at chain' -l dry-run -d 'look at variables and files only; send and start nothing'
complete -c azid -n '__azid_at chain' -l env-file -l environment-file -rF -d 'take this file\'s variables in place of the shell\'s; - reads stdin'
complete -c azid -n '__azid_at chain' -l service -x -d 'whose variables: the service of the Compose file behind --env-file'
complete -c azid -n '__azid_at chain' -l env-pid -x -d 'take the variables of this running process in place of the shell\'s'
complete -c azid -n '__azid_at chain' -l report -rF -d 'also write a report that can be pasted into an issue (mode 0600)'
complete -c azid -n '__azid_at chain' -l json -d 'print one JSON object, also when the command fails'
complete -c azid -n '__azid_at chain' -s q -l quiet -d 'say nothing on stderr but errors'
complete -c azid -n '__azid_at chain' -s v -l verbose -d 'say on stderr what was resolved and tried'
complete -c azid -n '__azid_at chain' -l debug -d 'say on stderr all that is looked at, redacted'
complete -c azid -n '__azid_at chain' -l no-color -d 'no colours; NO_COLOR does the same'
complete -c azid -n '__azid_at chain' -s h -l help -d 'show help and end'
complete -c azid -n '__azid_at chain' -a '(__azid_targets)'
complete -c azid -n '__azid_at whoami' -l scope -xa '(__azid_targets)' -d 'scope to ask for, for example https://vault.azure.net/.default'
complete -c azid -n '__azid_at whoami' -s r -l resource -l server-id -xa '(__azid_targets)' -d 'resource to ask for: a URI, an app id or a short name'
complete -c azid -n '__azid_at whoami' -s c -l credential -xa '(__azid_list __azid_credentials)' -d 'one credential, or a chain of your own in this order'
complete -c azid -n '__azid_at whoami' -l exclude -xa '(__azid_list __azid_links)' -d 'leave these credentials out of the default chain'
complete -c azid -n '__azid_at whoami' -l include -xa '(__azid_list __azid_links)' -d 'add credentials that the default chain leaves out'
complete -c azid -n '__azid_at whoami' -l require-envvar -d 'refuse to run unless AZURE_TOKEN_CREDENTIALS is set'
complete -c azid -n '__azid_at whoami' -l sdk -xa 'python js dotnet java go' -d 'whose order, policy and wording to follow; all compares (chain)'
complete -c azid -n '__azid_at whoami' -s t -l tenant -l tenant-id -x -d 'tenant to ask in: its id or one of its domains'
complete -c azid -n '__azid_at whoami' -l client-id -x -d 'client id of the app or of the user-assigned managed identity'
complete -c azid -n '__azid_at whoami' -l object-id -x -d 'object id of the user-assigned managed identity'
complete -c azid -n '__azid_at whoami' -l resource-id -x -d 'Azure resource id of the user-assigned managed identity'
complete -c azid -n '__azid_at whoami' -l subscription -x -d 'subscription of az whose account is asked'
complete -c azid -n '__azid_at whoami' -l username -x -d 'user to choose among the accounts that are signed in'
complete -c azid -n '__azid_at whoami' -l client-secret-file -rF -d 'file that holds the client secret; - reads stdin'
complete -c azid -n '__azid_at whoami' -l certificate -rF -d 'PEM or PKCS#12 file with the certificate and its key; - reads stdin'
complete -c azid -n '__azid_at whoami' -l certificate-password-file -rF -d 'file that holds the password of the certificate; - reads stdin'
complete -c azid -n '__azid_at whoami' -l send-certificate-chain -d 'send the chain too, for subject name and issuer authentication'
complete -c azid -n '__azid_at whoami' -l federated-token-file -rF -d 'file in which a platform keeps the token of a workload'
complete -c azid -n '__azid_at whoami' -l enable-azure-proxy -d 'ask through the token proxy of AKS (identity binding)'
complete -c azid -n '__azid_at whoami' -l client-assertion-file -rF -d 'file that holds a client assertion (a JWT); - reads stdin'
complete -c azid -n '__azid_at whoami' -l client-assertion-command -rF -d 'program that prints a client assertion'
complete -c azid -n '__azid_at whoami' -l user-assertion-file -rF -d 'file that holds the access token of the user to ask for; - reads stdin'
complete -c azid -n '__azid_at whoami' -l service-connection-id -x -d 'id of the service connection of Azure Pipelines'
complete -c azid -n '__azid_at whoami' -l authorization-code-file -rF -d 'file that holds an authorization code; - reads stdin'
complete -c azid -n '__azid_at whoami' -l code-verifier-file -rF -d 'file that holds the PKCE verifier of that code; - reads stdin'
complete -c azid -n '__azid_at whoami' -l redirect-uri -x -d 'where the sign-in page sends the browser back to'
complete -c azid -n '__azid_at whoami' -l no-prompt -d 'never ask a person: end with 4 and say what is needed'
complete -c azid -n '__azid_at whoami' -l additionally-allowed-tenants -x -d 'other tenants a credential may ask in; * allows any'
complete -c azid -n '__azid_at whoami' -l authority-host -x -d 'host to ask for tokens, when it is not the cloud\'s own'
complete -c azid -n '__azid_at whoami' -l cloud -xa 'public usgov china' -d 'cloud whose hosts and resources are meant'
complete -c azid -n '__azid_at whoami' -l disable-instance-discovery -d 'do not ask Microsoft whether the authority is genuine'
complete -c azid -n '__azid_at whoami' -l ca-file -rF -d 'PEM file of certificate authorities to trust as well; - reads stdin'
complete -c azid -n '__azid_at whoami' -l claims -x -d 'claims challenge to answer, as JSON or base64'
complete -c azid -n '__azid_at whoami' -l cae -d 'ask for a token of continuous access evaluation'
complete -c azid -n '__azid_at whoami' -l timeout -x -d 'limit of the whole run; none unless given'
complete -c azid -n '__azid_at whoami' -l process-timeout -x -d 'limit of one run of az, azd, pwsh or a command for an assertion'
complete -c azid -n '__azid_at whoami' -l imds-timeout -x -d 'limit of the probe for a managed identity endpoint'
complete -c azid -n '__azid_at whoami' -l fast -d 'ask for no managed identity where nothing looks like Azure'
complete -c azid -n '__azid_at whoami' -l no-cache -d 'neither read nor write the token cache'
complete -c azid -n '__azid_at whoami' -l force-refresh -d 'ask for a new token even where a cached one is good'
complete -c azid -n '__azid_at whoami' -l min-ttl -x -d 'least remaining life of a cached token'
complete -c azid -n '__azid_at whoami' -l expect-tenant -x -d 'exit code 7 unless the token is of this tenant'
complete -c azid -n '__azid_at whoami' -l expect-user -x -d 'exit code 7 unless the token is of this user, app or object id'
complete -c azid -n '__azid_at whoami' -l expect-type -xa 'user service-principal managed-identity' -d 'exit code 7 unless the token is of this kind of identity'
complete -c azid -n '__azid_at whoami' -l token -rF -d 'decode this token instead of acquiring one'
complete -c azid -n '__azid_at whoami' -l verify -d 'check the signature against the keys of the authority'
complete -c azid -n '__azid_at whoami' -l all-claims -d 'list every claim with its meaning'
complete -c azid -n '__azid_at whoami' -l json -d 'print one JSON object, also when the command fails'
complete -c azid -n '__azid_at whoami' -s q -l quiet -d 'say nothing on stderr but errors'
complete -c azid -n '__azid_at whoami' -s v -l verbose -d 'say on stderr what was resolved and tried'
complete -c azid -n '__azid_at whoami' -l debug -d 'say on stderr all that is looked at, redacted'
complete -c azid -n '__azid_at whoami' -l no-color -d 'no colours; NO_COLOR does the same'
complete -c azid -n '__azid_at whoami' -s h -l help -d 'show help and end'
complete -c azid -n '__azid_at whoami' -a '(__azid_targets)'
complete -c azid -n '__azid_at explain' -l json -d 'print one JSON object, also when the command fails'
complete -c azid -n '__azid_at explain' -s q -l quiet -d 'say nothing on stderr but errors'
complete -c azid -n '__azid_at explain' -s v -l verbose -d 'say on stderr what was resolved and tried'
complete -c azid -n '__azid_at explain' -l debug -d 'say on stderr all that is looked at, redacted'
complete -c azid -n '__azid_at explain' -l no-color -d 'no colours; NO_COLOR does the same'
complete -c azid -n '__azid_at explain' -s h -l help -d 'show help and end'
complete -c azid -n '__azid_at explain' -Fa 'environment EnvironmentCredential WorkloadIdentityCredential ManagedIdentityCredential SharedTokenCacheCredential VisualStudioCredential IntelliJCredential VisualStudioCodeCredential AzureCliCredential AzurePowerShellCredential AzureDeveloperCliCredential InteractiveBrowserCredential BrokerCredential DeviceCodeCredential AuthorizationCodeCredential ClientSecretCredential ClientCertificateCredential ClientAssertionCredential AzurePipelinesCredential GitHubActionsCredential OnBehalfOfCredential'
complete -c azid -n '__azid_at login' -l device-code -l use-device-code -d 'sign in with a code on any device, without a browser here'
complete -c azid -n '__azid_at login' -l scope -xa '(__azid_targets)' -d 'scope to ask for, for example https://vault.azure.net/.default'
complete -c azid -n '__azid_at login' -s r -l resource -l server-id -xa '(__azid_targets)' -d 'resource to ask for: a URI, an app id or a short name'
complete -c azid -n '__azid_at login' -s t -l tenant -l tenant-id -x -d 'tenant to ask in: its id or one of its domains'
complete -c azid -n '__azid_at login' -l username -x -d 'user to choose among the accounts that are signed in'
complete -c azid -n '__azid_at login' -l client-id -x -d 'client id of the app or of the user-assigned managed identity'
complete -c azid -n '__azid_at login' -l redirect-uri -x -d 'where the sign-in page sends the browser back to'
complete -c azid -n '__azid_at login' -l authority-host -x -d 'host to ask for tokens, when it is not the cloud\'s own'
complete -c azid -n '__azid_at login' -l cloud -xa 'public usgov china' -d 'cloud whose hosts and resources are meant'
complete -c azid -n '__azid_at login' -l disable-instance-discovery -d 'do not ask Microsoft whether the authority is genuine'
complete -c azid -n '__azid_at login' -l ca-file -rF -d 'PEM file of certificate authorities to trust as well; - reads stdin'
complete -c azid -n '__azid_at login' -l claims -x -d 'claims challenge to answer, as JSON or base64'
complete -c azid -n '__azid_at login' -l cae -d 'ask for a token of continuous access evaluation'
complete -c azid -n '__azid_at login' -l timeout -x -d 'limit of the whole run; none unless given'
complete -c azid -n '__azid_at login' -l json -d 'print one JSON object, also when the command fails'
complete -c azid -n '__azid_at login' -s q -l quiet -d 'say nothing on stderr but errors'
complete -c azid -n '__azid_at login' -s v -l verbose -d 'say on stderr what was resolved and tried'
complete -c azid -n '__azid_at login' -l debug -d 'say on stderr all that is looked at, redacted'
complete -c azid -n '__azid_at login' -l no-color -d 'no colours; NO_COLOR does the same'
complete -c azid -n '__azid_at login' -s h -l help -d 'show help and end'
complete -c azid -n '__azid_at login' -a '(__azid_targets)'
complete -c azid -n '__azid_at logout' -l all -d 'all of them: every credential of the chain at once, or every account'
complete -c azid -n '__azid_at logout' -l username -x -d 'user to choose among the accounts that are signed in'
complete -c azid -n '__azid_at logout' -s t -l tenant -l tenant-id -x -d 'tenant to ask in: its id or one of its domains'
complete -c azid -n '__azid_at logout' -l client-id -x -d 'client id of the app or of the user-assigned managed identity'
complete -c azid -n '__azid_at logout' -l authority-host -x -d 'host to ask for tokens, when it is not the cloud\'s own'
complete -c azid -n '__azid_at logout' -l cloud -xa 'public usgov china' -d 'cloud whose hosts and resources are meant'
complete -c azid -n '__azid_at logout' -l json -d 'print one JSON object, also when the command fails'
complete -c azid -n '__azid_at logout' -s q -l quiet -d 'say nothing on stderr but errors'
complete -c azid -n '__azid_at logout' -s v -l verbose -d 'say on stderr what was resolved and tried'
complete -c azid -n '__azid_at logout' -l debug -d 'say on stderr all that is looked at, redacted'
complete -c azid -n '__azid_at logout' -l no-color -d 'no colours; NO_COLOR does the same'
complete -c azid -n '__azid_at logout' -s h -l help -d 'show help and end'
complete -c azid -n '__azid_at exec' -l set -xa '(__azid_assignment __azid_targets AZURE_ACCESS_TOKEN GRAPH_TOKEN AZURE_OPENAI_AD_TOKEN PGPASSWORD MYSQL_PWD REDISCLI_AUTH AZURE_DEVOPS_EXT_PAT DATABRICKS_TOKEN)' -d 'put the token for TARGET into this variable of the command'
complete -c azid -n '__azid_at exec' -l identity-endpoint -d 'give the command a managed identity endpoint of its own'
complete -c azid -n '__azid_at exec' -l allow -xa '(__azid_targets)' -d 'give tokens for this target; again for others'
complete -c azid -n '__azid_at exec' -s c -l credential -xa '(__azid_list __azid_credentials)' -d 'one credential, or a chain of your own in this order'
complete -c azid -n '__azid_at exec' -l exclude -xa '(__azid_list __azid_links)' -d 'leave these credentials out of the default chain'
complete -c azid -n '__azid_at exec' -l include -xa '(__azid_list __azid_links)' -d 'add credentials that the default chain leaves out'
complete -c azid -n '__azid_at exec' -l require-envvar -d 'refuse to run unless AZURE_TOKEN_CREDENTIALS is set'
complete -c azid -n '__azid_at exec' -l sdk -xa 'python js dotnet java go' -d 'whose order, policy and wording to follow; all compares (chain)'
complete -c azid -n '__azid_at exec' -s t -l tenant -l tenant-id -x -d 'tenant to ask in: its id or one of its domains'
complete -c azid -n '__azid_at exec' -l client-id -x -d 'client id of the app or of the user-assigned managed identity'
complete -c azid -n '__azid_at exec' -l object-id -x -d 'object id of the user-assigned managed identity'
complete -c azid -n '__azid_at exec' -l resource-id -x -d 'Azure resource id of the user-assigned managed identity'
complete -c azid -n '__azid_at exec' -l subscription -x -d 'subscription of az whose account is asked'
complete -c azid -n '__azid_at exec' -l username -x -d 'user to choose among the accounts that are signed in'
complete -c azid -n '__azid_at exec' -l client-secret-file -rF -d 'file that holds the client secret; - reads stdin'
complete -c azid -n '__azid_at exec' -l certificate -rF -d 'PEM or PKCS#12 file with the certificate and its key; - reads stdin'
complete -c azid -n '__azid_at exec' -l certificate-password-file -rF -d 'file that holds the password of the certificate; - reads stdin'
complete -c azid -n '__azid_at exec' -l send-certificate-chain -d 'send the chain too, for subject name and issuer authentication'
complete -c azid -n '__azid_at exec' -l federated-token-file -rF -d 'file in which a platform keeps the token of a workload'
complete -c azid -n '__azid_at exec' -l enable-azure-proxy -d 'ask through the token proxy of AKS (identity binding)'
complete -c azid -n '__azid_at exec' -l client-assertion-file -rF -d 'file that holds a client assertion (a JWT); - reads stdin'
complete -c azid -n '__azid_at exec' -l client-assertion-command -rF -d 'program that prints a client assertion'
complete -c azid -n '__azid_at exec' -l user-assertion-file -rF -d 'file that holds the access token of the user to ask for; - reads stdin'
complete -c azid -n '__azid_at exec' -l service-connection-id -x -d 'id of the service connection of Azure Pipelines'
complete -c azid -n '__azid_at exec' -l authorization-code-file -rF -d 'file that holds an authorization code; - reads stdin'
complete -c azid -n '__azid_at exec' -l code-verifier-file -rF -d 'file that holds the PKCE verifier of that code; - reads stdin'
complete -c azid -n '__azid_at exec' -l redirect-uri -x -d 'where the sign-in page sends the browser back to'
complete -c azid -n '__azid_at exec' -l no-prompt -d 'never ask a person: end with 4 and say what is needed'
complete -c azid -n '__azid_at exec' -l additionally-allowed-tenants -x -d 'other tenants a credential may ask in; * allows any'
complete -c azid -n '__azid_at exec' -l authority-host -x -d 'host to ask for tokens, when it is not the cloud\'s own'
complete -c azid -n '__azid_at exec' -l cloud -xa 'public usgov china' -d 'cloud whose hosts and resources are meant'
complete -c azid -n '__azid_at exec' -l disable-instance-discovery -d 'do not ask Microsoft whether the authority is genuine'
complete -c azid -n '__azid_at exec' -l ca-file -rF -d 'PEM file of certificate authorities to trust as well; - reads stdin'
complete -c azid -n '__azid_at exec' -l cae -d 'ask for a token of continuous access evaluation'
complete -c azid -n '__azid_at exec' -l timeout -x -d 'limit of the whole run; none unless given'
complete -c azid -n '__azid_at exec' -l process-timeout -x -d 'limit of one run of az, azd, pwsh or a command for an assertion'
complete -c azid -n '__azid_at exec' -l imds-timeout -x -d 'limit of the probe for a managed identity endpoint'
complete -c azid -n '__azid_at exec' -l fast -d 'ask for no managed identity where nothing looks like Azure'
complete -c azid -n '__azid_at exec' -l no-cache -d 'neither read nor write the token cache'
complete -c azid -n '__azid_at exec' -l force-refresh -d 'ask for a new token even where a cached one is good'
complete -c azid -n '__azid_at exec' -l min-ttl -x -d 'least remaining life of a cached token'
complete -c azid -n '__azid_at exec' -l expect-tenant -x -d 'exit code 7 unless the token is of this tenant'
complete -c azid -n '__azid_at exec' -l expect-user -x -d 'exit code 7 unless the token is of this user, app or object id'
complete -c azid -n '__azid_at exec' -l expect-type -xa 'user service-principal managed-identity' -d 'exit code 7 unless the token is of this kind of identity'
complete -c azid -n '__azid_at exec' -s q -l quiet -d 'say nothing on stderr but errors'
complete -c azid -n '__azid_at exec' -s v -l verbose -d 'say on stderr what was resolved and tried'
complete -c azid -n '__azid_at exec' -l debug -d 'say on stderr all that is looked at, redacted'
complete -c azid -n '__azid_at exec' -l no-color -d 'no colours; NO_COLOR does the same'
complete -c azid -n '__azid_at exec' -s h -l help -d 'show help and end'
complete -c azid -n '__azid_at exec' -n __azid_is_program -xa '(__azid_program)'
complete -c azid -n '__azid_at serve' -l allow -xa '(__azid_targets)' -d 'give tokens for this target; again for others'
complete -c azid -n '__azid_at serve' -s c -l credential -xa '(__azid_list __azid_credentials)' -d 'one credential, or a chain of your own in this order'
complete -c azid -n '__azid_at serve' -l exclude -xa '(__azid_list __azid_links)' -d 'leave these credentials out of the default chain'
complete -c azid -n '__azid_at serve' -l include -xa '(__azid_list __azid_links)' -d 'add credentials that the default chain leaves out'
complete -c azid -n '__azid_at serve' -l require-envvar -d 'refuse to run unless AZURE_TOKEN_CREDENTIALS is set'
complete -c azid -n '__azid_at serve' -l sdk -xa 'python js dotnet java go' -d 'whose order, policy and wording to follow; all compares (chain)'
complete -c azid -n '__azid_at serve' -s t -l tenant -l tenant-id -x -d 'tenant to ask in: its id or one of its domains'
complete -c azid -n '__azid_at serve' -l client-id -x -d 'client id of the app or of the user-assigned managed identity'
complete -c azid -n '__azid_at serve' -l object-id -x -d 'object id of the user-assigned managed identity'
complete -c azid -n '__azid_at serve' -l resource-id -x -d 'Azure resource id of the user-assigned managed identity'
complete -c azid -n '__azid_at serve' -l subscription -x -d 'subscription of az whose account is asked'
complete -c azid -n '__azid_at serve' -l username -x -d 'user to choose among the accounts that are signed in'
complete -c azid -n '__azid_at serve' -l client-secret-file -rF -d 'file that holds the client secret; - reads stdin'
complete -c azid -n '__azid_at serve' -l certificate -rF -d 'PEM or PKCS#12 file with the certificate and its key; - reads stdin'
complete -c azid -n '__azid_at serve' -l certificate-password-file -rF -d 'file that holds the password of the certificate; - reads stdin'
complete -c azid -n '__azid_at serve' -l send-certificate-chain -d 'send the chain too, for subject name and issuer authentication'
complete -c azid -n '__azid_at serve' -l federated-token-file -rF -d 'file in which a platform keeps the token of a workload'
complete -c azid -n '__azid_at serve' -l enable-azure-proxy -d 'ask through the token proxy of AKS (identity binding)'
complete -c azid -n '__azid_at serve' -l client-assertion-file -rF -d 'file that holds a client assertion (a JWT); - reads stdin'
complete -c azid -n '__azid_at serve' -l client-assertion-command -rF -d 'program that prints a client assertion'
complete -c azid -n '__azid_at serve' -l user-assertion-file -rF -d 'file that holds the access token of the user to ask for; - reads stdin'
complete -c azid -n '__azid_at serve' -l service-connection-id -x -d 'id of the service connection of Azure Pipelines'
complete -c azid -n '__azid_at serve' -l authorization-code-file -rF -d 'file that holds an authorization code; - reads stdin'
complete -c azid -n '__azid_at serve' -l code-verifier-file -rF -d 'file that holds the PKCE verifier of that code; - reads stdin'
complete -c azid -n '__azid_at serve' -l redirect-uri -x -d 'where the sign-in page sends the browser back to'
complete -c azid -n '__azid_at serve' -l no-prompt -d 'never ask a person: end with 4 and say what is needed'
complete -c azid -n '__azid_at serve' -l additionally-allowed-tenants -x -d 'other tenants a credential may ask in; * allows any'
complete -c azid -n '__azid_at serve' -l authority-host -x -d 'host to ask for tokens, when it is not the cloud\'s own'
complete -c azid -n '__azid_at serve' -l cloud -xa 'public usgov china' -d 'cloud whose hosts and resources are meant'
complete -c azid -n '__azid_at serve' -l disable-instance-discovery -d 'do not ask Microsoft whether the authority is genuine'
complete -c azid -n '__azid_at serve' -l ca-file -rF -d 'PEM file of certificate authorities to trust as well; - reads stdin'
complete -c azid -n '__azid_at serve' -l cae -d 'ask for a token of continuous access evaluation'
complete -c azid -n '__azid_at serve' -l process-timeout -x -d 'limit of one run of az, azd, pwsh or a command for an assertion'
complete -c azid -n '__azid_at serve' -l imds-timeout -x -d 'limit of the probe for a managed identity endpoint'
complete -c azid -n '__azid_at serve' -l fast -d 'ask for no managed identity where nothing looks like Azure'
complete -c azid -n '__azid_at serve' -l no-cache -d 'neither read nor write the token cache'
complete -c azid -n '__azid_at serve' -l min-ttl -x -d 'least remaining life of a cached token'
complete -c azid -n '__azid_at serve' -l listen -x -d 'listen on this IP address'
complete -c azid -n '__azid_at serve' -l port -x -d 'listen on this port; default any free one'
complete -c azid -n '__azid_at serve' -l expose -d 'listen where other machines can ask'
complete -c azid -n '__azid_at serve' -l allow-host -x -d 'another host name by which clients may ask'
complete -c azid -n '__azid_at serve' -l ttl -x -d 'end after this time; without it, when interrupted'
complete -c azid -n '__azid_at serve' -l print -xa 'env docker' -d 'for whom the variables are printed'
complete -c azid -n '__azid_at serve' -l shell -xa 'sh bash zsh fish powershell cmd nu' -d 'whose syntax --output env uses; usually sh'
complete -c azid -n '__azid_at serve' -s q -l quiet -d 'say nothing on stderr but errors'
complete -c azid -n '__azid_at serve' -s v -l verbose -d 'say on stderr what was resolved and tried'
complete -c azid -n '__azid_at serve' -l debug -d 'say on stderr all that is looked at, redacted'
complete -c azid -n '__azid_at serve' -l no-color -d 'no colours; NO_COLOR does the same'
complete -c azid -n '__azid_at serve' -s h -l help -d 'show help and end'
complete -c azid -n '__azid_at cache list' -l read-foreign -d 'open what other tools keep in the keyring'
complete -c azid -n '__azid_at cache list' -l json -d 'print one JSON object, also when the command fails'
complete -c azid -n '__azid_at cache list' -s q -l quiet -d 'say nothing on stderr but errors'
complete -c azid -n '__azid_at cache list' -s v -l verbose -d 'say on stderr what was resolved and tried'
complete -c azid -n '__azid_at cache list' -l debug -d 'say on stderr all that is looked at, redacted'
complete -c azid -n '__azid_at cache list' -l no-color -d 'no colours; NO_COLOR does the same'
complete -c azid -n '__azid_at cache list' -s h -l help -d 'show help and end'
complete -c azid -n '__azid_at cache show' -l json -d 'print one JSON object, also when the command fails'
complete -c azid -n '__azid_at cache show' -s q -l quiet -d 'say nothing on stderr but errors'
complete -c azid -n '__azid_at cache show' -s v -l verbose -d 'say on stderr what was resolved and tried'
complete -c azid -n '__azid_at cache show' -l debug -d 'say on stderr all that is looked at, redacted'
complete -c azid -n '__azid_at cache show' -l no-color -d 'no colours; NO_COLOR does the same'
complete -c azid -n '__azid_at cache show' -s h -l help -d 'show help and end'
complete -c azid -n '__azid_at cache status' -l json -d 'print one JSON object, also when the command fails'
complete -c azid -n '__azid_at cache status' -s q -l quiet -d 'say nothing on stderr but errors'
complete -c azid -n '__azid_at cache status' -s v -l verbose -d 'say on stderr what was resolved and tried'
complete -c azid -n '__azid_at cache status' -l debug -d 'say on stderr all that is looked at, redacted'
complete -c azid -n '__azid_at cache status' -l no-color -d 'no colours; NO_COLOR does the same'
complete -c azid -n '__azid_at cache status' -s h -l help -d 'show help and end'
complete -c azid -n '__azid_at cache remove' -l account -x -d 'of this user, app or object id'
complete -c azid -n '__azid_at cache remove' -s t -l tenant -l tenant-id -x -d 'tenant to ask in: its id or one of its domains'
complete -c azid -n '__azid_at cache remove' -s r -l resource -l server-id -xa '(__azid_targets)' -d 'resource to ask for: a URI, an app id or a short name'
complete -c azid -n '__azid_at cache remove' -s c -l credential -xa '(__azid_list __azid_credentials)' -d 'one credential, or a chain of your own in this order'
complete -c azid -n '__azid_at cache remove' -l json -d 'print one JSON object, also when the command fails'
complete -c azid -n '__azid_at cache remove' -s q -l quiet -d 'say nothing on stderr but errors'
complete -c azid -n '__azid_at cache remove' -s v -l verbose -d 'say on stderr what was resolved and tried'
complete -c azid -n '__azid_at cache remove' -l debug -d 'say on stderr all that is looked at, redacted'
complete -c azid -n '__azid_at cache remove' -l no-color -d 'no colours; NO_COLOR does the same'
complete -c azid -n '__azid_at cache remove' -s h -l help -d 'show help and end'
complete -c azid -n '__azid_at cache clear' -s y -l yes -d 'do not ask'
complete -c azid -n '__azid_at cache clear' -l json -d 'print one JSON object, also when the command fails'
complete -c azid -n '__azid_at cache clear' -s q -l quiet -d 'say nothing on stderr but errors'
complete -c azid -n '__azid_at cache clear' -s v -l verbose -d 'say on stderr what was resolved and tried'
complete -c azid -n '__azid_at cache clear' -l debug -d 'say on stderr all that is looked at, redacted'
complete -c azid -n '__azid_at cache clear' -l no-color -d 'no colours; NO_COLOR does the same'
complete -c azid -n '__azid_at cache clear' -s h -l help -d 'show help and end'
complete -c azid -n '__azid_at sandbox run' -l as -xa 'service-principal service-principal-certificate workload-identity azure-pipelines github-actions on-behalf-of managed-identity managed-identity:imds managed-identity:app-service managed-identity:service-fabric managed-identity:azure-ml managed-identity:cloud-shell managed-identity:azure-arc wrong-secret expired-secret disabled-app unknown-app unknown-tenant' -d 'whom the sandbox lets the command be'
complete -c azid -n '__azid_at sandbox run' -l fault -xa '429\\t"too many requests" 500\\t"internal error" 502\\t"bad gateway" 503\\t"not available" 504\\t"gateway timeout" hang\\t"never answers" cut\\t"ends in the middle of an answer" html\\t"a page in place of JSON" slow=500ms\\t"answers late" clock=+10m\\t"a wrong clock"' -d 'let the sandbox misbehave'
complete -c azid -n '__azid_at sandbox run' -l directory -rF -d 'tenants, apps and resources of the sandbox, as JSON'
complete -c azid -n '__azid_at sandbox run' -l log-requests -d 'say each request on stderr, redacted'
complete -c azid -n '__azid_at sandbox run' -l log-json -d 'say each request on stderr as a line of JSON, redacted'
complete -c azid -n '__azid_at sandbox run' -s q -l quiet -d 'say nothing on stderr but errors'
complete -c azid -n '__azid_at sandbox run' -s v -l verbose -d 'say on stderr what was resolved and tried'
complete -c azid -n '__azid_at sandbox run' -l debug -d 'say on stderr all that is looked at, redacted'
complete -c azid -n '__azid_at sandbox run' -l no-color -d 'no colours; NO_COLOR does the same'
complete -c azid -n '__azid_at sandbox run' -s h -l help -d 'show help and end'
complete -c azid -n '__azid_at sandbox run' -n __azid_is_program -xa '(__azid_program)'
complete -c azid -n '__azid_at sandbox start' -l as -xa 'service-principal service-principal-certificate workload-identity azure-pipelines github-actions on-behalf-of managed-identity managed-identity:imds managed-identity:app-service managed-identity:service-fabric managed-identity:azure-ml managed-identity:cloud-shell managed-identity:azure-arc wrong-secret expired-secret disabled-app unknown-app unknown-tenant' -d 'whom the sandbox lets the command be'
complete -c azid -n '__azid_at sandbox start' -l fault -xa '429\\t"too many requests" 500\\t"internal error" 502\\t"bad gateway" 503\\t"not available" 504\\t"gateway timeout" hang\\t"never answers" cut\\t"ends in the middle of an answer" html\\t"a page in place of JSON" slow=500ms\\t"answers late" clock=+10m\\t"a wrong clock"' -d 'let the sandbox misbehave'
complete -c azid -n '__azid_at sandbox start' -l directory -rF -d 'tenants, apps and resources of the sandbox, as JSON'
complete -c azid -n '__azid_at sandbox start' -l port -x -d 'listen on this port; default any free one'
complete -c azid -n '__azid_at sandbox start' -l log-requests -d 'say each request on stderr, redacted'
complete -c azid -n '__azid_at sandbox start' -l log-json -d 'say each request on stderr as a line of JSON, redacted'
complete -c azid -n '__azid_at sandbox start' -l json -d 'print one JSON object, also when the command fails'
complete -c azid -n '__azid_at sandbox start' -s q -l quiet -d 'say nothing on stderr but errors'
complete -c azid -n '__azid_at sandbox start' -s v -l verbose -d 'say on stderr what was resolved and tried'
complete -c azid -n '__azid_at sandbox start' -l debug -d 'say on stderr all that is looked at, redacted'
complete -c azid -n '__azid_at sandbox start' -l no-color -d 'no colours; NO_COLOR does the same'
complete -c azid -n '__azid_at sandbox start' -s h -l help -d 'show help and end'
complete -c azid -n '__azid_at completion' -s q -l quiet -d 'say nothing on stderr but errors'
complete -c azid -n '__azid_at completion' -s v -l verbose -d 'say on stderr what was resolved and tried'
complete -c azid -n '__azid_at completion' -l debug -d 'say on stderr all that is looked at, redacted'
complete -c azid -n '__azid_at completion' -l no-color -d 'no colours; NO_COLOR does the same'
complete -c azid -n '__azid_at completion' -s h -l help -d 'show help and end'
complete -c azid -n '__azid_at completion' -a 'bash zsh fish powershell'
