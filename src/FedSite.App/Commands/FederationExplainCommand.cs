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
            Description =
                "Access token of a login instead: a JWT, whose signature is not checked; of another, the provider is asked",
            HelpName = "FILE",
        };
        var mapping = new Option<string?>("--mapping")
        {
            Description =
                "Mapping as Keystone has it, in JSON; - reads standard input (default: the one that is in force)",
            HelpName = "FILE",
        };
        var deployment = new Option<string?>("--deployment")
        {
            Description =
                $"Which keys claims become: {string.Join(", ", Deployments.Words)} (default: that of site.yaml, mod_wsgi with --mapping)",
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
                    "fedsite federation explain --token token.txt --os-cloud admin",
                    "With a token, and the mapping that is in force"
                ),
                new(
                    "fedsite federation explain --claims people.jsonl --mapping new.json --output json",
                    "Many people at once, for a script"
                ),
            ],
            Run = async (context, arguments, cancellationToken) =>
            {
                var logins = await LoginsAsync(
                    context,
                    arguments.GetValue(claims),
                    arguments.GetValue(token),
                    arguments.GetValue(mapping),
                    cancellationToken
                );
                var known = await MappingAsync(context, arguments.GetValue(mapping), logins[0], cancellationToken);
                var place = Deployments.Parse(arguments.GetValue(deployment) ?? "") ?? known.Deployment;
                return Explain(context.Output, known, logins, place);
            },
        };
    }

    /// <summary>A mapping, and the groups that it may name if the cloud was asked.</summary>
    private sealed record Known(MappingDocument Mapping, Deployment Deployment, IReadOnlyList<KnownGroup> Groups);

    private static async Task<Known> MappingAsync(
        CommandContext context,
        string? file,
        JsonElement login,
        CancellationToken cancellationToken
    )
    {
        if (file is not null)
        {
            var mapping = await MappingFiles.ReadMappingAsync(file, context.Terminal, cancellationToken);
            return new Known(mapping, Deployment.ModWsgi, []);
        }

        var all = await SiteMappings.ReadAsync(context, cancellationToken);
        var own = all.FirstOrDefault(one => SiteMappings.IsOf(one.Provider, login)) ?? all[0];
        return new Known(own.Mapping, context.Site.Federation!.Deployment, own.Facts.Groups ?? []);
    }

    private static async Task<IReadOnlyList<JsonElement>> LoginsAsync(
        CommandContext context,
        string? claims,
        string? token,
        string? mapping,
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
        if (path == "-" && mapping == "-")
        {
            throw new FedSiteException(
                "Standard input can't be both the login and the mapping.",
                "Put one of them into a file.",
                ExitCode.Usage
            );
        }

        var content = await MappingFiles.ReadAsync(path, context.Terminal, cancellationToken);
        if (claims is not null)
            return Logins.Read(content.Span, InputFiles.NameOf(path));
        var text = Encoding.UTF8.GetString(content.Span).Trim();
        if (text.Count(letter => letter == '.') is not (2 or 4) && context.HasSite)
            return [await SiteMappings.IntrospectAsync(context, text, cancellationToken)];
        var login = Logins.OfToken(text, InputFiles.NameOf(path));
        if (!context.Options.Quiet)
            context.Console.Line("note: the signature of the token is not checked", Tone.Faint);
        return [login];
    }

    private static ExitCode Explain(
        Output output,
        Known known,
        IReadOnlyList<JsonElement> logins,
        Deployment deployment
    )
    {
        var engine = new MappingEngine(known.Mapping);
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
                ExplainView.Show(output, logins.Count > 1 ? i + 1 : null, result, remoteUser, known.Groups);
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
