using System.Globalization;
using System.Text;
using FedSite.Configuration;

namespace FedSite.Federation.Catchall;

/// <summary>
/// What the central operations know of a site, as sections of a new <c>site.yaml</c>. Projects have the short form, so
/// that nothing of the cloud is managed before somebody wants it.
/// </summary>
public static class CatchallImport
{
    /// <summary><c>vos</c> and <c>federation</c>; what the file could not say is told in comments.</summary>
    public static string Sections(CatchallFile file)
    {
        var site = file.Site;
        var text = new StringBuilder(
            $"""
            # VOs and projects as EGI's central operations have them. Their projects are only read. To have `fedsite apply`
            # make and keep a VO's group and roles, write its project as an object: {"{id: …}"} or {"{name: …, domain: …}"}.
            # Whom a VO's entitlements are: `fedsite vo import`, or `entitlements` here. Quotas, networks: docs/vos.md

            """
        );
        text.Append(site.Vos.Count > 0 ? "vos:\n" : "vos: []\n");
        foreach (var vo in site.Vos)
            AddVo(text, vo);
        text.Append('\n');
        foreach (var warning in file.Warnings)
            text.Append(CultureInfo.InvariantCulture, $"# Left out: {Comment(warning)}\n");
        AddFederation(text, site);
        return text.ToString();
    }

    private static void AddVo(StringBuilder text, CatchallVo vo)
    {
        if (vo.ProjectId is { } id)
        {
            text.Append(CultureInfo.InvariantCulture, $"  - {{name: {Scalar(vo.Name)}, projects: [{Scalar(id)}]}}");
            if (ProjectRef.Parse(id).Id is null)
                text.Append(" # not of the usual form of ids: FedSite looks for a project of this name");
        }
        else
        {
            text.Append(CultureInfo.InvariantCulture, $"  - name: {Scalar(vo.Name)} # the file names no project");
        }

        text.Append('\n');
    }

    private static void AddFederation(StringBuilder text, CatchallSite site)
    {
        text.Append(
            CultureInfo.InvariantCulture,
            $"""
            # Logins: docs/joining-the-federation.md. Missing here, as the central operations do not know it: Keystone's client
            # at Check-in, the dashboard's URL, how Apache reaches Keystone.
            federation:
              provider: checkin
              # client: {"{id: client-id, secret: !file /etc/fedsite/checkin-secret}"}
              # horizon: https://dashboard.example.org/dashboard
              keystone: {Scalar(site.Endpoint)}

            """
        );
        Add(text, "  protocol", site.Protocol);
        text.Append("  # For `fedsite federation render catchall`: docs/catchall.md\n  catchall:\n");
        Add(text, "    auth", site.Auth);
        Add(text, "    region", site.Region);
        var regions = site.Vos.Where(vo => vo.Region is not null).ToList();
        if (regions.Count > 0)
            text.Append("    vo_regions:\n");
        foreach (var vo in regions)
            Add(text, $"      {Scalar(vo.Name)}", vo.Region);
        text.Append(CultureInfo.InvariantCulture, $"    sync_images: {Word(site.SyncImages)}\n");
        if (site.Formats.Count > 0)
            text.Append(
                CultureInfo.InvariantCulture,
                $"    formats: [{string.Join(", ", site.Formats.Select(Scalar))}]\n"
            );
        if (site.Accounting is { } accounting)
            text.Append(CultureInfo.InvariantCulture, $"    accounting: {Word(accounting)}\n");
        Add(text, "    accounting_site", site.AccountingSite);
    }

    private static void Add(StringBuilder text, string key, string? value)
    {
        if (value is not null)
            text.Append(CultureInfo.InvariantCulture, $"{key}: {Scalar(value)}\n");
    }

    private static string Scalar(string text) => CatchallText.IsPlain(text) ? text : NewSiteFile.Quote(text);

    private static string Word(bool value) => value ? "true" : "false";

    /// <summary>Keys of the file stand in it, with whatever is in them.</summary>
    private static string Comment(string warning) =>
        string.Concat(warning.Select(c => char.IsControl(c) || c is '\u2028' or '\u2029' ? ' ' : c));
}
