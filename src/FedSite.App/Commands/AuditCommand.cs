using System.CommandLine;
using FedSite.Federation.Audit;

namespace FedSite.App.Commands;

/// <summary><c>fedsite audit</c>: forgotten machines, ports open to the world, idle addresses.</summary>
internal static class AuditCommand
{
    public static AppCommand Create()
    {
        var vo = new Option<string?>("--vo") { Description = "Only this VO's projects", HelpName = "VO" };
        var age = new Option<string>("--older-than")
        {
            Description = "From which age on a machine counts as forgotten (default: 90d)",
            HelpName = "AGE",
            DefaultValueFactory = _ => "90d",
        };
        return new AppCommand(
            "audit",
            "Looks in the projects of VOs for forgotten machines, ports open to the world and idle addresses."
        )
        {
            Options = { vo, age },
            Formats = [OutputFormat.Table, OutputFormat.Json, OutputFormat.Csv],
            Examples =
            [
                new("fedsite audit --os-cloud admin", "What needs a look, and whom do I write to?"),
                new("fedsite audit --vo biomed --older-than 30d", "One VO, with another age"),
                new("fedsite audit --output csv > audit.csv", "For a spreadsheet (exit 4: something was found)"),
            ],
            Run = async (context, arguments, cancellationToken) =>
            {
                var old = arguments.GetValue(age)!;
                var oldest = CloudAudit.ParseAge(old);
                using var cloud = FederationSession.Connect(context);
                var report = await new CloudAudit(context.Site, cloud, context.Time).RunAsync(
                    arguments.GetValue(vo),
                    oldest,
                    cancellationToken
                );
                UnreadParts.Tell(context.Console, report.Unread);
                AuditView.Show(context.Output, report, old);
                return report.Unread.Count > 0 ? ExitCode.Partly
                    : report.IsClean ? ExitCode.Done
                    : ExitCode.Differences;
            },
        };
    }
}
