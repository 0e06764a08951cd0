using System.Globalization;
using System.Text.Json.Nodes;
using FedSite.Sandbox.World;
using Microsoft.AspNetCore.Http;

namespace FedSite.Sandbox.OpenStack;

/// <remarks>Servers without a network, from an image; that is enough for quotas and for what is done with servers.</remarks>
internal sealed partial class Nova
{
    private async Task MakeServerAsync(HttpContext context, Token token, int microversion)
    {
        var body =
            JsonNode.Parse(await Answers.ReadBodyAsync(context))?["server"]
            ?? throw NovaFault.BadRequest("Invalid input for field/attribute server.");
        if (microversion < 37 || (body["networks"] as JsonValue)?.ToString() != "none")
        {
            throw NovaFault.BadRequest(
                $"Invalid input for field/attribute networks. Value: {body["networks"]}. The sandbox makes servers with 'none' alone, from 2.37 on."
            );
        }
        var wanted = (string?)body["flavorRef"] ?? "";
        var flavor = world.FindFlavor(wanted) is { Removed: false } found
            ? found
            : throw NovaFault.BadRequest($"Flavor {wanted} could not be found.");
        var image = (string?)body["imageRef"] ?? "";
        if (world.FindImage(image) is null)
        {
            throw NovaFault.BadRequest("Can not find requested image");
        }
        var project = token.Project?.Id ?? throw NovaFault.Forbidden("The token is of no project.");
        CheckQuotas(project, flavor);
        var now = options.TimeProvider.GetUtcNow();
        var server = new SandboxServer
        {
            Id = Guid.ParseExact(world.NewId(), "N"),
            Name = (string?)body["name"] ?? "",
            Status = "BUILD",
            ProjectId = project,
            UserId = token.User.Id,
            FlavorId = flavor.Id,
            ImageId = image,
            Network = ServerNetwork.None,
            Created = now,
        };
        world.Put(server);
        world.Begin(server, "scheduling", "ACTIVE", now);
        await Answers.JsonAsync(
            context,
            202,
            json =>
            {
                json.WriteStartObject();
                json.WriteStartObject("server");
                json.WriteString("id", server.Id);
                json.WriteString("OS-DCF:diskConfig", "MANUAL");
                json.WriteString("adminPass", "sandbox");
                json.WriteEndObject();
                json.WriteEndObject();
            }
        );
    }

    private void CheckQuotas(string project, SandboxFlavor flavor)
    {
        if (options.ComputeUnifiedLimits)
        {
            CheckUnifiedLimits(project, flavor);
            return;
        }
        var quotas = world.FindProject(project)?.Quotas ?? new Dictionary<string, long>();
        var used = Use(project);
        (string Name, long Wanted)[] wanted = [("cores", flavor.Vcpus), ("instances", 1), ("ram", flavor.Ram)];
        var over = wanted
            .Select(one => (one.Name, one.Wanted, Limit: quotas.GetValueOrDefault(one.Name, DefaultOf(one.Name))))
            .Where(one => one.Limit >= 0 && used[one.Name] + one.Wanted > one.Limit)
            .ToList();
        if (over.Count > 0)
        {
            var names = string.Join(", ", over.Select(one => one.Name));
            throw NovaFault.Forbidden(
                $"Quota exceeded for {names}: Requested {List(over.Select(one => one.Wanted))}, but already used "
                    + $"{List(over.Select(one => used[one.Name]))} of {List(over.Select(one => one.Limit))} {names}"
            );
        }
    }

    /// <summary>A resource that nobody registered is limited to 0.</summary>
    private void CheckUnifiedLimits(string project, SandboxFlavor flavor)
    {
        var used = Use(project);
        (string Resource, long Used, long Wanted)[] wanted =
        [
            ("servers", used["instances"], 1),
            ("class:VCPU", used["cores"], flavor.Vcpus),
            ("class:MEMORY_MB", used["ram"], flavor.Ram),
            ("class:DISK_GB", used["disk"], flavor.Disk + flavor.Ephemeral),
        ];
        var over = wanted
            .Where(one => one.Wanted > 0)
            .Select(one => (one.Resource, one.Used, one.Wanted, Limit: world.LimitOf("compute", project, one.Resource)))
            .Where(one => one.Limit >= 0 && one.Used + one.Wanted > one.Limit)
            .Select(one =>
                $"Resource {one.Resource} is over limit of {one.Limit} due to current usage {one.Used} and delta {one.Wanted}"
            )
            .ToList();
        if (over.Count > 0)
        {
            throw NovaFault.Forbidden($"Project {project} is over a limit for [{string.Join(", ", over)}]");
        }
    }

    private static long DefaultOf(string name) => Quotas.First(quota => quota.Name == name).Limit;

    private static string List(IEnumerable<long> numbers) =>
        string.Join(", ", numbers.Select(number => number.ToString(CultureInfo.InvariantCulture)));
}
