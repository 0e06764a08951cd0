using System.CommandLine;
using System.Globalization;
using System.Text.Json.Serialization;
using FedSite.App.Terminals;
using FedSite.Federation.People;

namespace FedSite.App.Commands;

/// <summary><c>fedsite federation users</c>: who came by the federation, how to reach them, and what they have.</summary>
internal static class FederationUsersCommand
{
    public static AppCommand Create()
    {
        var vo = new Option<string?>("--vo")
        {
            Description = "Only people with a role or servers in this VO's projects",
            HelpName = "VO",
        };
        return new AppCommand("users", "Lists the people of the federation, with e-mail, groups, projects and servers.")
        {
            Options = { vo },
            Formats = [OutputFormat.Table, OutputFormat.Json, OutputFormat.Csv],
            Examples =
            [
                new("fedsite federation users --os-cloud admin", "Who is here?"),
                new("fedsite federation users --vo biomed --output csv > people.csv", "Whom do I write to?"),
            ],
            Run = async (context, arguments, cancellationToken) =>
            {
                using var cloud = FederationSession.Connect(context);
                var report = await new FederationPeople(context.Site, cloud).ReadAsync(
                    arguments.GetValue(vo),
                    cancellationToken
                );
                UnreadParts.Tell(context.Console, report.Unread);
                Show(context.Output, report);
                return report.Unread.Count > 0 ? ExitCode.Partly : ExitCode.Done;
            },
        };
    }

    private static void Show(Output output, PeopleReport report)
    {
        switch (output.Format)
        {
            case OutputFormat.Json:
                output.Json(PeopleView.Of(report), PeopleJson.Default.PeopleView);
                break;
            case OutputFormat.Csv:
                output.Text(CsvTable.Line("id", "name", "email", "groups", "projects", "servers", "account"));
                foreach (var person in report.People)
                    output.Text(CsvTable.Line([.. Cells(person), Account(person.User)]));
                break;
            default:
                var table = new TextTable("id", "name", "e-mail", "groups", "projects", "#servers", "account");
                foreach (var person in report.People)
                {
                    var account = new Cell(Account(person.User), IsActive(person.User) ? Tone.Plain : Tone.Warning);
                    table.Add([.. Cells(person).Select(text => new Cell(text)), account]);
                }

                output.Table(table);
                break;
        }
    }

    private static IEnumerable<string> Cells(Person person) =>
        [
            person.User.Id,
            person.User.Name ?? "",
            person.User.Email ?? "",
            string.Join(' ', person.Groups),
            string.Join(' ', person.Projects),
            person.Servers?.ToString(CultureInfo.InvariantCulture) ?? "",
        ];

    private static bool IsActive(Owner user) => !user.IsGone && !user.IsDisabled;

    private static string Account(Owner user) =>
        user.IsGone ? "deleted"
        : user.IsDisabled ? "disabled"
        : user.Name is null ? ""
        : "enabled";
}

/// <summary>The people of the federation, for <c>--output json</c>.</summary>
internal sealed record PeopleView(IReadOnlyList<PersonView> Users, IReadOnlyList<string> Unread)
{
    public static PeopleView Of(PeopleReport report) => new([.. report.People.Select(PersonView.Of)], report.Unread);
}

/// <param name="Name">Null: not known, or the user is deleted.</param>
/// <param name="Deleted">Keystone has no such user any more.</param>
/// <param name="Disabled">The account may not log in.</param>
/// <param name="Servers">Null: they could not be read.</param>
internal sealed record PersonView(
    string Id,
    string? Name,
    string? Email,
    bool Deleted,
    bool Disabled,
    IReadOnlyList<string> Groups,
    IReadOnlyList<string> Projects,
    int? Servers
)
{
    public static PersonView Of(Person person) =>
        new(
            person.User.Id,
            person.User.Name,
            person.User.Email,
            person.User.IsGone,
            person.User.IsDisabled,
            person.Groups,
            person.Projects,
            person.Servers
        );
}

[JsonSerializable(typeof(PeopleView))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
internal sealed partial class PeopleJson : JsonSerializerContext;
