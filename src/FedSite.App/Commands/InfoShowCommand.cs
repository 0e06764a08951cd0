using System.CommandLine;
using FedSite.Information.Documents;

namespace FedSite.App.Commands;

/// <summary><c>fedsite info show</c>: the document, on standard output.</summary>
internal static class InfoShowCommand
{
    public static AppCommand Create()
    {
        var vo = new Option<string[]>("--vo")
        {
            Description = "Only this VO; may be given several times",
            HelpName = "VO",
            DefaultValueFactory = _ => [],
        };
        var pretty = new Option<bool>("--pretty") { Description = "Indented, for people" };
        var strict = Strict();
        return new AppCommand(
            "show",
            "Reads the site and writes its document, as it would be published, to standard output."
        )
        {
            Options = { vo, pretty, strict },
            Examples =
            [
                new("fedsite info show --pretty", "What does the site offer?"),
                new("fedsite info show --vo vo.access.egi.eu --pretty", "What does it offer to one VO?"),
                new("fedsite info show > site.json", "Into a file; `fedsite info publish` does so safely"),
            ],
            Run = async (context, arguments, cancellationToken) =>
            {
                using var session = InformationSession.ForReading(context);
                var document = await session.MakeAsync(arguments.GetValue(vo)!, cancellationToken);
                context.Output.Bytes(document.ToBytes(arguments.GetValue(pretty)));
                return ExitOf(document, arguments.GetValue(strict));
            },
        };
    }

    /// <summary>One VO that answered is a document; none is not what anybody asked for.</summary>
    public static ExitCode ExitOf(SiteDocument document, bool strict) =>
        !document.HasOffers || (strict && !document.IsComplete) ? ExitCode.Partly : ExitCode.Done;

    public static Option<bool> Strict() =>
        new("--strict") { Description = "Exit 3 when a VO or a service failed; the document says so anyway" };
}
