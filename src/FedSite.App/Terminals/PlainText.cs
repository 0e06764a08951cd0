namespace FedSite.App.Terminals;

/// <summary>Text for a terminal: what a service or a user of the cloud wrote must not command it.</summary>
internal static class PlainText
{
    /// <summary>The text with blanks for all control characters but line feeds, and for what turns the direction of writing around.</summary>
    public static string Of(string text) =>
        text.Any(IsCommand) ? string.Concat(text.Select(letter => IsCommand(letter) ? ' ' : letter)) : text;

    /// <summary>The same in one line: a name with a line feed must not look like a line of ours.</summary>
    public static string Line(string text) => Of(text).Replace('\n', ' ');

    private static bool IsCommand(char letter) =>
        (char.IsControl(letter) && letter != '\n')
        || letter is (>= '\u202a' and <= '\u202e') or (>= '\u2066' and <= '\u2069');
}
