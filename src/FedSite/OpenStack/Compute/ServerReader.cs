using System.Text;
using System.Text.Json;

namespace FedSite.OpenStack.Compute;

/// <summary>
/// Reads a server. By hand, because an accounting run spends much of its time here: this takes half as long as generated
/// code, and a quarter of the memory.
/// </summary>
internal static class ServerReader
{
    private static readonly RepeatedTexts Texts = new();

    /// <exception cref="JsonException">It is no server; the reader may be anywhere then.</exception>
    public static Server Read(ref Utf8JsonReader reader)
    {
        string? id = null,
            name = null,
            status = null,
            tenant = null,
            user = null,
            task = null,
            image = null;
        DateTimeOffset? created = null,
            updated = null,
            launched = null,
            terminated = null;
        ServerFlavor? flavor = null;
        var floating = 0;
        Expect(JsonTokenType.StartObject, ref reader);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var property = reader.ValueSpan;
            try
            {
                if (Is("id"u8, ref reader))
                    id = reader.GetString();
                else if (Is("name"u8, ref reader))
                    name = reader.GetString();
                else if (Is("status"u8, ref reader))
                    status = Texts.Read(ref reader);
                else if (Is("tenant_id"u8, ref reader))
                    tenant = Texts.Read(ref reader);
                else if (Is("user_id"u8, ref reader))
                    user = Texts.Read(ref reader);
                else if (Is("created"u8, ref reader))
                    created = Time(ref reader);
                else if (Is("updated"u8, ref reader))
                    updated = Time(ref reader);
                else if (Is("OS-EXT-STS:task_state"u8, ref reader))
                    task = Texts.Read(ref reader);
                else if (Is("OS-SRV-USG:launched_at"u8, ref reader))
                    launched = Time(ref reader);
                else if (Is("OS-SRV-USG:terminated_at"u8, ref reader))
                    terminated = Time(ref reader);
                else if (Is("image"u8, ref reader))
                    image = Image(ref reader);
                else if (Is("flavor"u8, ref reader))
                    flavor = Flavor(ref reader);
                else if (Is("addresses"u8, ref reader))
                    floating = FloatingAddresses(ref reader);
                else
                    reader.Skip();
            }
            catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
            {
                throw new JsonException($"{Encoding.UTF8.GetString(property)}: {e.Message}", e);
            }
        }
        if (id is null || status is null || tenant is null || created is null)
        {
            (string Name, object? Value)[] needed =
            [
                ("id", id),
                ("status", status),
                ("tenant_id", tenant),
                ("created", created),
            ];
            throw new JsonException(
                $"missing: {string.Join(", ", needed.Where(p => p.Value is null).Select(p => p.Name))}"
            );
        }
        return new Server
        {
            Id = id,
            Name = name ?? "",
            Status = status,
            TaskState = task,
            TenantId = tenant,
            UserId = user,
            Created = created.Value,
            Updated = updated ?? default,
            LaunchedAt = launched,
            TerminatedAt = terminated,
            ImageId = image,
            Flavor = flavor,
            FloatingAddresses = floating,
        };
    }

    private static void Expect(JsonTokenType type, ref Utf8JsonReader reader)
    {
        if (reader.TokenType != type)
        {
            throw new JsonException($"{type} is expected, not {reader.TokenType}");
        }
    }

    /// <summary>Whether the reader stands on this property; if so, it goes on to the value.</summary>
    private static bool Is(ReadOnlySpan<byte> property, ref Utf8JsonReader reader) =>
        reader.ValueSpan.SequenceEqual(property) && reader.Read();

    private static DateTimeOffset? Time(ref Utf8JsonReader reader) =>
        reader.TokenType == JsonTokenType.Null ? null : UtcTimeConverter.Read(ref reader);

    private static ServerFlavor? Flavor(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.Null)
        {
            return null;
        }
        Expect(JsonTokenType.StartObject, ref reader);
        string? id = null,
            name = null;
        int vcpus = 0;
        long ram = 0,
            disk = 0,
            ephemeral = 0;
        Dictionary<string, string>? specs = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (Is("vcpus"u8, ref reader))
                vcpus = reader.GetInt32();
            else if (Is("ram"u8, ref reader))
                ram = reader.GetInt64();
            else if (Is("disk"u8, ref reader))
                disk = reader.GetInt64();
            else if (Is("ephemeral"u8, ref reader))
                ephemeral = reader.GetInt64();
            else if (Is("original_name"u8, ref reader))
                name = Texts.Read(ref reader);
            else if (Is("id"u8, ref reader))
                id = Texts.Read(ref reader);
            else if (Is("extra_specs"u8, ref reader))
                specs = Specs(ref reader);
            else
                reader.Skip();
        }
        return new ServerFlavor
        {
            Id = id,
            Name = name ?? "",
            Vcpus = vcpus,
            RamMiB = ram,
            DiskGiB = disk,
            EphemeralGiB = ephemeral,
            ExtraSpecs = specs,
        };
    }

    private static Dictionary<string, string>? Specs(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.Null)
        {
            return null;
        }
        Expect(JsonTokenType.StartObject, ref reader);
        var specs = new Dictionary<string, string>(StringComparer.Ordinal);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var key = reader.GetString()!;
            reader.Read();
            specs[key] = Texts.Read(ref reader) ?? "";
        }
        return specs;
    }

    /// <summary><c>{"id": …, "links": …}</c>, or <c>""</c> for a server that was started from a volume.</summary>
    private static string? Image(ref Utf8JsonReader reader)
    {
        if (reader.TokenType is JsonTokenType.String or JsonTokenType.Null)
        {
            return null;
        }
        Expect(JsonTokenType.StartObject, ref reader);
        string? id = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (Is("id"u8, ref reader))
                id = Texts.Read(ref reader);
            else
                reader.Skip();
        }
        return id;
    }

    /// <summary>
    /// Counts the entries of type floating in <c>{"network": [{"addr": …, "OS-EXT-IPS:type": "fixed"}]}</c>, without
    /// making objects of them.
    /// </summary>
    private static int FloatingAddresses(ref Utf8JsonReader reader)
    {
        Expect(JsonTokenType.StartObject, ref reader);
        var depth = reader.CurrentDepth;
        var count = 0;
        while (reader.Read() && reader.CurrentDepth > depth)
        {
            if (reader.TokenType == JsonTokenType.PropertyName && Is("OS-EXT-IPS:type"u8, ref reader))
            {
                count += reader.TokenType == JsonTokenType.String && reader.ValueTextEquals("floating"u8) ? 1 : 0;
            }
        }
        return count;
    }
}
