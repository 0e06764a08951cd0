using System.Globalization;

namespace FedSite.Federation.Rendering;

/// <summary>
/// The introspection proxy before several providers. https://github.com/indigo-iam/esaco: settings of Spring in YAML,
/// others by environment; only JWT with <c>iss</c> are understood.
/// </summary>
internal static class EsacoFiles
{
    /// <summary>Whom the proxy knows Apache as.</summary>
    internal const string User = "keystone";

    private const string Folder = "/etc/esaco";
    private const int DefaultPort = 8156;

    public static RenderedTarget Render(RenderedSite site)
    {
        var proxy =
            site.IntrospectionProxy
            ?? throw new FedSiteException(
                "There is one provider, which is asked itself; no introspection proxy is needed.",
                "With several `federation.providers`, or with `federation.introspection_proxy`, there is one.",
                ExitCode.Usage
            );
        var warnings = new List<string>
        {
            $"Put the password of user {User} into {Folder}/password (mode 0600), the same as Apache's introspection-password.",
        };
        var secrets = site
            .Providers.Select((_, i) => (Name: SecretName(i), File: SecretFile(site, i, warnings)))
            .Append((Name: "ESACO_USER_PASSWORD", File: "password"))
            .ToList();
        return new RenderedTarget(
            [
                new RenderedFile("application.yml", Application(site)),
                new RenderedFile("esaco.env", Environment(proxy)),
                new RenderedFile("start", Start(secrets)) { Mode = RenderedFile.Program },
            ],
            warnings
        );
    }

    private static string SecretName(int provider) =>
        string.Create(CultureInfo.InvariantCulture, $"ESACO_CLIENT_SECRET_{provider + 1}");

    private static string SecretFile(RenderedSite site, int provider, List<string> warnings)
    {
        if (site.ClientSecretFile(provider) is { } file)
            return file;
        file = $"client-secret-{site.Providers[provider].Idp}";
        warnings.Add(
            $"{site.ClientKey(provider)}.secret is no `!file`: put the secret into {Folder}/{file} (mode 0600) on the host of ESACO."
        );
        return file;
    }

    private static string Application(RenderedSite site)
    {
        var clients = site.Providers.Select(
            (provider, i) =>
                $$"""
                        - issuer-url: {{Quoted.Spring(provider.Issuer)}}
                          client-id: {{Quoted.Spring(site.ClientId(i))}}
                          client-secret: "${{{SecretName(i)}}}"
                    """
        );
        return FileHeader.Parts(
            FileHeader.Of(
                RenderTarget.Esaco,
                "Providers whose tokens ESACO accepts.",
                $"""
                Goes to {Folder}/application.yml where ESACO runs; {Folder}/start mounts it into the container and fills in
                the secrets from their files.
                """
            ),
            $"oidc:\n  clients:\n{string.Join('\n', clients)}"
        );
    }

    private static string Environment(Uri proxy) =>
        FileHeader.Parts(
            FileHeader.Of(
                RenderTarget.Esaco,
                "Settings of ESACO, without secrets.",
                $"Goes to {Folder}/esaco.env where ESACO runs. The names of port and address changed between versions: both are here."
            ),
            // Behind https:// there is a proxy of the site's own, which ends TLS.
            string.Create(
                CultureInfo.InvariantCulture,
                $"""
                ESACO_PORT={(proxy.Scheme == "http" ? proxy.Port : DefaultPort)}
                ESACO_BIND_PORT={(proxy.Scheme == "http" ? proxy.Port : DefaultPort)}
                ESACO_ADDRESS={(proxy.IsLoopback ? "127.0.0.1" : "0.0.0.0")}
                ESACO_BIND_ADDRESS={(proxy.IsLoopback ? "127.0.0.1" : "0.0.0.0")}
                ESACO_ENABLE_BASIC_AUTH=true
                ESACO_USER_NAME={User}
                """
            )
        );

    private static string Start(IReadOnlyList<(string Name, string File)> secrets) =>
        "#!/bin/sh\n"
        + FileHeader.Parts(
            FileHeader.Of(
                RenderTarget.Esaco,
                "Starts ESACO with its secrets.",
                $"""
                Goes to {Folder}/start on each Keystone host, or wherever introspection_proxy leads. Run it from a unit of
                systemd (ExecStart={Folder}/start). ESACO_IMAGE names another image, ENGINE another program than docker.
                """
            ),
            """
            set -eu
            cd "$(dirname "$(readlink -f "$0")")"
            secret() {
              value=$(cat -- "$2") || value=
              case $value in
                '' | *'${'*) echo "start: $PWD: $2 must hold a secret, without \${" >&2; exit 1 ;;
              esac
              export "$1=$value"
            }
            """,
            string.Join('\n', secrets.Select(secret => $"secret {secret.Name} {Quoted.Shell(secret.File)}")),
            $"""
            exec "${"{"}ENGINE:-docker{"}"}" run --rm --name esaco --network host --env-file esaco.env \
              {string.Join(' ', secrets.Select(secret => $"--env {secret.Name}"))} \
              --volume "$PWD/application.yml:/esaco/config/application.yml:ro" "${"{"}ESACO_IMAGE:-indigoiam/esaco:latest{"}"}"
            """
        );
}
