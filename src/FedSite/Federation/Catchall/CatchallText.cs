using System.Text;
using System.Text.RegularExpressions;

namespace FedSite.Federation.Catchall;

/// <summary>Writes a site's file in the form that all of them have; it fits the operations' JSON Schema.</summary>
public static partial class CatchallText
{
    private static readonly string[] Words =
    [
        "true",
        "false",
        "yes",
        "no",
        "on",
        "off",
        "y",
        "n",
        "null",
        "nan",
        "inf",
    ];

    public static string Write(CatchallSite site)
    {
        var text = new StringBuilder("---\n");
        Add(text, "gocdb", site.Name);
        Add(text, "endpoint", site.Endpoint);
        Add(text, "auth", site.Auth);
        Add(text, "region", site.Region);
        Add(text, "protocol", site.Protocol);
        text.Append("images:\n  sync: ").Append(Word(site.SyncImages)).Append('\n');
        if (site.Formats.Count > 0)
            text.Append("  formats:\n");
        foreach (var format in site.Formats)
            text.Append("    - ").Append(Scalar(format)).Append('\n');
        AddAccounting(text, site);
        text.Append(site.Vos.Count > 0 ? "vos:\n" : "vos: []\n");
        foreach (var vo in site.Vos)
            AddVo(text, vo);
        return text.ToString();
    }

    /// <summary>Readers of YAML agree that it is this text, without quotes around it.</summary>
    internal static bool IsPlain(string text) =>
        Safe().IsMatch(text)
        && !Numeric().IsMatch(text)
        && !text.StartsWith("0x", StringComparison.OrdinalIgnoreCase)
        && !Words.Contains(text, StringComparer.OrdinalIgnoreCase);

    private static void AddAccounting(StringBuilder text, CatchallSite site)
    {
        if (site.Accounting is null && site.AccountingSite is null)
            return;
        text.Append("accounting:\n");
        if (site.Accounting is { } enabled)
            text.Append("  enabled: ").Append(Word(enabled)).Append('\n');
        Add(text, "  site_name", site.AccountingSite);
    }

    private static void AddVo(StringBuilder text, CatchallVo vo)
    {
        Add(text, "  - name", vo.Name);
        if (vo.ProjectId is null && vo.Region is null)
        {
            text.Append("    auth: {}\n");
            return;
        }

        text.Append("    auth:\n");
        Add(text, "      project_id", vo.ProjectId);
        Add(text, "      region", vo.Region);
    }

    private static void Add(StringBuilder text, string key, string? value)
    {
        if (value is not null)
            text.Append(key).Append(": ").Append(Scalar(value)).Append('\n');
    }

    private static string Word(bool value) => value ? "true" : "false";

    private static string Scalar(string text)
    {
        if (IsPlain(text))
            return text;
        var quoted = new StringBuilder("\"");
        foreach (var c in text)
        {
            quoted.Append(
                c switch
                {
                    '"' or '\\' => $"\\{c}",
                    _ when char.IsControl(c) || c is '\u2028' or '\u2029' or '\uFEFF' => $"\\u{(int)c:x4}",
                    _ => c.ToString(),
                }
            );
        }

        return quoted.Append('"').ToString();
    }

    // Colons only before what is no blank: a URL is plain everywhere.
    [GeneratedRegex(@"\A[A-Za-z0-9/][A-Za-z0-9._/@+-]*(:[A-Za-z0-9._/@+-]+)*\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Safe();

    /// <summary>Numbers of YAML 1.1 and 1.2, also with an exponent, a base or sixties; and dates.</summary>
    [GeneratedRegex(@"\A[0-9eEoObB._:+-]*\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Numeric();
}
