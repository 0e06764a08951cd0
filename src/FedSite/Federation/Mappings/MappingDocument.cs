using System.Text.Json;

namespace FedSite.Federation.Mappings;

/// <summary>A mapping of Keystone, schema version 1.0: exactly what Keystone (Zed) would store.</summary>
/// <param name="Rules">At least one, in their order.</param>
public sealed record MappingDocument(IReadOnlyList<MappingRule> Rules)
{
    /// <summary>
    /// Reads a mapping: a list of rules, an object with <c>rules</c>, or Keystone's answer with <c>mapping</c> around it.
    /// </summary>
    /// <param name="json">UTF-8.</param>
    /// <param name="name">What messages call it, a file's name for instance.</param>
    /// <exception cref="FedSiteException">Keystone would refuse it, or understand it in another way than FedSite.</exception>
    public static MappingDocument Parse(ReadOnlyMemory<byte> json, string name)
    {
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(json);
        }
        catch (JsonException e)
        {
            throw new FedSiteException(
                $"{name} is no JSON: line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}.",
                "Save the mapping with `openstack mapping show -f json`, or correct the file.",
                ExitCode.Usage,
                e
            );
        }

        using (document)
            return new MappingReader(name).Read(document.RootElement);
    }
}

/// <summary>A rule: who is meant, and what they become.</summary>
/// <param name="Index">From 0, as Keystone counts.</param>
/// <param name="Remote">All of them must hold.</param>
/// <param name="Local">What is given to those for whom they do: objects as in the mapping.</param>
public sealed record MappingRule(int Index, IReadOnlyList<Requirement> Remote, IReadOnlyList<JsonElement> Local);

/// <summary>A condition on one key of the login.</summary>
/// <param name="Type">The key, for instance <c>HTTP_OIDC_SUB</c>.</param>
/// <param name="Condition">What must be true of its values.</param>
/// <param name="Values">What they are compared with; Keystone takes anything, though only strings ever match.</param>
/// <param name="Regex">The values are regular expressions, searched for anywhere in a value of the login.</param>
public sealed record Requirement(string Type, Condition Condition, IReadOnlyList<JsonElement> Values, bool Regex)
{
    /// <summary>It gives a value to <c>{n}</c>; the others only decide.</summary>
    public bool GivesValue => Condition is Condition.Present or Condition.Whitelist or Condition.Blacklist;

    /// <summary>Those of <see cref="Values"/> that can match: the strings.</summary>
    public IEnumerable<string> Texts =>
        Values.Where(value => value.ValueKind is JsonValueKind.String).Select(value => value.GetString()!);
}

public enum Condition
{
    /// <summary>The key is there, even if empty.</summary>
    Present,

    /// <summary>One of its values is listed.</summary>
    AnyOneOf,

    /// <summary>None of its values is listed.</summary>
    NotAnyOf,

    /// <summary>The key is there; only listed values count.</summary>
    Whitelist,

    /// <summary>The key is there; listed values don't count.</summary>
    Blacklist,
}

/// <summary>The words of a mapping.</summary>
public static class ConditionWords
{
    public static string Word(this Condition condition) =>
        condition switch
        {
            Condition.AnyOneOf => "any_one_of",
            Condition.NotAnyOf => "not_any_of",
            Condition.Whitelist => "whitelist",
            Condition.Blacklist => "blacklist",
            _ => "present",
        };
}
