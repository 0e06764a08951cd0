namespace FedSite.Federation.Rendering;

/// <summary>
/// The program that puts on a Keystone host what no rendered file may hold, or what is only known there: secrets out of
/// their files, and with several providers their discovery documents. mod_auth_openidc 2.4.12 reads no client secret
/// from elsewhere (<c>exec:</c> is for the crypto passphrase alone), and <c>.client</c> files hold them by value.
/// </summary>
internal static class ApacheSetup
{
    public static string Render(RenderedSite site, List<string> warnings)
    {
        var clients = site.Providers.Select((provider, i) => ClientLine(site, provider, i, warnings)).ToList();
        var proxy = site.IntrospectionProxy is null ? "None" : Quoted.Python("introspection-password");
        if (site.IntrospectionProxy is not null)
            warnings.Add(
                $"Put the password that the introspection proxy wants of user {EsacoFiles.User} into {ApacheFiles.Folder}/introspection-password (mode 0600) on the Keystone hosts."
            );
        return "#!/usr/bin/python3\n"
            + FileHeader.Parts(
                FileHeader.Of(
                    RenderTarget.Apache,
                    "Puts secrets, and what providers say of themselves, where mod_auth_openidc reads them.",
                    $"""
                    Goes to {ApacheFiles.Folder}/setup on each Keystone host; writes beside itself, whatever folder that is.
                    Run as root before Apache starts, and when a secret or a provider changes; then reload Apache.
                    """
                ),
                "import grp, json, os, ssl, sys, tempfile, urllib.parse, urllib.request",
                $"""
                # (issuer, client id, file with the client's secret)
                CLIENTS = [
                {string.Join('\n', clients)}
                ]
                SEVERAL = {(site.HasSeveral ? "True" : "False")}
                INTROSPECTION_PASSWORD = {proxy}
                PROVIDER_CA = {(site.Config.ProviderCa is { } ca ? Quoted.Python(ca) : "None")}
                """,
                Program
            );
    }

    private static string ClientLine(RenderedSite site, OpenIdProvider provider, int index, List<string> warnings)
    {
        var id = site.ClientId(index);
        var file = site.ClientSecretFile(index);
        if (file is null)
        {
            file = site.HasSeveral ? $"client-secret-{provider.Idp}" : "client-secret";
            warnings.Add(
                $"{site.ClientKey(index)}.secret is no `!file`: put the secret into {ApacheFiles.Folder}/{file} (mode 0600) on the Keystone hosts."
            );
        }

        return $"    ({Quoted.Python(provider.Issuer)}, {Quoted.Python(id)}, {Quoted.Python(file)}),";
    }

    private const string Program = """
        HERE = os.path.dirname(os.path.realpath(__file__))
        MOST = 1 << 20


        def stop(text):
            sys.exit("setup: " + text)


        def secret(name):
            path = os.path.join(HERE, name)
            try:
                with open(path, encoding="utf-8") as file:
                    text = file.read(MOST)
            except (OSError, ValueError) as e:
                stop(f"no secret in {path}: {e}. Write it there (mode 0600) and run this again.")
            text = text[:-1] if text.endswith("\n") else text
            if not text or "${" in text or not text.isprintable():
                stop(f"{path} must hold the secret alone: one line, printable, without `${{`.")
            return text


        def quote(text):
            return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


        def apache_group():
            for name in sys.argv[1:] or ["www-data", "apache"]:
                try:
                    return grp.getgrnam(name).gr_gid
                except KeyError:
                    pass
            stop("Apache's group is unknown: name it as argument.")


        def write(path, text, mode, group=0):
            handle, temporary = tempfile.mkstemp(dir=os.path.dirname(path))
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                os.fchown(handle, 0, group)
                os.fchmod(handle, mode)
                file.write(text)
                file.flush()
                os.fsync(handle)
            os.rename(temporary, path)
            print("wrote", path)


        def discovery(issuer):
            url = issuer.rstrip("/") + "/.well-known/openid-configuration"
            try:
                trust = ssl.create_default_context(cafile=PROVIDER_CA)
                with urllib.request.urlopen(url, timeout=20, context=trust) as answer:
                    if not answer.url.startswith("https://"):
                        raise ValueError("leads to " + answer.url)
                    text = answer.read(MOST).decode()
                said = json.loads(text)["issuer"]
            except (OSError, ValueError, KeyError, TypeError) as e:
                stop(f"{url}: {e!r}")
            if said != issuer:
                stop(f"{url} is the document of {said!r}, not of {issuer!r}: a token of it would be refused.")
            return text


        def main():
            if os.geteuid() != 0:
                stop("run as root: others must not read what it writes.")
            lines = ["# Made by setup. Read by Apache as root."]
            if SEVERAL:
                group = apache_group()
                folder = os.path.join(HERE, "metadata")
                os.makedirs(folder, exist_ok=True)
                os.chown(folder, 0, group)
                os.chmod(folder, 0o750)
                for issuer, client, file in CLIENTS:
                    name = urllib.parse.quote(issuer.split("://", 1)[1].rstrip("/"), safe="")
                    text = json.dumps({"client_id": client, "client_secret": secret(file)})
                    write(os.path.join(folder, name + ".client"), text, 0o640, group)
                    write(os.path.join(folder, name + ".provider"), discovery(issuer), 0o640, group)
            else:
                lines.append("OIDCClientSecret " + quote(secret(CLIENTS[0][2])))
            introspection = secret(INTROSPECTION_PASSWORD or CLIENTS[0][2])
            if INTROSPECTION_PASSWORD and urllib.parse.quote(introspection, safe="") != introspection:
                # mod_auth_openidc sends others percent-encoded, which ESACO does not undo.
                stop(f"{INTROSPECTION_PASSWORD} must be made of letters, digits and - . _ ~ alone.")
            lines.append("OIDCOAuthClientSecret " + quote(introspection))
            write(os.path.join(HERE, "secrets.conf"), "\n".join(lines) + "\n", 0o600)


        main()
        """;
}
