using System.Text;
using System.Text.Json;

namespace FedSite.OpenStack.Compute;

/// <summary>
/// Texts that stand in many servers: ids of projects, users and images, names of states and flavors. Most of what a
/// page of servers would take in memory are copies of these. Bounded; safe for use by several threads.
/// </summary>
internal sealed class RepeatedTexts
{
    private readonly string?[] _texts = new string?[4096];

    /// <summary>As <see cref="Utf8JsonReader.GetString"/>.</summary>
    public string? Read(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.String || reader.ValueIsEscaped)
        {
            return reader.GetString();
        }
        var hash = new HashCode();
        hash.AddBytes(reader.ValueSpan);
        ref var kept = ref _texts[hash.ToHashCode() & (_texts.Length - 1)];
        return kept is { } text && Ascii.Equals(reader.ValueSpan, text) ? text : kept = reader.GetString();
    }
}
