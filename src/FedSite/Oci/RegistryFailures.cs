using System.Text;
using System.Text.Json;

namespace FedSite.Oci;

/// <summary>Puts answers that are of no use into words, each with what to do about it.</summary>
internal static class RegistryFailures
{
    private const int LongestText = 200;

    /// <summary>Neither the answer that was asked for, nor one that another try would change.</summary>
    public static RegistryException Refused(RegistryAnswer answer, RegistryAccount account)
    {
        var error = Error(answer);
        var said = Plain($"{error?.Code} {error?.Message}");
        return new(
            $"{answer.Request} was answered with {answer.Status}{(said.Length > 0 ? ": " : "")}{said}",
            NextStep(answer.Status, account),
            new Uri(RegistryAnswer.Shown(answer.Url)),
            answer.Status,
            answer.RequestId,
            error?.Code
        );
    }

    /// <summary>An answer with the right status and something else in it.</summary>
    public static RegistryException Nonsense(RegistryAnswer answer, string what) =>
        new(
            $"{answer.Request} was answered with {answer.Status}, but {what}",
            "Check that the URL is that of a registry, and whether a proxy stands between; else ask its operator.",
            new Uri(RegistryAnswer.Shown(answer.Url)),
            answer.Status,
            answer.RequestId
        );

    /// <summary>A list that does not end.</summary>
    public static RegistryException Endless(RegistryAnswer answer) =>
        Nonsense(answer, $"its pages have more than {RegistryHttp.MaxListBytes >> 20} MiB together");

    /// <summary>One line without control characters.</summary>
    public static string Plain(string? text)
    {
        var plain = new StringBuilder();
        foreach (var character in (text ?? "").Take(LongestText))
        {
            plain.Append(char.IsControl(character) || char.IsSurrogate(character) ? ' ' : character);
        }
        return plain.ToString().Trim();
    }

    private static ErrorAnswer? Error(RegistryAnswer answer)
    {
        try
        {
            var answered = JsonSerializer.Deserialize(answer.Body, OciJson.Default.ErrorsAnswer);
            return answered?.Errors.FirstOrDefault(error => error is not null);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static string NextStep(int status, RegistryAccount account) =>
        status switch
        {
            401 when account.Username is null =>
                $"Its images are not public: give username and password of an account in {account.Origin}.",
            401 => $"Check username and password in {account.Origin}, and that the account has not expired.",
            403 => $"Ask the registry's operator to let {account.Username ?? "anonymous users"} pull and list there.",
            404 => $"Check the names in {account.Origin}; what is not public looks absent to others.",
            >= 300 and < 400 => $"Give the URL that it points to as `registry` in {account.Origin}.",
            408 or 429 or >= 500 => "The registry is overloaded or broken; run again later, or ask its operator.",
            _ => "Give the message to the registry's operator.",
        };
}
