using System.CommandLine;
using System.Text;
using System.Text.Json;
using FedSite.App.Terminals;
using FedSite.Configuration;
using FedSite.Federation.Mappings;

namespace FedSite.App.Commands;

/// <summary><c>fedsite federation explain</c>: what Keystone would make of a login.</summary>
internal static class FederationExplainCommand
{
    public static AppCommand Create()
    {
        var claims = new Option<string?>("--claims")
        {
            Description =
                "Claims of a login, or keys of Keystone's environment: a JSON object, or several; - reads standard input",
            HelpName = "FILE",
        };
        var token = new Option<string?>("--token")
        {
            Description = "Token (JWT) of a login instead; its signature is not checked",
            HelpName = "FILE",
        };
        var mapping = new Option<string?>("--mapping")
        {
            Description = "Mapping as Keystone has it, in JSON; - reads standard input",
            HelpName = "FILE",
        };
        var deployment = new Option<string?>("--deployment")
        {
            Description = $"Which keys claims become: {string.Join(", ", Deployments.Words)} (default: mod_wsgi)",
            HelpName = "NAME",
        };
        deployment.AcceptOnlyFromAmong([.. Deployments.Words]);
        return new AppCommand(
            "explain",
            "Tells who somebody would be here, and why. Exit 0: admitted, 1: refused, 3: some of several refused."
        )
        {
            Options = { claims, token, mapping, deployment },
            Examples =
            [
                new(
                    "fedsite federation explain --claims me.json --mapping mapping.json",
                    "Who would this person be here, and why?"
                ),
                new(
                    "openstack mapping show egi-mapping -f json | fedsite federation explain --token token.jwt --mapping -",
                    "With a token, and the mapping that is in force"
                ),
                new(
                    "fedsite federation explain --claims people.jsonl --mapping new.json --output json",
                    "Many people at once, for a script"
                ),
            ],
            Run = async (context, arguments, cancellationToken) =>
            {
                var engine = await EngineAsync(context, arguments.GetValue(mapping), cancellationToken);
                var logins = await LoginsAsync(
                    context,
                    arguments.GetValue(claims),
                    arguments.GetValue(token),
                    cancellationToken
                );
                var place = arguments.GetValue(deployment) is { } word
                    ? Deployments.Parse(word)!.Value
                    : Deployment.ModWsgi;
                return Explain(context.Output, engine, logins, place);
            },
        };
    }

    private static async Task<MappingEngine> EngineAsync(
        CommandContext context,
        string? mapping,
        CancellationToken cancellationToken
    )
    {
        if (mapping is null)
        {
            throw new FedSiteException(
                "No mapping is given.",
                "Add --mapping FILE; `openstack mapping show egi-mapping -f json` prints the one in force.",
                ExitCode.Usage
            );
        }

        return new MappingEngine(await MappingFiles.ReadMappingAsync(mapping, context.Terminal, cancellationToken));
    }

    private static async Task<IReadOnlyList<JsonElement>> LoginsAsync(
        CommandContext context,
        string? claims,
        string? token,
        CancellationToken cancellationToken
    )
    {
        if ((claims is null) == (token is null))
        {
            throw new FedSiteException(
                claims is null ? "No login is given." : "--claims and --token exclude each other.",
                "Give one of --claims FILE and --token FILE.",
                ExitCode.Usage
            );
        }

        var path = (claims ?? token)!;
        var content = await MappingFiles.ReadAsync(path, context.Terminal, cancellationToken);
        if (claims is not null)
            return Logins.Read(content.Span, MappingFiles.NameOf(path));
        var login = Logins.OfToken(Encoding.UTF8.GetString(content.Span), MappingFiles.NameOf(path));
        if (!context.Options.Quiet)
            context.Console.Line("note: the signature of the token is not checked", Tone.Faint);
        return [login];
    }

    private static ExitCode Explain(
        Output output,
        MappingEngine engine,
        IReadOnlyList<JsonElement> logins,
        Deployment deployment
    )
    {
        var results = new List<ExplainedLogin>();
        var admitted = 0;
        for (var i = 0; i < logins.Count; i++)
        {
            var assertion = Assertion.Of(logins[i], deployment);
            var result = engine.Evaluate(assertion);
            admitted += result.Mapped is null ? 0 : 1;
            var remoteUser = assertion.Values.GetValueOrDefault(Assertion.RemoteUser);
            if (output.Format == OutputFormat.Json)
                results.Add(ExplainedLogin.Of(result, remoteUser));
            else
                ExplainView.Show(output, logins.Count > 1 ? i + 1 : null, result, remoteUser);
        }

        if (output.Format == OutputFormat.Json && logins.Count == 1)
            output.Json(results[0], ExplainJson.Default.ExplainedLogin);
        else if (output.Format == OutputFormat.Json)
            output.Json(results, ExplainJson.Default.IReadOnlyListExplainedLogin);
        return admitted == logins.Count ? ExitCode.Done
            : admitted == 0 ? ExitCode.Failed
            : ExitCode.Partly;
    }
}
