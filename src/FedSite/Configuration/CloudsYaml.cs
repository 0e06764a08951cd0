using System.Text.Json.Nodes;
using FedSite.Configuration.Yaml;

namespace FedSite.Configuration;

/// <summary>
/// Entries of <c>clouds.yaml</c>, found and merged as OpenStack's own client does: secrets from <c>secure.yaml</c>,
/// defaults from the entry's profile in <c>clouds-public.yaml</c>.
/// </summary>
/// <remarks>https://docs.openstack.org/openstacksdk/latest/user/config/configuration.html</remarks>
internal sealed class CloudsYaml(HostEnvironment environment)
{
    private static readonly string[] Extensions = [".yaml", ".yml", ".json"];

    /// <summary>The entry, merged, and the file that it stands in. Key names are unified; values are texts.</summary>
    /// <exception cref="ConfigurationException">No such entry, or a file that can't be read.</exception>
    public (JsonObject Entry, string File) Get(string name)
    {
        var (clouds, file) = Load("clouds", "OS_CLIENT_CONFIG_FILE", "clouds");
        if (file is null)
        {
            throw new ConfigurationException(
                $"The cloud `{name}` is not known: there is no clouds.yaml in {string.Join(", ", Folders())}.",
                "Put clouds.yaml into one of these folders, or name it with OS_CLIENT_CONFIG_FILE."
            );
        }

        var (secrets, _) = Load("secure", "OS_CLIENT_SECURE_FILE", "clouds");
        Merge(clouds, secrets);
        if (clouds[name] is not JsonObject entry)
        {
            var known = clouds.Select(cloud => cloud.Key).Order(StringComparer.Ordinal).ToList();
            var nearest = NearestWord.Of(name, known);
            throw new ConfigurationException(
                $"{file} has no cloud `{name}`{(nearest is null ? "" : $"; did you mean `{nearest}`?")}",
                known.Count == 0
                    ? "It has no clouds at all: add one under `clouds:`."
                    : $"It has: {string.Join(", ", known)}."
            );
        }

        return (Unify(WithProfile(name, entry, file)), file);
    }

    private JsonObject WithProfile(string name, JsonObject entry, string file)
    {
        // "cloud" is the old spelling of "profile"; an entry may repeat its own name there.
        var profile = TextOf(entry["profile"]) ?? TextOf(entry["cloud"]);
        if (profile is null || (profile == name && entry["profile"] is null))
            return entry;
        var (profiles, source) = Load("clouds-public", "OS_CLIENT_VENDOR_FILE", "public-clouds");
        if (profiles[profile] is not JsonObject known)
        {
            throw new ConfigurationException(
                $"{file}: the cloud `{name}` uses the profile `{profile}`, which {source ?? "no clouds-public.yaml"} has.",
                $"Add it under `public-clouds:` of clouds-public.yaml in {string.Join(", ", Folders())}, or write its keys into the entry."
            );
        }

        var merged = known.DeepClone().AsObject();
        Merge(merged, entry);
        return merged;
    }

    /// <summary>The first file of that name that exists.</summary>
    private (JsonObject Section, string? File) Load(string name, string variable, string section)
    {
        var named = environment.NonEmpty(variable);
        var file = named is null
            ? Folders()
                .SelectMany(folder => Extensions.Select(extension => Path.Combine(folder, name + extension)))
                .FirstOrDefault(File.Exists)
            : Path.GetFullPath(named, environment.WorkingFolder);
        if (file is null)
            return ([], null);
        var problems = new ProblemList(file);
        var root = YamlReader.Read(ReadText(file, named is null ? null : variable), problems);
        if (root is null || problems.HasErrors)
            throw new ConfigurationException(problems.InFileOrder());
        return (ToJson(root)?[section] as JsonObject ?? [], file);
    }

    private static string ReadText(string file, string? variable)
    {
        try
        {
            return BoundedFile.ReadText(file, YamlReader.MaxBytes);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            var origin = variable is null ? "" : $", named by {variable},";
            throw new ConfigurationException(
                $"{file}{origin} can't be read: {BoundedFile.Reason(e)}.",
                "Correct the name or the rights of the file."
            );
        }
    }

    private IEnumerable<string> Folders()
    {
        yield return environment.WorkingFolder;
        var home = environment.NonEmpty("HOME");
        if (environment.NonEmpty("XDG_CONFIG_HOME") is { } configured)
            yield return Path.Combine(configured, "openstack");
        if (home is not null)
            yield return Path.Combine(home, ".config/openstack");
        yield return "/etc/openstack";
    }

    private static JsonNode? ToJson(YamlNode node)
    {
        switch (node)
        {
            case YamlScalar scalar:
                return scalar.IsNull ? null : scalar.Text;
            case YamlSequence list:
                return new JsonArray([.. list.Items.Select(ToJson)]);
            default:
                var group = new JsonObject();
                foreach (var entry in ((YamlMapping)node).Entries)
                    group[entry.Key] = ToJson(entry.Value);
                return group;
        }
    }

    private static void Merge(JsonObject target, JsonObject source)
    {
        foreach (var (key, value) in source)
        {
            if (value is JsonObject group && target[key] is JsonObject existing)
                Merge(existing, group);
            else if (value is not null)
                target[key] = value.DeepClone();
        }
    }

    /// <summary>Old spellings become today's: <c>-</c> for <c>_</c>, tenants, options beside <c>auth</c>.</summary>
    private static JsonObject Unify(JsonObject entry)
    {
        var unified = new JsonObject();
        foreach (var (key, value) in entry)
            unified[key.Replace('-', '_')] = value?.DeepClone();
        var auth = new JsonObject();
        var given = unified["auth"] as JsonObject ?? [];
        foreach (var (key, value) in unified.Concat(given).Where(pair => pair.Value is JsonValue))
        {
            auth[key.Replace('-', '_').Replace("tenant_", "project_", StringComparison.Ordinal)] = value!.DeepClone();
        }

        unified["auth"] = auth;
        return unified;
    }

    private static string? TextOf(JsonNode? node) => node is JsonValue value ? value.GetValue<string>() : null;
}
