using System.Globalization;

namespace FedSite.Messages;

/// <summary>Public addresses in use, a record for each user, project and version of the protocol.</summary>
internal static class IpMessage
{
    /// <summary>What the message calls itself.</summary>
    public const string Type = "APEL Public IP message";

    /// <summary>One count a month is kept: the last one.</summary>
    public static string? KeyOf(Dictionary<string, string> fields)
    {
        string Value(string name) => fields.GetValueOrDefault(name, "");
        return
            Value("SiteName").Length > 0
            && Value("IPVersion").Length > 0
            && WireTime.Parse(Value("MeasurementTime")) is { } measured
            ? string.Join(
                ' ',
                Value("SiteName"),
                Value("CloudComputeService"),
                Value("LocalGroup"),
                fields.GetValueOrDefault("GlobalUserName") ?? Value("LocalUser"),
                Value("IPVersion"),
                measured.ToString("yyyy-MM", CultureInfo.InvariantCulture)
            )
            : null;
    }
}
