using System.Globalization;
using FedSite.App.Terminals;
using FedSite.Federation.Audit;
using FedSite.Federation.People;

namespace FedSite.App.Commands;

/// <summary>Shows what an audit found.</summary>
internal static class AuditView
{
    /// <param name="output">Where to.</param>
    /// <param name="report">What was found.</param>
    /// <param name="age">As the user wrote it.</param>
    public static void Show(Output output, AuditReport report, string age)
    {
        switch (output.Format)
        {
            case OutputFormat.Json:
                output.Json(AuditDocument.Of(report, age), AuditJson.Default.AuditDocument);
                break;
            case OutputFormat.Csv:
                ShowCsv(output, report);
                break;
            default:
                ShowTables(output, report, age);
                break;
        }
    }

    public static string Vo(IEnumerable<string> vos) => string.Join(' ', vos);

    public static string GradeOf(OpenGroup group) => group.Grade == AuditGrade.High ? "high" : "low";

    private static void ShowTables(Output output, AuditReport report, string age)
    {
        var servers = new TextTable(
            "vo",
            "project",
            "machine",
            "status",
            "#days",
            "owner",
            "e-mail",
            "addresses",
            "im"
        );
        foreach (var server in report.OldServers)
        {
            servers.Add(
                Vo(server.Project.Vos),
                server.Project.Name,
                $"{server.Name} ({server.Id})",
                server.Status,
                Number(server.Days),
                NameOf(server.Owner),
                server.Owner?.Email,
                string.Join(' ', server.Addresses),
                server.Infrastructure?.Id
            );
        }

        var groups = new TextTable("grade", "vo", "project", "security group", "ports", "machine", "owner", "e-mail");
        foreach (var (group, server) in report.OpenGroups.SelectMany(Pairs))
        {
            groups.Add(
                new Cell(GradeOf(group), group.Grade == AuditGrade.High ? Tone.Bad : Tone.Plain),
                Vo(server?.Project.Vos ?? group.Vos),
                server?.Project.Name ?? group.ProjectName,
                NameOf(group),
                string.Join(", ", group.Ports),
                server is null ? "(none)" : $"{server.Name} ({string.Join(' ', server.Addresses)})",
                NameOf(server?.Owner),
                server?.Owner?.Email
            );
        }

        var addresses = new TextTable("vo", "project", "address", "id", "port without machine", "#days");
        foreach (var address in report.IdleAddresses)
        {
            addresses.Add(
                Vo(address.Project.Vos),
                address.Project.Name,
                address.Address,
                address.Id,
                address.PortId ?? "-",
                address.Days is { } days ? Number(days) : "-"
            );
        }

        Section(output, $"Machines older than {age}", servers);
        Section(output, "Security groups open to the world", groups);
        Section(output, "Idle floating addresses", addresses);
        if (report.IsClean)
            output.Line(report.Unread.Count == 0 ? "Nothing was found." : "Nothing was found in what could be read.");
    }

    private static void Section(Output output, string title, TextTable table)
    {
        if (table.Rows.Count == 0)
            return;
        output.Line(title);
        output.Table(table);
        output.Line();
    }

    private static void ShowCsv(Output output, AuditReport report)
    {
        output.Text(
            CsvTable.Line(
                "finding",
                "grade",
                "vo",
                "project",
                "id",
                "name",
                "status",
                "since",
                "days",
                "owner_id",
                "owner",
                "email",
                "addresses",
                "infrastructure",
                "security_group",
                "ports"
            )
        );
        foreach (var server in report.OldServers)
            output.Text(CsvTable.Line(["old_machine", "", .. Cells(server), "", ""]));
        foreach (var (group, server) in report.OpenGroups.SelectMany(Pairs))
        {
            IEnumerable<string?> of = server is null
                ? [Vo(group.Vos), group.ProjectName, .. Enumerable.Repeat("", 10)]
                : Cells(server);
            output.Text(
                CsvTable.Line([
                    "open_ports",
                    GradeOf(group),
                    .. of,
                    NameOf(group),
                    string.Join(' ', group.Ports.Select(port => port.Replace(' ', '/'))),
                ])
            );
        }

        foreach (var address in report.IdleAddresses)
        {
            output.Text(
                CsvTable.Line([
                    "idle_address",
                    "",
                    Vo(address.Project.Vos),
                    address.Project.Name,
                    address.Id,
                    "",
                    address.PortId is null ? "" : "port without machine",
                    Time(address.Since),
                    address.Days is { } days ? Number(days) : "",
                    .. Enumerable.Repeat("", 3),
                    address.Address,
                    .. Enumerable.Repeat("", 3),
                ])
            );
        }
    }

    /// <summary>A line a machine; one for a group that no machine has.</summary>
    private static IEnumerable<(OpenGroup Group, AuditedServer? Server)> Pairs(OpenGroup group) =>
        group.Servers.Count == 0 ? [(group, null)] : group.Servers.Select(server => (group, (AuditedServer?)server));

    private static IEnumerable<string?> Cells(AuditedServer server) =>
        [
            Vo(server.Project.Vos),
            server.Project.Name,
            server.Id,
            server.Name,
            server.Status,
            Time(server.Created),
            Number(server.Days),
            server.Owner?.Id,
            NameOf(server.Owner),
            server.Owner?.Email,
            string.Join(' ', server.Addresses),
            server.Infrastructure?.Id,
        ];

    private static string NameOf(OpenGroup group) => group.Id is null ? group.Name : $"{group.Name} ({group.Id})";

    private static string NameOf(Owner? owner) =>
        owner switch
        {
            null => "",
            { IsGone: true } => $"{owner.Id} (deleted)",
            { IsDisabled: true } => $"{owner.Name ?? owner.Id} (disabled)",
            _ => owner.Name ?? owner.Id,
        };

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Time(DateTimeOffset? time) =>
        time?.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture) ?? "";
}
