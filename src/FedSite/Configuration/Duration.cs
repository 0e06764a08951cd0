using System.Globalization;

namespace FedSite.Configuration;

/// <summary>A time as it is written in <c>site.yaml</c>: <c>90s</c>, <c>10m</c>, <c>12h</c> or <c>7d</c>.</summary>
internal static class Duration
{
    public const string Pattern = "[0-9]{1,6}[smhd]";
    public const string Form = "a time such as 90s, 10m, 12h or 7d";

    /// <param name="text">Matches <see cref="Pattern"/>.</param>
    public static TimeSpan Parse(string text)
    {
        var number = int.Parse(text.AsSpan(0, text.Length - 1), CultureInfo.InvariantCulture);
        return text[^1] switch
        {
            's' => TimeSpan.FromSeconds(number),
            'm' => TimeSpan.FromMinutes(number),
            'h' => TimeSpan.FromHours(number),
            _ => TimeSpan.FromDays(number),
        };
    }
}
